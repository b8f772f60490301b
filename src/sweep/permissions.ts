import type { OperationName } from '../control-summary.ts';

/** What sweeps read besides what the controls do: the role that reads has to allow it, too. */
export const extraReadOperations: readonly OperationName[] = [{ service: 'cloudtrail', operation: 'LookupEvents' }];
