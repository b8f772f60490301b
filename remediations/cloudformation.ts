import { isProtected, ownerOf, stack, stackPolicy, stacks, topics } from '../detectors/cloudformation.ts';
import {
  byHand,
  call,
  derive,
  document,
  edit,
  optional,
  read,
  remediations,
  required,
  steps,
  until,
} from '../src/control.ts';

const protectionDocument = document(isProtected, {
  write: call('cloudformation', 'UpdateTerminationProtection', ({ id }, EnableTerminationProtection) => ({
    StackName: id,
    EnableTerminationProtection,
  })),
});

const ALLOW_ALL = { Effect: 'Allow', Action: 'Update:*', Principal: '*', Resource: '*' };

/** Without the Allow, a stack policy would refuse every update. */
const protecting = (types: readonly string[]): string =>
  JSON.stringify({
    Statement: [
      {
        Effect: 'Deny',
        Action: ['Update:Replace', 'Update:Delete'],
        Principal: '*',
        Resource: '*',
        Condition: { StringEquals: { ResourceType: types } },
      },
      ALLOW_ALL,
    ],
  });

const stackPolicyDocument = document(stackPolicy, {
  write: call('cloudformation', 'SetStackPolicy', ({ id }, StackPolicyBody) => ({ StackName: id, StackPolicyBody })),
  // A policy can be replaced, never removed: one that allows everything is as good as none.
  remove: call('cloudformation', 'SetStackPolicy', ({ id }) => ({
    StackName: id,
    StackPolicyBody: JSON.stringify({ Statement: [ALLOW_ALL] }),
  })),
});

const STATEFUL = [
  ...['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table', 'AWS::EFS::FileSystem', 'AWS::KMS::Key'],
  ...['AWS::RDS::DBCluster', 'AWS::RDS::DBInstance', 'AWS::S3::Bucket'],
].join(',');

/** What the template makes of the same parameters may have changed since; only then does an update with both change resources. */
const template = read(
  'cloudformation',
  'GetTemplate',
  ({ id }) => ({ StackName: id, TemplateStage: 'Original' as const }),
  (out) => ({ looksOutside: /Transform|\{\{resolve:/.test(out.TemplateBody ?? '') }),
);

/** What an update must say again, and what it depends on. */
const settings = derive({ stack }, ({ stack }) => ({
  parameters: (stack.Parameters ?? []).flatMap(({ ParameterKey }) => ParameterKey ?? []),
  capabilities: stack.Capabilities ?? [],
  looksOutside: (stack.Parameters ?? []).some(({ ResolvedValue }) => ResolvedValue !== undefined),
}));

/** CloudFormation takes updates in these states only, and an update ends in one of them. */
const status = derive({ stack }, ({ stack }) => stack.StackStatus ?? 'unknown');
const UPDATABLE: ReadonlySet<string> = new Set([
  ...['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'],
  ...['IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE'],
]);

interface Told {
  readonly id: string;
  readonly settings: { readonly parameters: readonly string[]; readonly capabilities: readonly Capability[] };
}
type Capability = 'CAPABILITY_AUTO_EXPAND' | 'CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM';

/** The same stack again, but for its topics. Tags, role, rollback triggers and stack policy stay when they are left out. */
const telling = ({ id, settings }: Told, NotificationARNs: string[]) => ({
  StackName: id,
  UsePreviousTemplate: true,
  Parameters: settings.parameters.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
  ...(settings.capabilities.length > 0 ? { Capabilities: [...settings.capabilities] } : {}),
  NotificationARNs,
});

export const stackRemediations = remediations(stacks, {
  349: steps(
    {
      mode: 'approve',
      impact:
        'the stack is updated with the same template and the same parameters, which changes no resource; the topic gets a message for every event from then on',
      reads: { topics, template, settings, status },
      parameters: {
        stackTopicArn: required(
          'SNS topic (standard, in the region of the stack) that is told of what happens to stacks; whoever updates a stack must be allowed to publish to it.',
        ),
      },
      note: 'Only where an update cannot change a resource: templates with transforms or dynamic references, and parameters from Parameter Store, are read anew by each update, so such a stack is left to a person with a change set.',
    },
    ({ step }) => [
      step(
        'update',
        call('cloudformation', 'UpdateStack', ({ id, settings, topics, parameters }) =>
          telling({ id, settings }, [...topics, parameters.stackTopicArn]),
        ),
        {
          repeat: 'once',
          undo: call('cloudformation', 'UpdateStack', ({ id, settings, topics }) =>
            telling({ id, settings }, [...topics]),
          ),
          until: until(status, (now) => now === 'UPDATE_COMPLETE'),
        },
      ),
    ],
    ({ partition, region, topics, template, settings, status, parameters: { stackTopicArn } }) => {
      if (!stackTopicArn.startsWith(`arn:${partition}:sns:${region}:`) || stackTopicArn.endsWith('.fifo'))
        return byHand(`stackTopicArn is "${stackTopicArn}"; set it to the ARN of a standard SNS topic in ${region}`);
      if (!UPDATABLE.has(status))
        return byHand(`the stack is ${status}, and CloudFormation takes no update then; bring it to an end first`);
      if (template.looksOutside || settings.looksOutside)
        return byHand(
          `its template has transforms or dynamic references, or parameters from Parameter Store, which an update reads anew and which may replace resources: make a change set with the same template, every parameter as it is (UsePreviousValue) and ${stackTopicArn} as topic, and execute it only if it lists no change of a resource`,
        );
      return { topics: [...topics, stackTopicArn], template, settings, status: 'UPDATE_COMPLETE' as const };
    },
  ),

  501: edit(
    stackPolicyDocument,
    {
      mode: 'approve',
      impact:
        'resources go on as they are; a later deployment that would replace or delete one of the protected types is refused and rolled back, until somebody overrides the policy for that update. A stack policy can never be removed again',
      undo: 'best-effort',
      parameters: {
        protectedTypes: optional(
          'Types of resource that no update may replace or delete, separated by commas. Other updates stay allowed.',
          STATEFUL,
        ),
      },
      note: 'The sample of the document refuses every update of a database. Redress refuses only what loses data, and allows the rest in the same policy. Undoing allows everything, since AWS cannot take a policy away.',
    },
    (current, { parameters: { protectedTypes } }) => {
      if (current !== undefined) return byHand('the stack has a policy already');
      const types = protectedTypes.split(/[\s,]+/).filter(Boolean);
      const wrong = types.find((type) => !/^[A-Za-z0-9]+(::[A-Za-z0-9]+){2,3}$/.test(type));
      if (types.length === 0 || wrong !== undefined)
        return byHand(
          `protectedTypes ${wrong === undefined ? 'is empty' : `names "${wrong}"`}; write types as AWS::RDS::DBInstance`,
        );
      return protecting(types);
    },
  ),

  502: edit(
    protectionDocument,
    {
      mode: 'auto',
      impact:
        'none: only deleting the stack is refused, until somebody takes the protection off. Exempt stacks that are thrown away (previews, CI) by tag',
      reads: { stack },
    },
    (_, { stack }) => {
      const owner = ownerOf(stack.StackName);
      if (owner !== undefined)
        return byHand(
          `${owner} made this stack and deletes it by itself, which would fail: protect what owns it instead, and exempt the stack`,
        );
      return true;
    },
  ),
});
