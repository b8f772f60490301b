import type { FindingContext, FindingEvent, Policy, StateName } from './finding.ts';

interface Situation {
  readonly context: FindingContext;
  readonly event: FindingEvent;
}

const samePolicy = (a: Policy | null, b: Policy): boolean =>
  a !== null && a.apply === b.apply && a.mode === b.mode && a.approvalsNeeded === b.approvalsNeeded;

/** How many different people must say yes to the present plan; 0 when it may apply itself. */
export function yesesNeeded({ policy, plan, handsOff }: FindingContext): number {
  if (policy?.mode === 'auto' && handsOff === null && plan?.kind !== 'guide') return 0;
  return Math.max(1, policy?.approvalsNeeded ?? 1);
}

/** An approval counts when it is for this very digest and its giver has not said yes before. */
const isApproval = ({ context, event }: Situation): boolean =>
  event.type === 'approve' &&
  event.digest === context.plan?.digest &&
  context.approvals.every(({ by }) => by !== event.by);

const isNewPlan = ({ context, event }: Situation): boolean =>
  event.type === 'plan' && event.plan.digest !== context.plan?.digest;

/** Results of work carry the plan that they are about; those of another plan are late and mean nothing. */
const isThisPlan = ({ context, event }: Situation): boolean =>
  'plan' in event && typeof event.plan === 'string' && event.plan === context.plan?.id;

/** The machine's conditions, by the names that its diagram shows. */
export const guards = {
  isDryRun: ({ context }: Situation) => context.policy?.apply !== true || context.policy.mode === 'off',
  isGuided: ({ context }: Situation) => context.policy?.mode === 'guided' || context.plan?.kind === 'guide',
  lacksParameters: ({ context }: Situation) => (context.plan?.missing.length ?? 0) > 0,
  isFight: ({ context }: Situation) => context.recurrences.length > (context.policy?.mostRecurrences ?? 0),
  hasEnoughApprovals: ({ context }: Situation) => context.approvals.length >= yesesNeeded(context),
  hasPlan: ({ context }: Situation) => context.plan !== null,
  isNewPlan,
  isNewPlanAndNoFight: (situation: Situation) => isNewPlan(situation) && situation.context.stuck !== 'fight',
  isNewPolicy: ({ context, event }: Situation) => event.type === 'plan' && !samePolicy(context.policy, event.policy),
  isReopened: ({ event }: Situation) => event.type === 'plan' && event.reopen,
  isMarkedDone: ({ context }: Situation) => context.markedDone,
  isApproval,
  isLastApproval: (situation: Situation) =>
    isApproval(situation) && situation.context.approvals.length + 1 >= yesesNeeded(situation.context),
  isThisPlan,
  isThisDigest: ({ context, event }: Situation) => 'digest' in event && event.digest === context.plan?.digest,
  isOurFix: ({ context, event }: Situation) =>
    event.type === 'undo' && context.fixedByUs && event.digest === context.plan?.digest,
  isPartlyDone: (situation: Situation) =>
    isThisPlan(situation) && situation.event.type === 'failed' && situation.event.undo,
  isReadable: (situation: Situation) =>
    isThisPlan(situation) && situation.event.type === 'unverified' && situation.event.readable,
  isUndoOfPerson: (situation: Situation) => isThisPlan(situation) && situation.context.takingBack === 'undo',
  isNews: ({ context, event }: Situation) => event.type === 'held' && event.because !== context.because,
  isTimeOf: ({ event }: Situation, { state }: { state: StateName }) => event.type === 'timeout' && event.of === state,
};
