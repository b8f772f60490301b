import { expect, it } from 'vitest';
import { ACCOUNT, callsOf, judge, planFor, plansFor } from '../controls.ts';

const ID = `arn:aws:datasync:eu-west-1:${ACCOUNT}:task/task-1`;
const GROUP = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/datasync`;
const before = { VerifyMode: 'POINT_IN_TIME_CONSISTENT', OverwriteMode: 'NEVER', LogLevel: 'OFF', BytesPerSecond: -1 };
const task = (Options: object, CloudWatchLogGroupArn?: string, more: object = {}) => ({
  'datasync:DescribeTask': { Options, CloudWatchLogGroupArn, CreationTime: new Date(), ...more },
});
const update = (Options: object, more: object = {}) => ['datasync:UpdateTask', { TaskArn: ID, Options, ...more }];
const parameters = { dataSyncLogGroupArn: GROUP };
const group = { CloudWatchLogGroupArn: GROUP };

it('446 sends every option', async () => {
  const plan = await planFor(446, ID, task(before), { parameters });
  const after = { ...before, LogLevel: 'BASIC' };
  expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
  expect(callsOf(plan)).toEqual({ steps: [update(after, group)], undo: [update(before)] });
  expect(await judge(446, ID, task(after, GROUP))).toBe('pass');
});

it('446 takes the log group that the task has, and needs one otherwise', async () => {
  const plan = await planFor(446, ID, task(before, GROUP));
  expect(callsOf(plan).steps).toEqual([update({ ...before, LogLevel: 'BASIC' }, group)]);
  expect(await planFor(446, ID, task(before))).toMatchObject({ steps: [] });
});

it.each([446, 447])('%i says name and filters again, which a change may clear', async (control) => {
  const kept = { Name: 'nightly', Excludes: [{ FilterType: 'SIMPLE_PATTERN', Value: '/tmp' }] };
  const plan = await planFor(control, ID, task(before, GROUP, { ...kept, Includes: [] }));
  for (const [, input] of [...callsOf(plan).steps, ...callsOf(plan).undo]) {
    expect(input).toMatchObject(kept);
    expect(input).not.toHaveProperty('Includes');
  }
});

it('446 names no log group in Enhanced mode, and none of another region', async () => {
  const enhanced = await planFor(446, ID, task(before, undefined, { TaskMode: 'ENHANCED' }), { parameters });
  expect(callsOf(enhanced).steps).toEqual([update({ ...before, LogLevel: 'BASIC' })]);
  const abroad = { dataSyncLogGroupArn: GROUP.replace('eu-west-1', 'us-east-1') };
  expect(await planFor(446, ID, task(before), { parameters: abroad })).toMatchObject({ kind: 'guide', steps: [] });
});

it('447 sends every option, by itself', async () => {
  const plan = await planFor(447, ID, task(before));
  const after = { ...before, VerifyMode: 'ONLY_FILES_TRANSFERRED' };
  expect(plan.mode).toBe('auto');
  expect(callsOf(plan)).toEqual({ steps: [update(after)], undo: [update(before)] });
  expect(await judge(447, ID, task(after))).toBe('pass');
});

it('makes one call for both', async () => {
  const plans = await plansFor([446, 447], ID, task(before), { parameters, modes: { 447: 'approve' } });
  const after = { ...before, LogLevel: 'BASIC', VerifyMode: 'ONLY_FILES_TRANSFERRED' };
  expect(plans.map((plan) => callsOf(plan).steps)).toEqual([[update(after, group)]]);
});
