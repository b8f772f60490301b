import { expect, test } from 'vitest';
import { machineDiagram } from '../../src/workflow/diagram.ts';
import type { FindingContext, FindingEvent, PlanRef, Policy, StateName } from '../../src/workflow/finding.ts';
import { stateNames } from '../../src/workflow/finding.ts';
import { findingMachine } from '../../src/workflow/machine.ts';
import { type MachineState, restingStates, type Step, start, step } from '../../src/workflow/step.ts';
import { policy } from './bench.ts';
import { createWorld } from './world.ts';

const at = '2026-11-23T10:00:00.000Z';
const until = '2026-12-01T00:00:00.000Z';
const first = () => start({ finding: 'f-1', control: 1, resource: createWorld().resource('b') });

const planA: PlanRef = { id: 'p-a', digest: 'sha256:a', kind: 'edit', missing: [] };
const planB: PlanRef = { id: 'p-b', digest: 'sha256:b', kind: 'edit', missing: [] };
const guide: PlanRef = { id: 'p-g', digest: 'sha256:g', kind: 'guide', missing: [] };
const lacking: PlanRef = { id: 'p-l', digest: 'sha256:l', kind: 'steps', missing: ['logBucket'] };

const planned = (plan: PlanRef, how: Policy, reopen = false): FindingEvent => ({
  ...{ type: 'plan', at, because: 'it is off', plan, policy: how, cause: null, windowStart: '', reopen },
});

const because = 'because of this';
const ofPlan = ({ id }: PlanRef): readonly FindingEvent[] => [
  { type: 'started', at, plan: id, application: 1 },
  { type: 'outdated', at, plan: id, because },
  { type: 'nothingToDo', at, plan: id, because, by: 'bob' },
  { type: 'applied', at, plan: id },
  { type: 'failed', at, plan: id, because, undo: true },
  { type: 'failed', at, plan: id, because, undo: false },
  { type: 'unclear', at, plan: id, because },
  { type: 'verified', at, plan: id, because },
  { type: 'unverified', at, plan: id, because, readable: true },
  { type: 'unverified', at, plan: id, because, readable: false },
  { type: 'undone', at, plan: id, because },
  { type: 'undoRefused', at, plan: id, because },
];

/** Everything that can happen, with the policies given. */
const everything = (policies: readonly Policy[]): readonly FindingEvent[] => [
  ...policies.flatMap((how) => [planA, planB, guide, lacking].map((plan) => planned(plan, how))),
  ...policies.map((how) => planned(planA, how, true)),
  { type: 'failing', at, because, cause: null, windowStart: '' },
  { type: 'passed', at, because, by: 'bob' },
  ...['alice', 'bob'].flatMap((by) =>
    [planA, planB].map(({ digest }): FindingEvent => ({ type: 'approve', at, by, digest })),
  ),
  { type: 'deny', at, by: 'alice', digest: planA.digest, because },
  { type: 'snooze', at, by: 'alice', because, until },
  { type: 'exempt', at, by: 'alice', because, until },
  { type: 'exemptionEnded', at, because },
  { type: 'undo', at, by: 'alice', digest: planA.digest },
  { type: 'done', at, by: 'alice' },
  { type: 'held', at, because: 'held' },
  ...ofPlan(planA),
  ...ofPlan(planB),
  ...stateNames.map((of): FindingEvent => ({ type: 'timeout', at, of })),
];

/** What matters for where a finding can go from here; counters and texts do not. */
const keyOf = ({ value, context }: MachineState): string => {
  const { plan, policy: how, approvals, handsOff, stuck, takingBack, fixedByUs, markedDone, recurrences } = context;
  const people = approvals.map(({ by }) => by).sort();
  const calm = recurrences.length <= (how?.mostRecurrences ?? 0);
  return JSON.stringify([value, plan, how, people, handsOff !== null, stuck, takingBack, fixedByUs, markedDone, calm]);
};

interface Edge {
  readonly from: MachineState;
  readonly event: FindingEvent;
  readonly to: Step;
}

/** Walks the machine from its start through everything that can happen, until nothing new comes up. */
function explore(policies: readonly Policy[]): { states: readonly MachineState[]; edges: readonly Edge[] } {
  const events = everything(policies);
  const seen = new Map<string, MachineState>();
  const edges: Edge[] = [];
  const queue: MachineState[] = [first()];
  for (let from = queue.pop(); from !== undefined; from = queue.pop()) {
    if (seen.has(keyOf(from))) continue;
    seen.set(keyOf(from), from);
    for (const event of events) {
      const to = step(from, event);
      if (to.through.length === 0) continue;
      edges.push({ from, event, to });
      if (!seen.has(keyOf(to))) queue.push({ value: to.value, context: to.context });
    }
  }
  return { states: [...seen.values()], edges };
}

const approve: Policy = { ...policy, mode: 'approve', mostRecurrences: 1 };
const fourEyes: Policy = { ...approve, approvalsNeeded: 2 };
const auto: Policy = { ...policy, mode: 'auto', mostRecurrences: 1 };
const dryRun: Policy = { ...auto, apply: false };
const off: Policy = { ...auto, mode: 'off' };

const all = explore([auto, approve, dryRun]);

const mayApply: readonly StateName[] = ['approved', 'applying', 'verifying'];

test.each([
  { name: 'one approval', how: approve, needed: 1 },
  { name: 'two approvals', how: fourEyes, needed: 2 },
])('with $name needed, no way leads to applying without them, for that very digest', ({ how, needed }) => {
  const { states, edges } = explore([how]);
  for (const { value, context } of states) {
    if (!mayApply.includes(value)) continue;
    expect(new Set(context.approvals.map(({ by }) => by)).size).toBeGreaterThanOrEqual(needed);
  }
  // Yeses are for the digest that was shown: a new plan starts without any.
  for (const { from, to, event } of edges) {
    if (from.context.plan?.digest !== to.context.plan?.digest) expect(to.context.approvals).toEqual([]);
    if (to.context.approvals.length > from.context.approvals.length) {
      expect(event).toMatchObject({ type: 'approve', digest: from.context.plan?.digest });
    }
    if (to.effects.some(({ type }) => type === 'apply')) expect(to.value).toBe('approved');
  }
  expect(states.some(({ value }) => value === 'verifying')).toBe(true);
});

test('in dry-run and when switched off nothing is ever asked, approved or applied', () => {
  for (const how of [dryRun, off]) {
    const { states, edges } = explore([how]);
    const reached = new Set(states.map(({ value }) => value));
    for (const never of [...mayApply, 'waiting', 'guided', 'rollingBack'] as const)
      expect(reached).not.toContain(never);
    const done = new Set(edges.flatMap(({ to }) => to.effects.map(({ type }) => type)));
    for (const never of ['ask', 'apply', 'verify', 'rollBack', 'undo'] as const) expect(done).not.toContain(never);
  }
});

test('a plan that lacks parameters and a runbook are never applied', () => {
  for (const { value, context } of all.states) {
    if (!mayApply.includes(value)) continue;
    expect(context.plan?.missing).toEqual([]);
    expect(context.plan?.kind).not.toBe('guide');
  }
});

test('after a fix was taken back or got stuck, none applies itself before a person says yes', () => {
  const { states } = explore([auto]);
  const handsOff = states.filter(({ value, context }) => value === 'approved' && context.handsOff !== null);
  expect(handsOff.length).toBeGreaterThan(0);
  for (const { context } of handsOff) expect(context.approvals.length).toBeGreaterThan(0);
});

test('resolved is reached by reading only: verified, nothing to do, or found passing', () => {
  const leads = new Set(
    all.edges
      .filter(({ from, to }) => to.value === 'resolved' && from.value !== 'resolved')
      .map(({ event }) => event.type),
  );
  expect([...leads].sort()).toEqual(['nothingToDo', 'passed', 'undoRefused', 'verified']);
});

test('every state is reached', () => {
  const reached = new Set(all.edges.flatMap(({ to }) => to.through.map(({ value }) => value)));
  expect([...reached, 'judged'].sort()).toEqual(expect.arrayContaining([...stateNames].sort()));
});

test('every state but the resting ones has a timer set and a way out by time', () => {
  expect(restingStates).toEqual(['proposed', 'resolved', 'denied', 'expired', 'rolledBack']);
  for (const state of all.states) {
    const late = step(state, { type: 'timeout', at, of: state.value });
    if (restingStates.includes(state.value)) expect(late.through).toEqual([]);
    else expect([state.value, late.value], state.value).not.toEqual([state.value, state.value]);
  }
  for (const { from, to } of all.edges) {
    if (from.value === to.value && to.through.length === 1) continue;
    const timers = to.effects.filter(({ type }) => type === 'setTimer' || type === 'clearTimer');
    const expected = restingStates.includes(to.value) ? ['clearTimer'] : ['setTimer'];
    if (restingStates.includes(from.value) && restingStates.includes(to.value)) continue;
    expect(
      timers.map(({ type }) => type),
      `${from.value} to ${to.value}`,
    ).toEqual(expected);
  }
});

test('time always leads to rest', () => {
  for (const state of all.states) {
    let now = state;
    for (let hops = 0; hops < 5 && !restingStates.includes(now.value); hops += 1) {
      now = step(now, { type: 'timeout', at, of: now.value });
    }
    expect(restingStates).toContain(now.value);
  }
});

test('events said twice, late timers and results of another plan change nothing', () => {
  const again: readonly FindingEvent['type'][] = [
    'approve',
    'deny',
    'undo',
    'held',
    'started',
    'applied',
    'verified',
    'undone',
  ];
  for (const { event, to } of all.edges) {
    if (again.includes(event.type)) expect(step(to, event).through, `${event.type} in ${to.value}`).toEqual([]);
  }
  for (const state of all.states) {
    for (const of of stateNames) {
      if (of !== state.value) expect(step(state, { type: 'timeout', at, of }).through).toEqual([]);
    }
    const other = state.context.plan?.id === 'p-a' ? planB : planA;
    for (const event of ofPlan(other)) expect(step(state, event).through).toEqual([]);
  }
});

test('while Redress writes, nothing that others report moves the finding', () => {
  const others: readonly FindingEvent['type'][] = [
    'plan',
    'failing',
    'passed',
    'approve',
    'deny',
    'snooze',
    'exempt',
    'done',
  ];
  for (const { from, event } of all.edges) {
    if (['applying', 'verifying', 'rollingBack'].includes(from.value)) expect(others).not.toContain(event.type);
  }
});

test('a stale approval is no approval', () => {
  const waiting = step(first(), planned(planA, approve));
  const changed = step(waiting, planned(planB, approve));
  expect(changed.through.map(({ value }) => value)).toEqual(['superseded', 'planned', 'waiting']);
  expect(step(changed, { type: 'approve', at, by: 'alice', digest: planA.digest }).through).toEqual([]);
  expect(step(changed, { type: 'approve', at, by: 'alice', digest: planB.digest }).value).toBe('approved');
});

test('the machine does nothing by itself: no invoke, no after', () => {
  for (const node of Object.values(findingMachine.states)) {
    expect(node.invoke).toEqual([]);
    expect(node.after).toEqual([]);
  }
});

test('the context stays plain JSON', () => {
  for (const { context } of all.states) {
    const back: FindingContext = JSON.parse(JSON.stringify(context));
    expect(back).toEqual(context);
  }
});

test('the diagram shows every state and who leads where', () => {
  const diagram = machineDiagram();
  for (const name of stateNames) expect(diagram).toContain(`${name} --> `);
  expect(diagram).toMatch(/^stateDiagram-v2\n {2}\[\*\] --> judged\n/);
  expect(diagram).toContain('waiting --> approved: approve [is last approval]');
  expect(diagram).toContain('needsPerson --> expired: timeout');
  expect(diagram).toContain('resolved --> [*]');
});
