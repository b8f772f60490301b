import { stateMachine, stateMachines } from '../detectors/stepfunctions.ts';
import { byHand, call, derive, document, edit, optional, remediations, required } from '../src/control.ts';

const logging = derive({ stateMachine }, ({ stateMachine: { roleArn, loggingConfiguration } }) => ({
  roleArn,
  loggingConfiguration: { includeExecutionData: false, ...(loggingConfiguration ?? { level: 'OFF' as const }) },
}));

// The settings are replaced as a block. AWS wants the role with them; what is left out stays.
const loggingDocument = document(logging, {
  write: call('stepfunctions', 'UpdateStateMachine', ({ id }, wanted) => ({ stateMachineArn: id, ...wanted })),
});

const LEVELS = ['ALL', 'ERROR', 'FATAL'] as const;

export const stateMachineRemediations = remediations(stateMachines, {
  200: edit(
    loggingDocument,
    {
      mode: 'approve',
      impact:
        'none for executions under way; log data is billed, and AWS refuses the change if the role of the state machine may not deliver logs',
      parameters: {
        stateMachineLogGroupArn: required(
          'Log group for state machines, in their region, best under /aws/vendedlogs/states. Their roles need logs:CreateLogDelivery and the other log delivery actions, logs:PutResourcePolicy, logs:DescribeResourcePolicies and logs:DescribeLogGroups.',
        ),
        stateMachineLogLevel: optional('What is logged: ALL, ERROR or FATAL.', 'ALL'),
      },
      note: 'Inputs and outputs of executions stay out of the logs: they may hold secrets and personal data.',
    },
    (current, { partition, region, parameters }) => {
      const level = LEVELS.find((one) => one === parameters.stateMachineLogLevel);
      const group = parameters.stateMachineLogGroupArn.replace(/:\*$/, '');
      if (level === undefined)
        return byHand(`stateMachineLogLevel is ${parameters.stateMachineLogLevel}; set it to ALL, ERROR or FATAL`);
      if (!group.startsWith(`arn:${partition}:logs:${region}:`))
        return byHand(`stateMachineLogGroupArn is ${group}, which is no log group of ${region}; set it to one`);
      const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn: `${group}:*` } }];
      // Nothing is logged so far: what the switch for data was left at is nobody's decision.
      return { ...current, loggingConfiguration: { level, includeExecutionData: false, destinations } };
    },
  ),
});
