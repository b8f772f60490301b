import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge, placeOf, REGION, sessionOn } from '../controls.ts';

const STACK = `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/web/51af3dc0-da77-11e4-872e-1234567db123`;
const stack = (more: object = {}) => ({
  Stacks: [{ StackName: 'web', StackId: STACK, StackStatus: 'CREATE_COMPLETE', ...more }],
});
const described = (more?: object, policy: Answer = {}) => ({
  'cloudformation:DescribeStacks': stack(more),
  'cloudformation:GetStackPolicy': policy,
});
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:stacks`;

describe('349: a topic', () => {
  const none = 'fail: no SNS topic is told of what happens to the stack';
  it.each<[string, object, string]>([
    ['one', { NotificationARNs: [TOPIC] }, 'pass'],
    ['none', { NotificationARNs: [] }, none],
    ['not said', {}, none],
    ['nested', { ParentId: `${STACK}0` }, 'skip: a nested stack tells the topics of its root'],
    ['of a StackSet', { StackName: 'StackSet-guard-1' }, 'skip: a StackSet manages the stack'],
    ['never made', { StackStatus: 'REVIEW_IN_PROGRESS' }, 'skip: the stack is REVIEW_IN_PROGRESS'],
    ['rolled back', { StackStatus: 'ROLLBACK_COMPLETE' }, 'skip: the stack is ROLLBACK_COMPLETE'],
    ['deleted', { StackStatus: 'DELETE_COMPLETE' }, 'skip: the stack is DELETE_COMPLETE'],
    ['being updated', { StackStatus: 'UPDATE_IN_PROGRESS' }, none],
  ])('%s', async (_, more, expected) => {
    expect(await judge(349, STACK, described(more))).toBe(expected);
  });
});

describe('501: a stack policy', () => {
  const none = 'fail: no stack policy protects the resources from updates';
  it.each<[string, object, Answer, string]>([
    ['one', {}, { StackPolicyBody: '{"Statement":[]}' }, 'pass'],
    ['none', {}, {}, none],
    ['an empty one', {}, { StackPolicyBody: ' ' }, none],
    ['nested, none', { ParentId: STACK }, {}, none],
    ['never made', { StackStatus: 'REVIEW_IN_PROGRESS' }, {}, 'skip: the stack is REVIEW_IN_PROGRESS'],
    ['being deleted', { StackStatus: 'DELETE_IN_PROGRESS' }, {}, 'skip: the stack is DELETE_IN_PROGRESS'],
    [
      'denied',
      {},
      awsError('AccessDenied'),
      'unknown: cloudformation:GetStackPolicy was denied; allow cloudformation:GetStackPolicy',
    ],
  ])('%s', async (_, more, policy, expected) => {
    expect(await judge(501, STACK, described(more, policy))).toBe(expected);
  });
});

describe('502: termination protection', () => {
  const off = 'fail: termination protection is off';
  it.each<[string, object, string]>([
    ['on', { EnableTerminationProtection: true }, 'pass'],
    ['off', { EnableTerminationProtection: false }, off],
    ['not said', {}, off],
    ['of a StackSet', { StackName: 'StackSet-guard-1' }, off],
    ['nested', { RootId: `${STACK}0` }, 'skip: a nested stack is protected by its root'],
    ['deleted', { StackStatus: 'DELETE_COMPLETE' }, 'skip: the stack is DELETE_COMPLETE'],
  ])('%s', async (_, more, expected) => {
    expect(await judge(502, STACK, described(more))).toBe(expected);
  });

  it('is not judged of a stack that is gone', async () => {
    const answers = { 'cloudformation:DescribeStacks': awsError('ValidationError') };
    expect(await judge(502, STACK, answers)).toBe(`skip: ${STACK} does not exist (any more)`);
  });
});

it('lists every page of stacks, and finds the ARN of one that is named', async () => {
  const { on, resource } = controlOf(502).detector;
  const session = sessionOn({
    'cloudformation:DescribeStacks': ({ NextToken, StackName }) => {
      if (StackName === 'web') return stack();
      return NextToken ? { Stacks: [{ StackId: 'b' }] } : { Stacks: [{ StackId: 'a' }], NextToken: '2' };
    },
  });
  expect(resource.list && (await session.value(resource.list, placeOf(502), []))).toEqual(['a', 'b']);
  const trigger = on['cloudformation:UpdateTerminationProtection'];
  const read = trigger?.kind === 'through' ? trigger.read : undefined;
  expect(read && (await session.value(read, placeOf(502, 'web'), []))).toEqual([STACK]);
});
