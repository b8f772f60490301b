import { detectors, fail, ids, missing, pass, read, readPages, resource, skip } from '../src/control.ts';

export const stateMachine = read(
  'stepfunctions',
  'DescribeStateMachine',
  ({ id }) => ({ stateMachineArn: id }),
  (out) => (out.status === 'DELETING' ? missing : out),
);

export const stateMachines = detectors(
  resource('AWS::StepFunctions::StateMachine', {
    service: 'stepfunctions',
    arn: ({ id }) => id,
    list: readPages(
      'stepfunctions',
      'ListStateMachines',
      () => ({}),
      (out) => (out.stateMachines ?? []).flatMap(({ stateMachineArn }) => stateMachineArn ?? []),
      ({ nextToken }) => (nextToken ? { nextToken } : undefined),
    ),
    gone: ['StateMachineDoesNotExist', 'StateMachineDeleting'],
    tags: read(
      'stepfunctions',
      'ListTagsForResource',
      ({ id }) => ({ resourceArn: id }),
      (out) => Object.fromEntries((out.tags ?? []).flatMap(({ key, value }) => (key ? [[key, value ?? '']] : []))),
    ),
  }),
  {
    200: {
      title: 'State machine logs to CloudWatch',
      criticality: 'LOW',
      on: {
        'states:CreateStateMachine': ids('responseElements.stateMachineArn'),
        'states:UpdateStateMachine': ids('requestParameters.stateMachineArn'),
        'states:DeleteStateMachine': ids('requestParameters.stateMachineArn'),
      },
      reads: { stateMachine },
      check: ({ stateMachine: { loggingConfiguration: logging } }, { id }) => {
        if (id.split(':').length > 7) return skip('this is a version or an alias');
        if ((logging?.level ?? 'OFF') === 'OFF') return fail('executions are not logged');
        return logging?.destinations?.some((one) => one.cloudWatchLogsLogGroup?.logGroupArn)
          ? pass
          : fail('logs have no group to go to');
      },
      note: 'Any level but OFF passes, as in the steps. The command of the document leaves the role out, without which AWS may refuse it.',
    },
  },
);
