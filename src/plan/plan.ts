import type { Mode, UndoClass } from '../control/remediation.ts';
import type { Scope, Tags } from '../control/resource.ts';
import type { Criticality } from '../control.ts';

/** The resource of a finding, as it stands in plans, findings and the command line's JSON. */
export interface ResourceRef {
  readonly type: string;
  readonly id: string;
  readonly arn: string;
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly scope: Scope;
  /** Only where the configuration asks for tags. */
  readonly tags?: Tags;
}

/** What one control says of one resource. Only here can a verdict be `unknown`. */
export interface Evaluation {
  readonly control: number;
  /** Identity of control + resource ARN: the same for every event. */
  readonly finding: string;
  readonly verdict: 'pass' | 'fail' | 'skip' | 'unknown';
  readonly because: string;
  /** With `unknown`: it stays so until a person changes something, such as a permission. */
  readonly lasting?: true;
  readonly title: string;
  readonly criticality: Criticality;
  readonly resource: ResourceRef;
}

/** One call of a plan. Inputs may hold `ref:step/path`, filled in from an earlier step's output. */
export interface PlannedCall {
  readonly name: string;
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly input: object;
  /** `safe`: may be sent again after a crash. `once`: never sent twice unseen. */
  readonly repeat: 'safe' | 'once';
  /** Error codes that mean "it is so already": they count as done. */
  readonly already?: readonly string[];
  /** Set where reading can tell whether the call has taken effect (`Remediator.settled`). */
  readonly provable?: true;
}

export interface GuideEntry {
  readonly text: string;
  readonly cli?: string;
}

/**
 * The exact calls that would be made, the state they were computed from, the
 * state expected after, and how to undo. Data: everything that a person
 * approves is in here, and the digest is over all of it.
 */
export interface Plan {
  /** `p-` and the start of the digest. */
  readonly id: string;
  /** Over everything but `id` and `digest`. */
  readonly digest: string;
  readonly controls: readonly number[];
  readonly findings: readonly string[];
  readonly resource: ResourceRef;
  readonly criticality: Criticality;
  readonly titles: readonly string[];
  readonly kind: 'edit' | 'steps' | 'guide';
  readonly mode: Mode;
  readonly impact: string;
  readonly steps: readonly PlannedCall[];
  readonly cli: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
  readonly undo: { readonly class: UndoClass; readonly steps: readonly PlannedCall[] };
  /** IAM actions that applying needs. */
  readonly permissions: readonly string[];
  /** Parameters without which nothing can be applied. */
  readonly missing: readonly string[];
  readonly guide: readonly GuideEntry[];
  /** Documents that the calls rewrite: one write at a time for each. */
  readonly locks: readonly string[];
}
