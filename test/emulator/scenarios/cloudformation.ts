import {
  CreateStackCommand,
  DescribeStacksCommand,
  GetStackPolicyCommand,
  GetTemplateCommand,
  UpdateStackCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const TOPIC = `arn:aws:sns:us-east-1:${ACCOUNT}:stacks`;
const TemplateBody = JSON.stringify({
  Parameters: { Display: { Type: 'String', Default: 'by default' } },
  Resources: {
    Orders: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'orders', DisplayName: { Ref: 'Display' } } },
  },
});

async function makeStack({ cloudformation }: Aws) {
  const { StackId = '' } = await cloudformation.send(
    new CreateStackCommand({
      StackName: 'web',
      TemplateBody,
      Parameters: [{ ParameterKey: 'Display', ParameterValue: 'chosen' }],
      Tags: [{ Key: 'team', Value: 'shop' }],
    }),
  );
  return {
    id: StackId,
    event: event('cloudformation:CreateStack', { stackName: 'web' }, { responseElements: { stackId: StackId } }),
  };
}

async function state({ cloudformation }: Aws, StackName: string) {
  const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName }));
  const { StackPolicyBody } = await cloudformation.send(new GetStackPolicyCommand({ StackName }));
  const { TemplateBody } = await cloudformation.send(new GetTemplateCommand({ StackName }));
  return {
    stacks: Stacks.map(({ StackStatus, Parameters, Tags, NotificationARNs, EnableTerminationProtection }) => ({
      status: StackStatus,
      parameters: Parameters,
      tags: Tags,
      topics: NotificationARNs ?? [],
      isProtected: EnableTerminationProtection ?? false,
    })),
    policy: StackPolicyBody ? JSON.parse(StackPolicyBody) : 'none',
    template: TemplateBody,
  };
}

const allow = { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' };

export const cloudformation = [
  scenario({
    control: 349,
    lacks: {
      operation: 'cloudformation:UpdateStack with other topics',
      refusal: 'ValidationError',
      ask: async (aws) => {
        await makeStack(aws);
        const Parameters = [{ ParameterKey: 'Display', UsePreviousValue: true }];
        await aws.cloudformation.send(
          new UpdateStackCommand({
            StackName: 'web',
            UsePreviousTemplate: true,
            Parameters,
            NotificationARNs: [TOPIC],
          }),
        );
      },
    },
    arrange: async (aws) => ({ ...(await makeStack(aws)), parameters: { stackTopicArn: TOPIC } }),
    state,
    expected: (before) => ({
      ...before,
      stacks: before.stacks.map((one) => ({ ...one, status: 'UPDATE_COMPLETE' as const, topics: [TOPIC] })),
    }),
  }),
  scenario({
    control: 501,
    off: [349, 502],
    arrange: async (aws) => ({ ...(await makeStack(aws)), parameters: { protectedTypes: 'AWS::SNS::Topic' } }),
    state,
    expected: (before) => ({
      ...before,
      policy: {
        Statement: [
          {
            Effect: 'Deny',
            Action: ['Update:Replace', 'Update:Delete'],
            Principal: '*',
            Resource: '*',
            Condition: { StringEquals: { ResourceType: ['AWS::SNS::Topic'] } },
          },
          allow,
        ],
      },
    }),
    undone: (before) => ({ ...before, policy: { Statement: [allow] } }),
  }),
  scenario({
    control: 502,
    lacks: {
      operation: 'cloudformation:UpdateTerminationProtection',
      ask: ({ cloudformation }) =>
        cloudformation.send(
          new UpdateTerminationProtectionCommand({ StackName: 'web', EnableTerminationProtection: true }),
        ),
    },
    arrange: makeStack,
    state,
    expected: (before) => ({ ...before, stacks: before.stacks.map((one) => ({ ...one, isProtected: true })) }),
  }),
];
