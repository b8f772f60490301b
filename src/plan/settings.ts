import type { Mode } from '../control/remediation.ts';
import type { Tags } from '../control/resource.ts';

/** What settings can depend on. `tags` is missing when they could not be read. */
export interface Where {
  readonly account: string;
  readonly region: string;
  readonly tags?: Tags;
}

/** What the configuration says about planning. The default follows the definitions. */
export interface PlanSettings {
  /** Whether anything depends on tags: only then are they read. */
  readonly usesTags: boolean;
  /** The mode of a control, or `undefined` for the definition's own. */
  readonly mode: (control: number, where: Where) => Mode | undefined;
  /** The parameters that the operator has set for a control. */
  readonly parameters: (control: number, where: Where) => Readonly<Record<string, string>>;
  /** Whether fixes of a control are written there. Only controls that agree share a plan. */
  readonly applies: (control: number, where: Where) => boolean;
}

export const asDefined: PlanSettings = {
  usesTags: false,
  mode: () => undefined,
  parameters: () => ({}),
  applies: () => false,
};
