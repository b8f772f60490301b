import { assign, setup } from 'xstate';
import type { ResourceRef } from '../plan/plan.ts';
import type { FindingContext, FindingEvent, StateName } from './finding.ts';
import { guards } from './guards.ts';
import { describeFight, newRound, recur, remember } from './memory.ts';

/** What a finding's machine is started with. */
export interface FindingInput {
  readonly finding: string;
  readonly control: number;
  readonly resource: ResourceRef;
}

/** An effect is an action that the driver performs later; in the machine it only has a name. */
const effect = () => {};

const finding = setup({
  // XState takes its types from a value that is never looked at; this is its way of saying it.
  types: {} as { context: FindingContext; events: FindingEvent; input: FindingInput; tags: 'resting' | 'busy' },
  actions: {
    ask: effect,
    notify: effect,
    apply: effect,
    verify: effect,
    takeBack: effect,
    rejudge: effect,
    setTimer: effect,
    clearTimer: effect,
    remember: assign(({ context, event }) => remember(context, event)),
    newRound: assign(({ context }) => newRound(context)),
    recur: assign(({ context, event }) => recur(context, event)),
    callForFight: assign(({ context }) => {
      const because = describeFight(context);
      return { because, stuck: 'fight' as const, handsOff: because };
    }),
    callForParameters: assign(({ context }) => ({
      because: `the configuration lacks ${context.plan?.missing.join(', ')}; set it, and the plan is made again`,
      stuck: 'missing' as const,
    })),
    sayDryRun: assign(({ context }) => ({
      because: context.policy?.mode === 'off' ? 'this control is switched off' : 'dry-run: planned, not applied',
    })),
    sayWhyItAsks: assign(({ context }) =>
      context.handsOff === null ? {} : { because: `it asks first, because: ${context.handsOff}` },
    ),
  },
  guards,
});

/** The way out by time of one state. */
const inTime = <const S extends StateName>(state: S) => ({ type: 'isTimeOf' as const, params: { state } });

const timed = { entry: ['setTimer', 'notify'], exit: ['clearTimer'] } as const;

/** Closing and accepting are possible from nearly everywhere. */
const closes = {
  passed: { target: 'resolved', actions: ['remember'] },
  exempt: { target: 'exempted', actions: ['remember'] },
} as const;

/** After a no or a fix taken back, only another plan is put up, or the same one when a person asks for it. */
const putUpAgain = [
  { guard: 'isNewPlan', target: 'planned', actions: ['newRound', 'remember'] },
  { guard: 'isReopened', target: 'planned', actions: ['newRound', 'remember'] },
] as const;

/**
 * The life of a finding. It decides and does nothing else: effects are named
 * actions that the driver performs after the new state is stored. There is no
 * `invoke` and no `after` in it, because both are lost with the process.
 */
export const findingMachine = finding.createMachine({
  id: 'finding',
  context: ({ input }) => ({
    ...input,
    plan: null,
    policy: null,
    approvals: [],
    round: 1,
    recurrences: [],
    because: 'judged as failing',
    by: 'redress',
    until: null,
    handsOff: null,
    stuck: null,
    replans: 0,
    takingBack: null,
    application: 0,
    fixedByUs: false,
    markedDone: false,
  }),
  initial: 'judged',
  states: {
    /** Failing, without a plan so far. */
    judged: {
      entry: ['setTimer'],
      exit: ['clearTimer'],
      on: {
        ...closes,
        plan: { target: 'planned', actions: ['remember'] },
        timeout: { guard: inTime('judged'), target: 'expired', actions: ['remember'] },
      },
    },
    /** Where a plan goes: passed through at once. */
    planned: {
      always: [
        { guard: 'isDryRun', target: 'proposed', actions: ['sayDryRun'] },
        { guard: 'isFight', target: 'needsPerson', actions: ['callForFight'] },
        { guard: 'lacksParameters', target: 'needsPerson', actions: ['callForParameters'] },
        { guard: 'isGuided', target: 'guided' },
        { guard: 'hasEnoughApprovals', target: 'approved' },
        { target: 'waiting', actions: ['sayWhyItAsks'] },
      ],
    },
    /** Dry-run ends here. */
    proposed: {
      tags: ['resting'],
      entry: ['notify'],
      on: {
        ...closes,
        plan: [
          { guard: 'isNewPlan', target: 'planned', actions: ['remember'] },
          { guard: 'isNewPolicy', target: 'planned', actions: ['remember'] },
          { guard: 'isReopened', target: 'planned', actions: ['remember'] },
        ],
        failing: { target: 'judged', actions: ['remember'] },
      },
    },
    /** A person has been asked. */
    waiting: {
      entry: ['setTimer', 'ask', 'notify'],
      exit: ['clearTimer'],
      on: {
        ...closes,
        approve: [
          { guard: 'isLastApproval', target: 'approved', actions: ['remember'] },
          { guard: 'isApproval', actions: ['remember', 'notify'] },
        ],
        deny: { guard: 'isThisDigest', target: 'denied', actions: ['remember'] },
        snooze: { target: 'snoozed', actions: ['remember'] },
        plan: [
          { guard: 'isNewPlan', target: 'superseded', actions: ['remember'] },
          { guard: 'isNewPolicy', target: 'planned', actions: ['remember'] },
        ],
        failing: { target: 'superseded', actions: ['remember', 'rejudge'] },
        timeout: { guard: inTime('waiting'), target: 'expired', actions: ['remember'] },
      },
    },
    /** The resource changed: what was asked holds no more, a new plan is made and asked about. */
    superseded: {
      ...timed,
      always: { guard: 'hasPlan', target: 'planned' },
      on: {
        ...closes,
        plan: { target: 'planned', actions: ['remember'] },
        timeout: { guard: inTime('superseded'), target: 'expired', actions: ['remember'] },
      },
    },
    /** Free to be applied; the driver still checks everything before the first call. */
    approved: {
      entry: ['setTimer', 'apply', 'notify'],
      exit: ['clearTimer'],
      on: {
        ...closes,
        held: { guard: 'isNews', actions: ['remember', 'notify'] },
        started: { guard: 'isThisPlan', target: 'applying', actions: ['remember'] },
        nothingToDo: { guard: 'isThisPlan', target: 'resolved', actions: ['remember'] },
        outdated: { guard: 'isThisPlan', target: 'superseded', actions: ['remember', 'rejudge'] },
        failed: { guard: 'isThisPlan', target: 'needsPerson', actions: ['remember'] },
        deny: { guard: 'isThisDigest', target: 'denied', actions: ['remember'] },
        plan: [
          { guard: 'isNewPlan', target: 'superseded', actions: ['remember'] },
          { guard: 'isNewPolicy', target: 'planned', actions: ['remember'] },
        ],
        timeout: { guard: inTime('approved'), target: 'expired', actions: ['remember'] },
      },
    },
    applying: {
      ...timed,
      tags: ['busy'],
      on: {
        held: { guard: 'isNews', actions: ['remember', 'notify'] },
        nothingToDo: { guard: 'isThisPlan', target: 'resolved', actions: ['remember'] },
        outdated: { guard: 'isThisPlan', target: 'superseded', actions: ['remember', 'rejudge'] },
        applied: { guard: 'isThisPlan', target: 'verifying', actions: ['remember'] },
        failed: [
          { guard: 'isPartlyDone', target: 'rollingBack', actions: ['remember'] },
          { guard: 'isThisPlan', target: 'needsPerson', actions: ['remember'] },
        ],
        unclear: { guard: 'isThisPlan', target: 'needsPerson', actions: ['remember'] },
        timeout: { guard: inTime('applying'), target: 'needsPerson', actions: ['remember'] },
      },
    },
    /** Read again until the detector passes. Nothing is called fixed before. */
    verifying: {
      entry: ['setTimer', 'verify', 'notify'],
      exit: ['clearTimer'],
      tags: ['busy'],
      on: {
        verified: { guard: 'isThisPlan', target: 'resolved', actions: ['remember'] },
        unverified: [
          { guard: 'isReadable', target: 'rollingBack', actions: ['remember'] },
          { guard: 'isThisPlan', target: 'needsPerson', actions: ['remember'] },
        ],
        timeout: { guard: inTime('verifying'), target: 'needsPerson', actions: ['remember'] },
      },
    },
    rollingBack: {
      entry: ['setTimer', 'takeBack', 'notify'],
      exit: ['clearTimer'],
      tags: ['busy'],
      on: {
        held: { guard: 'isNews', actions: ['remember', 'notify'] },
        undone: { guard: 'isThisPlan', target: 'rolledBack', actions: ['remember'] },
        undoRefused: [
          { guard: 'isUndoOfPerson', target: 'resolved', actions: ['remember'] },
          { guard: 'isThisPlan', target: 'needsPerson', actions: ['remember'] },
        ],
        failed: { guard: 'isThisPlan', target: 'needsPerson', actions: ['remember'] },
        unclear: { guard: 'isThisPlan', target: 'needsPerson', actions: ['remember'] },
        timeout: { guard: inTime('rollingBack'), target: 'needsPerson', actions: ['remember'] },
      },
    },
    resolved: {
      tags: ['resting'],
      entry: ['notify'],
      on: {
        exempt: closes.exempt,
        plan: { target: 'planned', actions: ['newRound', 'recur', 'remember'] },
        failing: { target: 'judged', actions: ['newRound', 'recur', 'remember'] },
        undo: { guard: 'isOurFix', target: 'rollingBack', actions: ['remember'] },
      },
    },
    /** A no to one digest holds for that digest. */
    denied: {
      tags: ['resting'],
      entry: ['notify'],
      on: {
        ...closes,
        plan: putUpAgain,
      },
    },
    expired: {
      tags: ['resting'],
      entry: ['notify'],
      on: { ...closes, plan: { target: 'planned', actions: ['newRound', 'remember'] } },
    },
    snoozed: {
      ...timed,
      on: {
        ...closes,
        plan: { guard: 'isReopened', target: 'planned', actions: ['newRound', 'remember'] },
        timeout: { guard: inTime('snoozed'), target: 'judged', actions: ['remember', 'rejudge'] },
      },
    },
    exempted: {
      ...timed,
      on: {
        passed: closes.passed,
        exempt: { target: 'exempted', reenter: true, actions: ['remember'] },
        exemptionEnded: { target: 'judged', actions: ['remember'] },
        timeout: { guard: inTime('exempted'), target: 'judged', actions: ['remember', 'rejudge'] },
      },
    },
    /** Taken back. The same plan is not tried again unless a person asks for it. */
    rolledBack: {
      tags: ['resting'],
      entry: ['notify'],
      on: {
        ...closes,
        plan: putUpAgain,
      },
    },
    /** A runbook was offered. The detector has the last word. */
    guided: {
      entry: ['setTimer', 'ask', 'notify'],
      exit: ['clearTimer'],
      on: {
        ...closes,
        done: { actions: ['remember', 'rejudge', 'notify'] },
        deny: { guard: 'isThisDigest', target: 'denied', actions: ['remember'] },
        snooze: { target: 'snoozed', actions: ['remember'] },
        plan: [
          { guard: 'isNewPlan', target: 'superseded', actions: ['remember'] },
          { guard: 'isNewPolicy', target: 'planned', actions: ['remember'] },
          { guard: 'isMarkedDone', target: 'planned', actions: ['remember'] },
        ],
        timeout: { guard: inTime('guided'), target: 'expired', actions: ['remember'] },
      },
    },
    needsPerson: {
      entry: ['setTimer', 'notify'],
      exit: ['clearTimer'],
      on: {
        ...closes,
        done: { target: 'judged', actions: ['remember', 'rejudge'] },
        snooze: { target: 'snoozed', actions: ['remember'] },
        plan: [
          { guard: 'isReopened', target: 'planned', actions: ['newRound', 'remember'] },
          { guard: 'isNewPlanAndNoFight', target: 'planned', actions: ['newRound', 'remember'] },
        ],
        timeout: { guard: inTime('needsPerson'), target: 'expired', actions: ['remember'] },
      },
    },
  },
});
