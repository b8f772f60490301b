import type { Mode } from '../control/remediation.ts';

/** What the configuration says about planning. The default follows the definitions. */
export interface PlanSettings {
  /** The mode of a control in an account, or `undefined` for the definition's own. */
  readonly mode: (control: number, account: string) => Mode | undefined;
  /** The parameters that the operator has set for a control. */
  readonly parameters: (control: number, account: string, region: string) => Readonly<Record<string, string>>;
}

export const asDefined: PlanSettings = { mode: () => undefined, parameters: () => ({}) };
