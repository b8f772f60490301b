import { parseRef } from '../control/call.ts';
import type { PlannedCall } from '../plan/plan.ts';
import type { CallRecord } from '../store/records.ts';
import type { Work } from './calls.ts';
import { type Kit, pause } from './kit.ts';
import { sameState } from './same.ts';

/** What reading says of a call whose answer nobody has. */
export type Judgement =
  /** It was made: what it was made for is there. */
  | { readonly judgement: 'made' }
  /** It was not made: everything is as before, and it would show. */
  | { readonly judgement: 'notMade' }
  /** It may have been made; making it again does no harm. */
  | { readonly judgement: 'repeat' }
  /** Nothing of the plan was written so far, and somebody else changed the resource. */
  | { readonly judgement: 'changed'; readonly because: string }
  | { readonly judgement: 'unclear'; readonly because: string };

interface Doubt {
  readonly row: CallRecord;
  readonly call: PlannedCall;
  readonly index: number;
  readonly made: number;
}

/**
 * Judges an unfinished intent by reading, not by hoping.
 *
 * @throws whatever the reads throw: then nothing is known and nothing is done
 */
export async function judgeIntent(kit: Kit, work: Work, doubt: Doubt): Promise<Judgement> {
  const { plan } = work;
  const { row, call } = doubt;
  // A write that was made right before the crash may not show yet.
  const age = kit.now().getTime() - new Date(row.at).getTime();
  if (call.repeat === 'once' && age < kit.times.lag) await pause(kit, kit.times.lag - age);

  const state = await kit.remediator.observe(plan);
  const ofDocument = await judgeDocument(kit, work, doubt, state);
  if (ofDocument !== undefined) return ofDocument;
  if (work.purpose === 'undo') return judgeUndo(work, doubt, state);

  const { evaluations } = await kit.remediator.assess(plan.resource, plan.controls);
  const unknown = evaluations.find(({ finding, verdict }) => plan.findings.includes(finding) && verdict === 'unknown');
  // Neither passing nor failing: whatever follows from one of them would be a guess.
  if (unknown !== undefined) throw new Error(`${plan.resource.id} could not be judged: ${unknown.because}`);
  const passes = plan.findings.every((id) =>
    evaluations.some(({ finding, verdict }) => finding === id && verdict === 'pass'),
  );
  if (passes) return needsOutput(work, doubt) ? answerLost(doubt) : { judgement: 'made' };
  const settled = call.provable === true && (await kit.remediator.settled(plan, call));
  if (settled && !sameState(state, row.seen)) {
    return needsOutput(work, doubt) ? answerLost(doubt) : { judgement: 'made' };
  }
  if (sameState(state, row.seen)) {
    // The condition that the step waits for would hold if the call had been made.
    if (wouldShow(work, doubt) || (call.provable === true && !settled)) return { judgement: 'notMade' };
    return call.repeat === 'safe' ? { judgement: 'repeat' } : cannotTell(doubt);
  }
  // A document that is neither what we started from nor right was changed by somebody else:
  // writing ours over it would erase that.
  if (doubt.index === 0 && plan.kind === 'edit' && work.steps.length === 1) {
    return {
      judgement: 'changed',
      because: `${plan.resource.id} was changed by somebody else meanwhile; planning again`,
    };
  }
  return call.repeat === 'safe' ? { judgement: 'repeat' } : cannotTell(doubt);
}

/**
 * A whole document that is written as one of several steps: it is as it should
 * be, as it was seen, or somebody else's, over which ours must not be written.
 */
async function judgeDocument(kit: Kit, work: Work, doubt: Doubt, state: unknown): Promise<Judgement | undefined> {
  const { plan, purpose } = work;
  const name = await kit.remediator.documentOf?.(plan, doubt.call);
  if (name === undefined) return undefined;
  const now = partOf(state, name);
  if (sameState(now, partOf(purpose === 'undo' ? plan.before : plan.after, name))) {
    return needsOutput(work, doubt) ? answerLost(doubt) : { judgement: 'made' };
  }
  if (sameState(now, partOf(doubt.row.seen, name))) return { judgement: 'notMade' };
  return {
    judgement: 'unclear',
    because:
      `Redress was interrupted while it made ${describe(doubt.call)}, and somebody else changed the document meanwhile; ` +
      'it was not written over. Look at it, finish or take back by hand, then mark this finding done',
  };
}

const partOf = (state: unknown, name: string): unknown =>
  typeof state === 'object' && state !== null
    ? (Object.entries(state).find(([key]) => key === name)?.[1] ?? null)
    : null;

function judgeUndo(work: Work, doubt: Doubt, state: unknown): Judgement {
  const { plan } = work;
  if (plan.undo.class === 'exact' && sameState(state, plan.before)) return { judgement: 'made' };
  if (sameState(state, doubt.row.seen) && isLast(work, doubt)) return { judgement: 'notMade' };
  if (plan.undo.class === 'exact' && plan.kind === 'edit' && work.steps.length === 1) {
    const because = `${plan.resource.id} was changed by somebody else while the fix was taken back; it was not written over`;
    return { judgement: 'unclear', because };
  }
  return doubt.call.repeat === 'safe' ? { judgement: 'repeat' } : cannotTell(doubt);
}

const isLast = ({ steps }: Work, { index }: Doubt): boolean => index === steps.length - 1;

/**
 * Whether the call would show in what was read. Of the last call this is
 * known: it leads to `after`, and what was read before it was not `after`.
 * An earlier one may change something that is not looked at.
 */
function wouldShow(work: Work, doubt: Doubt): boolean {
  return isLast(work, doubt) && !sameState(doubt.row.seen, work.plan.after);
}

/** Whether a later call is to be filled in from this one's answer, which is lost. */
function needsOutput({ steps }: Work, { call, index }: Doubt): boolean {
  return steps.slice(index + 1).some(({ input }) => refersTo(input, call.name));
}

function refersTo(value: unknown, step: string): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some((one) => refersTo(one, step));
  return parseRef(value)?.step === step;
}

const answerLost = ({ call }: Doubt): Judgement => ({
  judgement: 'unclear',
  because: `${describe(call)} was made, but its answer is lost, and a later call needs it. Finish the plan by hand`,
});

const cannotTell = ({ call }: Doubt): Judgement => ({
  judgement: 'unclear',
  because:
    `Redress was interrupted while it made ${describe(call)}. Whether AWS did it cannot be told by reading, ` +
    'and it must not be made twice. Look at the resource, finish or take back by hand, then mark this finding done',
});

const describe = ({ service, operation, name }: PlannedCall): string => `${service} ${operation} (${name})`;
