import { describe, expect, it } from 'vitest';
import { ACCOUNT, callsOf, planFor } from '../controls.ts';

const MACHINE = `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:orders`;
const roleArn = `arn:aws:iam::${ACCOUNT}:role/orders`;
const answers = { 'stepfunctions:DescribeStateMachine': { roleArn } };
const stateMachineLogGroupArn = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/vendedlogs/states/all`;
const write = (loggingConfiguration: object) => [
  'stepfunctions:UpdateStateMachine',
  { stateMachineArn: MACHINE, roleArn, loggingConfiguration: { includeExecutionData: false, ...loggingConfiguration } },
];

describe('200', () => {
  it('logs without data, with the role as it is', async () => {
    const plan = await planFor(200, MACHINE, answers, { parameters: { stateMachineLogGroupArn } });
    const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn: `${stateMachineLogGroupArn}:*` } }];
    expect(callsOf(plan)).toEqual({ steps: [write({ level: 'ALL', destinations })], undo: [write({ level: 'OFF' })] });
    expect(plan.permissions).toContain('iam:PassRole');
  });

  it('logs no data where the switch for it was left on, and leaves it on when undone', async () => {
    const left = {
      'stepfunctions:DescribeStateMachine': {
        roleArn,
        loggingConfiguration: { level: 'OFF', includeExecutionData: true },
      },
    };
    const plan = await planFor(200, MACHINE, left, { parameters: { stateMachineLogGroupArn } });
    const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn: `${stateMachineLogGroupArn}:*` } }];
    expect(callsOf(plan)).toEqual({
      steps: [write({ level: 'ALL', destinations })],
      undo: [write({ level: 'OFF', includeExecutionData: true })],
    });
  });

  it.each<Record<string, string>>([
    { stateMachineLogGroupArn: stateMachineLogGroupArn.replace('eu-west-1', 'us-east-1') },
    { stateMachineLogGroupArn, stateMachineLogLevel: 'OFF' },
  ])('asks a person with %j', async (parameters) => {
    expect(await planFor(200, MACHINE, answers, { parameters: { ...parameters } })).toMatchObject({
      kind: 'guide',
      steps: [],
    });
  });
});
