import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge } from '../controls.ts';

const MACHINE = `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:orders`;
const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:a:*` } }];

describe('200: logs', () => {
  it.each<[string, string, Answer, string]>([
    ['all', MACHINE, { loggingConfiguration: { level: 'ALL', destinations } }, 'pass'],
    ['fatal', MACHINE, { loggingConfiguration: { level: 'FATAL', destinations } }, 'pass'],
    ['off', MACHINE, { loggingConfiguration: { level: 'OFF' } }, 'fail: executions are not logged'],
    ['nothing said', MACHINE, { type: 'EXPRESS' }, 'fail: executions are not logged'],
    [
      'nowhere',
      MACHINE,
      { loggingConfiguration: { level: 'ALL', destinations: [] } },
      'fail: logs have no group to go to',
    ],
    ['a version', `${MACHINE}:3`, {}, 'skip: this is a version or an alias'],
    ['being deleted', MACHINE, { status: 'DELETING' }, `skip: ${MACHINE} does not exist (any more)`],
    ['gone', MACHINE, awsError('StateMachineDoesNotExist'), `skip: ${MACHINE} does not exist (any more)`],
    [
      'denied',
      MACHINE,
      awsError('AccessDeniedException'),
      'unknown: stepfunctions:DescribeStateMachine was denied; allow states:DescribeStateMachine',
    ],
  ])('%s', async (_, id, answer, expected) => {
    expect(await judge(200, id, { 'stepfunctions:DescribeStateMachine': answer })).toBe(expected);
  });
});

it('200 closes when the resource is deleted', () => {
  const trigger = controlOf(200).detector.on['states:DeleteStateMachine'];
  expect(trigger?.kind === 'paths' && trigger.paths).toContain('requestParameters.stateMachineArn');
});
