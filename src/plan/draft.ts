import type { Control } from '../catalogue.ts';
import type { ConcreteCall } from '../control/call.ts';
import { callsOf, type Read } from '../control/read.ts';
import { type ByHand, byHand, type CallStep, type Mode, type UndoClass } from '../control/remediation.ts';
import type { At } from '../control/resource.ts';
import { UnreadableError } from '../judge/session.ts';
import { messageOf } from '../one-line.ts';
import { modeOf } from './context.ts';
import { asJson } from './digest.ts';
import type { GuideEntry, Plan, PlannedCall } from './plan.ts';
import type { PlanSettings } from './settings.ts';

/** What a plan consists of before it is described and sealed. */
export interface Draft {
  readonly controls: readonly Control[];
  readonly kind: Plan['kind'];
  readonly mode: Mode;
  readonly steps: readonly PlannedCall[];
  readonly undo: { readonly class: UndoClass; readonly steps: readonly PlannedCall[] };
  readonly before: unknown;
  readonly after: unknown;
  readonly missing: readonly string[];
  readonly guide: readonly GuideEntry[];
  readonly locks: readonly string[];
}

/** Of several controls in one plan the most careful mode counts. */
const CAREFUL_FIRST = ['off', 'guided', 'approve', 'auto'] as const satisfies readonly Mode[];
const UNDO_WORST_FIRST = ['none', 'best-effort', 'exact'] as const satisfies readonly UndoClass[];

/** A plan can be undone as well as the worst of its parts. */
export const worstUndo = (classes: readonly UndoClass[]): UndoClass =>
  UNDO_WORST_FIRST.find((one) => classes.includes(one)) ?? 'exact';

/** The draft of a plan that does nothing yet. */
export function nothing(controls: readonly Control[], at: At, settings: PlanSettings): Draft {
  const modes = controls.map((control) => modeOf(control, at, settings));
  return {
    controls,
    kind: controls[0]?.remediation.kind ?? 'guide',
    mode: CAREFUL_FIRST.find((one) => modes.includes(one)) ?? 'approve',
    steps: [],
    undo: { class: worstUndo(controls.map(({ remediation }) => remediation.undo)), steps: [] },
    before: null,
    after: null,
    missing: [],
    guide: [],
    locks: [],
  };
}

/** A plan that only says why this resource needs a person. */
export function byPerson(controls: readonly Control[], at: At, settings: PlanSettings, text: string): Draft {
  return {
    ...nothing(controls, at, settings),
    kind: 'guide',
    mode: 'guided',
    undo: { class: 'none', steps: [] },
    guide: [{ text }],
  };
}

/**
 * Why there is no plan. Whatever it is, it stops this plan only: others of the resource, and of a scan, go on.
 *
 * @throws UnreadableError that passes by itself: telling a person to act on it would be wrong a moment later
 */
export function noPlan(error: unknown): ByHand {
  if (error instanceof UnreadableError && error.passing) throw error;
  return byHand(`No plan could be made: ${messageOf(error)}.`);
}

/** Calls as a plan holds them; those of a step that makes several are numbered. */
export function planned(name: string, calls: readonly ConcreteCall[], at: At, step?: CallStep): PlannedCall[] {
  return calls.map(({ service, operation, input, already }, index) => ({
    name: calls.length === 1 ? name : `${name}-${index + 1}`,
    service,
    operation,
    region: at.region,
    // As JSON has it: what was planned, stored and approved is what is sent.
    input: { ...(asJson(input) as object) },
    repeat: step?.repeat ?? 'safe',
    ...(already.length > 0 ? { already } : {}),
    ...(step?.until ? { provable: true as const } : {}),
  }));
}

/** The lock of a document: what is read of which resource. One write at a time. */
export const lockOf = (read: Read<unknown>, arn: string): string =>
  `${callsOf([read])
    .map(({ service, operation }) => `${service}:${operation}`)
    .join('+')} ${arn}`;
