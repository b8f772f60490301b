import { describe, expect, it } from 'vitest';
import { ACCOUNT, callsOf, judge, planFor, REGION } from '../controls.ts';

const STACK = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/web/51af3dc0-da77-11e4-872e-1234567db123`;
const state = (more: object = {}, TemplateBody = '{"Resources": {}}', StackPolicyBody?: string) => ({
  'cloudformation:DescribeStacks': {
    Stacks: [{ StackName: 'web', StackId: STACK, StackStatus: 'CREATE_COMPLETE', ...more }],
  },
  'cloudformation:GetTemplate': { TemplateBody },
  'cloudformation:GetStackPolicy': { StackPolicyBody },
});

describe('349', () => {
  const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:stacks`;
  const parameters = { stackTopicArn: TOPIC };
  const update = (NotificationARNs: string[], more: object = {}) => [
    'cloudformation:UpdateStack',
    { StackName: STACK, UsePreviousTemplate: true, Parameters: [], ...more, NotificationARNs },
  ];

  it('says everything again but the topics', async () => {
    const before = {
      Parameters: [
        { ParameterKey: 'Size', ParameterValue: 'm5.large' },
        { ParameterKey: 'Secret', ParameterValue: '****' },
      ],
      Capabilities: ['CAPABILITY_IAM'],
      RoleARN: `arn:aws:iam::${ACCOUNT}:role/deploy`,
      Tags: [{ Key: 'team', Value: 'shop' }],
      EnableTerminationProtection: true,
    };
    const plan = await planFor(349, STACK, state(before), { parameters });
    const same = {
      Parameters: [
        { ParameterKey: 'Size', UsePreviousValue: true },
        { ParameterKey: 'Secret', UsePreviousValue: true },
      ],
      Capabilities: ['CAPABILITY_IAM'],
    };
    expect(callsOf(plan)).toEqual({ steps: [update([TOPIC], same)], undo: [update([], same)] });
    expect(plan).toMatchObject({ mode: 'approve' });
    expect(await judge(349, STACK, state({ ...before, NotificationARNs: [TOPIC] }))).toBe('pass');
    expect((await planFor(349, STACK, state())).missing).toEqual(['stackTopicArn']);
  });

  it.each<[string, Record<string, object>, string]>([
    ['while it is updated', state({ StackStatus: 'UPDATE_IN_PROGRESS' }), 'the stack is UPDATE_IN_PROGRESS'],
    ['with a transform', state({}, 'Transform: AWS::Serverless-2016-10-31'), 'make a change set'],
    ['with a macro', state({}, '{"Fn::Transform": {}}'), 'make a change set'],
    ['with a dynamic reference', state({}, "Password: '{{resolve:ssm-secure:pw}}'"), 'make a change set'],
    [
      'with a parameter from Parameter Store',
      state({ Parameters: [{ ParameterKey: 'Ami', ParameterValue: '/ami', ResolvedValue: 'ami-1' }] }),
      'make a change set',
    ],
  ])('leaves a stack to a person %s', async (_, answers, says) => {
    const plan = await planFor(349, STACK, answers, { parameters });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(says);
  });

  it.each(['stacks', TOPIC.replace(REGION, 'us-east-1'), `${TOPIC}.fifo`])(
    'does not take %s',
    async (stackTopicArn) => {
      const plan = await planFor(349, STACK, state(), { parameters: { stackTopicArn } });
      expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    },
  );
});

describe('501', () => {
  const policy = (types: string[]) => ({
    Statement: [
      {
        Effect: 'Deny',
        Action: ['Update:Replace', 'Update:Delete'],
        Principal: '*',
        Resource: '*',
        Condition: { StringEquals: { ResourceType: types } },
      },
      { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' },
    ],
  });
  const set = (body: object) => [
    'cloudformation:SetStackPolicy',
    { StackName: STACK, StackPolicyBody: JSON.stringify(body) },
  ];

  it('refuses to replace or delete the types that are protected, and allows the rest', async () => {
    const parameters = { protectedTypes: 'AWS::RDS::DBInstance, AWS::S3::Bucket' };
    const plan = await planFor(501, STACK, state(), { parameters });
    const wanted = policy(['AWS::RDS::DBInstance', 'AWS::S3::Bucket']);
    const open = { Statement: wanted.Statement.slice(1) };
    expect(callsOf(plan)).toEqual({ steps: [set(wanted)], undo: [set(open)] });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
    expect(await judge(501, STACK, state({}, '', JSON.stringify(wanted)))).toBe('pass');
  });

  it('protects what holds data unless it is told otherwise', async () => {
    const [step] = (await planFor(501, STACK, state())).steps;
    expect(JSON.stringify(step?.input)).toContain('AWS::DynamoDB::Table');
  });

  it.each(['', 'databases', 'AWS::RDS'])('takes types only: "%s"', async (protectedTypes) => {
    const plan = await planFor(501, STACK, state(), { parameters: { protectedTypes } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
  });

  it('never replaces a policy', async () => {
    const plan = await planFor(501, STACK, state({}, '', '{"Statement":[]}'));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
  });
});

describe('502', () => {
  const set = (EnableTerminationProtection: boolean) => [
    'cloudformation:UpdateTerminationProtection',
    { StackName: STACK, EnableTerminationProtection },
  ];

  it('switches the protection on, and off again', async () => {
    const plan = await planFor(502, STACK, state());
    expect(callsOf(plan)).toEqual({ steps: [set(true)], undo: [set(false)] });
    expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
    expect(await judge(502, STACK, state({ EnableTerminationProtection: true }))).toBe('pass');
  });

  it.each([
    ['StackSet-guard-0a1b', 'a StackSet'],
    ['awseb-e-abc-stack', 'Elastic Beanstalk'],
    ['SC-123456789012-pp-abc', 'Service Catalog'],
  ])('leaves %s to a person', async (StackName, owner) => {
    const plan = await planFor(502, STACK, state({ StackName }));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(`${owner} made this stack`);
  });
});
