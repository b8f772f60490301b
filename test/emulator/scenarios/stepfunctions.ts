import { CreateStateMachineCommand, DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { ACCOUNT, REGION } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const GROUP = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/vendedlogs/states/all`;
const definition = JSON.stringify({ StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 1, End: true } } });

export const stepfunctions = [
  scenario({
    control: 200,
    arrange: async ({ stepfunctions }) => {
      const { stateMachineArn: id = '' } = await stepfunctions.send(
        new CreateStateMachineCommand({
          ...{ name: 'orders', definition, roleArn: `arn:aws:iam::${ACCOUNT}:role/orders` },
          loggingConfiguration: { level: 'OFF', includeExecutionData: false },
          tracingConfiguration: { enabled: true },
        }),
      );
      const created = event('states:CreateStateMachine', {}, { responseElements: { stateMachineArn: id } });
      return { id, event: created, parameters: { stateMachineLogGroupArn: GROUP, stateMachineLogLevel: 'ERROR' } };
    },
    state: async ({ stepfunctions }, stateMachineArn) => {
      const { $metadata, creationDate, revisionId, ...machine } = await stepfunctions.send(
        new DescribeStateMachineCommand({ stateMachineArn }),
      );
      return machine;
    },
    expected: (before) => ({
      ...before,
      loggingConfiguration: {
        ...{ level: 'ERROR' as const, includeExecutionData: false },
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: `${GROUP}:*` } }],
      },
    }),
  }),
];
