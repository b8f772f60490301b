import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge } from '../controls.ts';

const ID = `arn:aws:datasync:eu-west-1:${ACCOUNT}:task/task-1`;
const GROUP = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/datasync`;

function table(number: number, rows: readonly (readonly [string, Answer, string])[]) {
  it.each(rows)('%s', async (_, answer, expected) => {
    expect(await judge(number, ID, { 'datasync:DescribeTask': answer })).toBe(expected);
  });
}

describe.each([446, 447])('%i, as every control of tasks', (number) => {
  table(number, [
    ['gone', awsError('InvalidRequestException'), `skip: ${ID} does not exist (any more)`],
    ['denied', awsError('AccessDenied'), 'unknown: datasync:DescribeTask was denied; allow datasync:DescribeTask'],
  ]);
});

describe('446: logs', () => {
  table(446, [
    ['neither', {}, 'fail: the task has no log group'],
    ['a level only', { Options: { LogLevel: 'BASIC' } }, 'fail: the task has no log group'],
    ['a level, in Enhanced mode', { TaskMode: 'ENHANCED', Options: { LogLevel: 'BASIC' } }, 'pass'],
    ['off, in Enhanced mode', { TaskMode: 'ENHANCED', Options: { LogLevel: 'OFF' } }, 'fail: its log level is off'],
    ['a group only', { CloudWatchLogGroupArn: GROUP }, 'fail: its log level is off'],
    ['off', { CloudWatchLogGroupArn: GROUP, Options: { LogLevel: 'OFF' } }, 'fail: its log level is off'],
    ['errors', { CloudWatchLogGroupArn: GROUP, Options: { LogLevel: 'BASIC' } }, 'pass'],
    ['every file', { CloudWatchLogGroupArn: GROUP, Options: { LogLevel: 'TRANSFER' } }, 'pass'],
  ]);
});

describe('447: verification', () => {
  const mode = (VerifyMode: string) => ({ Options: { VerifyMode } });
  table(447, [
    ['the wanted one', mode('ONLY_FILES_TRANSFERRED'), 'pass'],
    ['the stronger one', mode('POINT_IN_TIME_CONSISTENT'), 'fail: the whole destination is compared'],
    ['none', mode('NONE'), 'fail: nothing is verified in the end'],
    ['not said', {}, 'fail: nothing is verified in the end'],
  ]);
});

it('446 closes when the resource is deleted', () => {
  const trigger = controlOf(446).detector.on['datasync:DeleteTask'];
  expect(trigger?.kind === 'paths' && trigger.paths).toContain('requestParameters.taskArn');
});
