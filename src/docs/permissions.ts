import type { ControlSummary } from '../control-summary.ts';

/**
 * The IAM policy of the role that reads, or of the one that remediates: the
 * actions that the definitions need, and no others. The remediating role is
 * narrowed further by a session policy for each plan.
 */
export function permissionsPolicy(controls: readonly ControlSummary[], kind: 'read' | 'write'): object {
  const actions = [...new Set(controls.flatMap(({ permissions }) => permissions[kind]))].sort();
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: kind === 'read' ? 'RedressRead' : 'RedressRemediate', Effect: 'Allow', Action: actions, Resource: '*' },
    ],
  };
}
