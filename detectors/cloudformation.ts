import type { Stack } from '@aws-sdk/client-cloudformation';
import {
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
  through,
  type Verdict,
} from '../src/control.ts';

/** A stack that never existed is a ValidationError; one that is deleted is told of for 90 days, by its ARN. */
const GONE = ['ValidationError'];

export const stack = read(
  'cloudformation',
  'DescribeStacks',
  ({ id }) => ({ StackName: id }),
  (out) => only(out.Stacks),
);

/** Events name a stack by name or ARN; findings have its ARN, since a name is used again. */
const itsArn = read(
  'cloudformation',
  'DescribeStacks',
  ({ id }) => ({ StackName: id }),
  (out): readonly string[] => (out.Stacks ?? []).flatMap(({ StackId }) => StackId ?? []),
  { absent: GONE },
);
// ExecuteChangeSet may name the change set only: then the sweep finds the stack.
const stackArn = through(itsArn, ids('responseElements.stackId', 'requestParameters.stackName'));
const made = {
  'cloudformation:CreateStack': stackArn,
  'cloudformation:ExecuteChangeSet': stackArn,
};

/** The topics that are told of what happens to the stack. */
export const topics = derive({ stack }, ({ stack }) => stack.NotificationARNs ?? []);

export const isProtected = derive({ stack }, ({ stack }) => stack.EnableTerminationProtection === true);

export const stackPolicy = read(
  'cloudformation',
  'GetStackPolicy',
  ({ id }) => ({ StackName: id }),
  (out) => out.StackPolicyBody?.trim() || undefined,
);

const isNested = ({ RootId, ParentId }: Stack): boolean => Boolean(RootId || ParentId);

/** Who makes and deletes a stack instead of a person, told by the names that they give; or nothing. */
export function ownerOf(name: string | undefined): string | undefined {
  if (name?.startsWith('StackSet-')) return 'a StackSet';
  if (name?.startsWith('awseb-')) return 'Elastic Beanstalk';
  return name?.match(/^SC-\d{12}-/) ? 'Service Catalog' : undefined;
}

const inStatus = ({ StackStatus }: Stack, ...statuses: readonly string[]): Verdict | undefined =>
  StackStatus !== undefined && statuses.includes(StackStatus) ? skip(`the stack is ${StackStatus}`) : undefined;

const NOT_THERE = ['DELETE_IN_PROGRESS', 'DELETE_COMPLETE', 'REVIEW_IN_PROGRESS'];

export const stacks = detectors(
  resource('AWS::CloudFormation::Stack', {
    service: 'cloudformation',
    arn: ({ id }) => id,
    list: readPages(
      'cloudformation',
      'DescribeStacks',
      () => ({}),
      (out) => (out.Stacks ?? []).flatMap(({ StackId }) => StackId ?? []),
      nextToken,
    ),
    gone: GONE,
    tags: derive({ stack }, ({ stack }) => tagsFrom(stack.Tags)),
  }),
  {
    349: {
      title: 'Stack tells an SNS topic of its events',
      criticality: 'MEDIUM',
      on: { ...made, 'cloudformation:UpdateStack': stackArn },
      reads: { stack, topics },
      check: ({ stack, topics }) => {
        if (isNested(stack)) return skip('a nested stack tells the topics of its root');
        if (ownerOf(stack.StackName) === 'a StackSet') return skip('a StackSet manages the stack');
        return (
          inStatus(stack, ...NOT_THERE, 'ROLLBACK_COMPLETE') ??
          (topics.length > 0 ? pass : fail('no SNS topic is told of what happens to the stack'))
        );
      },
      note: 'The command of the document leaves the parameters out, which sets each back to the default of the template, and allows the template whatever it does with IAM.',
    },
    501: {
      title: 'Stack has a stack policy',
      criticality: 'MEDIUM',
      on: { ...made, 'cloudformation:SetStackPolicy': stackArn, 'cloudformation:UpdateStack': stackArn },
      reads: { stack, stackPolicy },
      check: ({ stack, stackPolicy }) =>
        inStatus(stack, ...NOT_THERE) ??
        (stackPolicy === undefined ? fail('no stack policy protects the resources from updates') : pass),
      note: 'Any policy passes. A nested stack has one of its own. SetStackPolicy works in every status: what the document says of statuses is about the console, which updates the stack.',
    },
    502: {
      title: 'Stack is protected from being deleted',
      criticality: 'MEDIUM',
      on: { ...made, 'cloudformation:UpdateTerminationProtection': stackArn },
      reads: { stack, isProtected },
      check: ({ stack, isProtected }) => {
        if (isNested(stack)) return skip('a nested stack is protected by its root');
        return inStatus(stack, ...NOT_THERE) ?? (isProtected ? pass : fail('termination protection is off'));
      },
      note: 'Stacks that a StackSet, Elastic Beanstalk or Service Catalog deletes by itself fail too, but are left to a person: their owner could no longer take them down.',
    },
  },
);
