import { readFileSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { eventPattern } from '../../infra/event-pattern.ts';
import { characters, MANAGED_POLICIES_PER_ROLE, MANAGED_POLICY_CHARACTERS } from '../../infra/policies.ts';
import { permissionsFor } from '../../src/aws/permissions.ts';
import { callsOf } from '../../src/control/read.ts';
import { type ControlSummary, summarise } from '../../src/control-summary.ts';
import { catalogue } from '../../src/redress.ts';
import { extraReadOperations } from '../../src/sweep/permissions.ts';
import { listOf, mentioned, type Part, type Resource, reader, stacks, statementsOf } from './stacks.ts';

const { app, hub, member } = stacks({ writeControls: 'all' });
const resources = reader(member);
const roleNamed = (name: string, read = resources): Resource => {
  const found = read('AWS::IAM::Role').find(({ properties }) => properties.RoleName === name);
  if (found === undefined) throw new Error(`There is no role ${name}.`);
  return found;
};
const rules = resources('AWS::Events::Rule');

/** The policies of a role, as documents, out of the template. */
function policiesOf(name: string, read = resources): readonly Part[] {
  const attached = mentioned(roleNamed(name, read).properties.ManagedPolicyArns);
  return read('AWS::IAM::ManagedPolicy')
    .filter(({ id }) => attached.includes(id))
    .map(({ properties }) => properties.PolicyDocument);
}
const allowedBy = (name: string, read = resources): readonly string[] =>
  policiesOf(name, read).flatMap((document) => statementsOf(document).flatMap(({ Action }) => listOf<string>(Action)));
const boundaryOf = (read = resources): Part =>
  read('AWS::IAM::ManagedPolicy').find(({ properties }) => properties.ManagedPolicyName === 'RedressBoundary')
    ?.properties.PolicyDocument;

const controls = [...catalogue.values()].map(summarise);
const READ = 'RedressRead';
const WRITE = 'RedressRemediate';

describe('permissions', () => {
  const reads = allowedBy(READ);
  const writes = allowedBy(WRITE);

  /** Everything that a control's calls may need, from its operations. A role goes along only where the control says so. */
  const neededBy = ({ reads: operations, writes: calls, permissions }: ControlSummary) => ({
    read: operations.flatMap(({ service, operation }) => permissionsFor(service, operation)),
    write: calls
      .flatMap(({ service, operation }) => permissionsFor(service, operation))
      .filter((action) => action !== 'iam:PassRole' || permissions.write.includes(action)),
  });

  it.each(controls.map((one) => [one.control, one] as const))('every call of control %i is permitted', (_, control) => {
    const needed = neededBy(control);
    expect([...needed.read, ...control.permissions.read].filter((action) => !reads.includes(action))).toEqual([]);
    expect([...needed.write, ...control.permissions.write].filter((action) => !writes.includes(action))).toEqual([]);
  });

  it('what sweeps read besides is permitted', () => {
    const needed = extraReadOperations.flatMap(({ service, operation }) => permissionsFor(service, operation));
    expect(needed.filter((action) => !reads.includes(action))).toEqual([]);
  });

  it('every permission is used by some control, or by sweeps, and stands once', () => {
    const sweeps = extraReadOperations.flatMap(({ service, operation }) => permissionsFor(service, operation));
    const used = controls.map(neededBy);
    const usedToRead = new Set([...used.flatMap(({ read }) => read), ...tagReads(), ...sweeps]);
    const usedToWrite = new Set(used.flatMap(({ write }) => write));
    expect(reads.filter((action) => !usedToRead.has(action))).toEqual([]);
    expect(writes.filter((action) => !usedToWrite.has(action))).toEqual([]);
    expect(new Set(reads).size).toBe(reads.length);
    expect(new Set(writes).size).toBe(writes.length);
  });

  /** Tags are read where the configuration asks for them; the summary's reads leave them out. */
  const tagReads = (): readonly string[] =>
    [...catalogue.values()].flatMap(({ detector: { resource } }) =>
      callsOf(resource.tags === undefined ? [] : [resource.tags]).flatMap(({ service, operation }) =>
        permissionsFor(service, operation),
      ),
    );

  it('are all within the boundary', () => {
    const [allowed, ...denied] = statementsOf(boundaryOf());
    const within = (action: string): boolean => listOf<string>(allowed.Action).some((one) => matches(one, action));
    const forbidden = (action: string): boolean =>
      denied.some(
        ({ Action, Resource, Condition }) =>
          Resource === '*' && Condition === undefined && listOf<string>(Action).some((one) => matches(one, action)),
      );
    expect([...reads, ...writes].filter((action) => !within(action) || forbidden(action))).toEqual([]);
  });

  it('hand roles, service-linked roles and grants only to services that the calls are for', () => {
    const conditional = policiesOf(WRITE)
      .flatMap(statementsOf)
      .filter(({ Condition }) => Condition !== undefined);
    expect(
      conditional.map(({ Action, Condition }) => [Action, Object.keys(Object.values<object>(Condition)[0] ?? {})]),
    ).toEqual([
      [['iam:PassRole'], ['iam:PassedToService']],
      [['iam:CreateServiceLinkedRole'], ['iam:AWSServiceName']],
      [['kms:CreateGrant'], ['kms:GrantIsForAWSResource']],
    ]);
    const [passed] = conditional;
    expect(passed.Condition.StringLike['iam:PassedToService']).toContain('ecs-tasks.amazonaws.com');
    expect(passed.Condition.StringLike['iam:PassedToService']).not.toContain('lambda.amazonaws.com');
  });

  it('are named one by one, on the account that the role is in', () => {
    expect([...reads, ...writes].filter((action) => action.includes('*'))).toEqual([]);
    const own = reads.filter((action) => !/:(Get|List|Describe|BatchGet|LookupEvents|GET)/.test(action));
    expect(own).toEqual([]);
  });
});

const matches = (pattern: string, action: string): boolean =>
  new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(action);

describe('quotas of IAM', () => {
  it('hold for every policy and role', () => {
    const policies = resources('AWS::IAM::ManagedPolicy');
    for (const { id, properties } of policies) {
      // Intrinsic functions are longer than what they become.
      expect(characters(properties.PolicyDocument), id).toBeLessThanOrEqual(MANAGED_POLICY_CHARACTERS);
    }
    for (const name of [READ, WRITE]) {
      expect(policiesOf(name).length).toBeLessThanOrEqual(MANAGED_POLICIES_PER_ROLE);
      expect(characters(roleNamed(name).properties.AssumeRolePolicyDocument)).toBeLessThanOrEqual(2048);
      expect(roleNamed(name).properties.Policies).toBeUndefined();
    }
  });

  it('the template fits into a StackSet from the command line, with parameters', () => {
    const [text = ''] = app
      .synth()
      .stacks.flatMap(({ stackName, templateFullPath }) =>
        stackName === member.stackName ? [readFileSync(templateFullPath, 'utf8')] : [],
      );
    expect(text.length).toBeGreaterThan(10_000);
    expect(text.length).toBeLessThanOrEqual(51_200);
    expect(Object.keys(JSON.parse(text).Parameters).sort()).toEqual([
      ...['ExternalId', 'HubAccount', 'HubBusArn', 'Roles', 'RolesRegion'],
    ]);
    expect(text).not.toContain('cdk-hnb659fds');
  });
});

describe('the roles', () => {
  it.each([
    [READ, ['RedressWorker', 'RedressDecisions', 'RedressSweep']],
    [WRITE, ['RedressWorker', 'RedressSweep']],
  ])('%s trusts %j of the hub, with the external id', (name, takers) => {
    const { properties } = roleNamed(name);
    const statements = statementsOf(properties.AssumeRolePolicyDocument);
    expect(statements).toHaveLength(1);
    const [{ Condition, Action, Principal }] = [statements[0]];
    expect(Action).toBe('sts:AssumeRole');
    expect(mentioned(Principal)).toContain('HubAccount');
    expect(Condition.StringEquals).toEqual({ 'sts:ExternalId': { Ref: 'ExternalId' } });
    const named = [...JSON.stringify(Condition.ArnEquals).matchAll(/:role\/(\w+)/g)].map(([, role]) => role);
    expect(named).toEqual(takers);
    // The other side: the hub has roles of these names.
    const inHub = reader(hub)('AWS::IAM::Role').map(({ properties: { RoleName } }) => RoleName);
    expect(inHub).toEqual(expect.arrayContaining(takers));
  });

  it('live an hour at most, within the boundary', () => {
    for (const name of [READ, WRITE]) {
      expect(roleNamed(name).properties.MaxSessionDuration).toBe(3600);
      expect(mentioned(roleNamed(name).properties.PermissionsBoundary)).toEqual(['Boundary']);
    }
  });

  it('are made in one region, and as far as the parameters say', () => {
    const conditions = Template.fromStack(member).toJSON().Conditions;
    expect(roleNamed(READ).condition).toBe('Reads');
    expect(roleNamed(WRITE).condition).toBe('Writes');
    expect(JSON.stringify(conditions.Writes)).toContain('RolesRegion');
    for (const { id, condition } of resources('AWS::IAM::ManagedPolicy')) {
      expect(condition, id).toBe(id.startsWith(WRITE) ? 'Writes' : 'Reads');
    }
  });
});

describe('the boundary', () => {
  const denied = statementsOf(boundaryOf()).filter(({ Effect }) => Effect === 'Deny');
  const deniedActions = denied.flatMap(({ Action }) => listOf<string>(Action));

  it('keeps Redress from changing its own roles and policies, and from handing them on', () => {
    const own = denied.find(({ Sid }) => Sid === 'NotRedressItself');
    expect(JSON.stringify(own.Resource)).toMatch(/:role\/Redress\*.*:policy\/Redress\*/);
    for (const verb of ['Attach', 'Create', 'Delete', 'Detach', 'Pass', 'Put', 'Update']) {
      expect(own.Action).toContain(`iam:${verb}*`);
    }
  });

  it('keeps Redress from changing the hub, which it may look at', () => {
    const hubs = denied.find(({ Sid }) => Sid === 'NotTheHub');
    const arns: readonly string[] = hubs.Resource.map((one: Part) => JSON.stringify(one));
    const isProtected = (service: string, rest: string): boolean =>
      arns.some((arn) => {
        const [, pattern = ''] = new RegExp(`:${service}:\\*:.*?AWS::AccountId.*?:([\\w/:*-]+)`).exec(arn) ?? [];
        return matches(pattern, rest);
      });
    const inHub = reader(hub);
    const nameOf = (type: string, property: string): readonly string[] =>
      inHub(type).map(({ properties }) => properties[property]);
    const things = [
      ...nameOf('AWS::SQS::Queue', 'QueueName').map((name) => ['sqs', name]),
      ...nameOf('AWS::SNS::Topic', 'TopicName').map((name) => ['sns', name]),
      ...nameOf('AWS::DynamoDB::Table', 'TableName').map((name) => ['dynamodb', `table/${name}`]),
      ...nameOf('AWS::Lambda::Function', 'FunctionName').map((name) => ['lambda', `function:${name}`]),
      ...nameOf('AWS::Logs::LogGroup', 'LogGroupName').map((name) => ['logs', `log-group:${name}`]),
      ...nameOf('AWS::Events::EventBus', 'Name').map((name) => ['events', `event-bus/${name}`]),
      ...nameOf('AWS::Events::Rule', 'Name').map((name) => ['events', `rule/redress-events/${name}`]),
      ...rules.map(({ properties }) => ['events', `rule/${properties.Name}`]),
    ];
    expect(things.length).toBeGreaterThan(20);
    expect(things.filter(([service = '', rest = '']) => !isProtected(service, rest))).toEqual([]);
    // Whatever the controls write is refused there; whatever they read is not.
    const reads = allowedBy(READ).filter((action) => /^(dynamodb|events|lambda|logs|sns|sqs):/.test(action));
    expect(reads.filter((action) => !hubs.NotAction.some((one: string) => matches(one, action)))).toEqual([]);
    const writes = allowedBy(WRITE).filter((action) =>
      /^(dynamodb|events|lambda|logs|sns|sqs):(?!Desc|List|Get)/.test(action),
    );
    expect(writes.filter((action) => hubs.NotAction.some((one: string) => matches(one, action)))).toEqual([]);
  });

  it('keeps Redress from changing the hub’s key', () => {
    const own = denied.find(({ Sid }) => Sid === 'NotItsKey');
    const [alias] = reader(hub)('AWS::KMS::Alias').map(({ properties }) => properties.AliasName);
    expect(own.Condition).toEqual({ 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [alias] } });
    for (const action of ['kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:DisableKey']) {
      expect(own.Action.some((one: string) => matches(one, action))).toBe(true);
    }
  });

  it('keeps off boundaries, the organization, the account and other sessions', () => {
    for (const action of ['iam:DeleteRolePermissionsBoundary', 'organizations:Leave*', 'account:*', 'sts:Assume*']) {
      expect(deniedActions).toContain(action);
    }
  });

  it('allows of IAM and Organizations what is used, and not more', () => {
    const [{ Action }] = statementsOf(boundaryOf());
    const wide = listOf<string>(Action).filter((action) => action.endsWith(':*'));
    expect(wide.filter((action) => /^(account|iam|organizations|sts):/.test(action))).toEqual([]);
  });
});

describe('forwarding', () => {
  it('has rules that the runbook finds by their names', () => {
    for (const { properties } of rules) expect(properties.Name).toMatch(/^redress-forward-\d+$/);
  });

  it('sends exactly what the controls listen to, with a dead-letter queue, everywhere', () => {
    expect(rules.map(({ properties }) => properties.EventPattern)).toEqual(eventPattern(catalogue));
    for (const { properties, condition } of rules) {
      expect(condition).toBeUndefined();
      expect(properties.Targets).toHaveLength(1);
      const [target] = properties.Targets;
      expect(target.Arn).toEqual({ Ref: 'HubBusArn' });
      expect(mentioned(target.RoleArn)).toEqual(['ForwardRole']);
      expect(mentioned(target.DeadLetterConfig)).toEqual(['Undelivered']);
    }
  });

  it('by a role that can do nothing else', () => {
    const { properties } =
      resources('AWS::IAM::Role').find(({ id }) => id === 'ForwardRole') ?? roleNamed('ForwardRole');
    expect(properties.Policies.flatMap((one: Part) => statementsOf(one.PolicyDocument))).toEqual([
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: { Ref: 'HubBusArn' } },
    ]);
  });
});

describe('a subset', () => {
  const [first, second] = [...catalogue.keys()];
  const chosen = controls.filter(({ control }) => control === first || control === second);
  const fewer = reader(stacks({ controls: `${first}, ${second}`, regions: 'eu-west-1,eu-central-1' }).member);
  const mayWrite = (config: string, over = {}): ReadonlySet<string> =>
    new Set(allowedBy(WRITE, reader(stacks(over, { config }).member)));
  const writesOf = (...numbers: readonly number[]): ReadonlySet<string> =>
    new Set(controls.flatMap(({ control, permissions }) => (numbers.includes(control) ? permissions.write : [])));

  it('of controls has their permissions and rules only', () => {
    const permitted = allowedBy(READ, fewer);
    const wanted = new Set([...chosen.flatMap(({ permissions }) => permissions.read), 'cloudtrail:LookupEvents']);
    expect(new Set(permitted)).toEqual(wanted);
    expect(fewer('AWS::Events::Rule')).toHaveLength(1);
  });

  it('of controls may write as far as the configuration lets them, and not before', () => {
    expect(mayWrite('apply: false')).toEqual(new Set());
    expect(mayWrite('controls: { "67": { apply: true } }')).toEqual(writesOf(67));
    expect(mayWrite('apply: true', { controls: '48,67' })).toEqual(writesOf(48, 67));
    expect(mayWrite('apply: false', { writeControls: '48' })).toEqual(writesOf(48));
    expect(mayWrite('apply: true', { controls: '48', writeControls: '48,67' })).toEqual(writesOf(48));
  });

  it('of regions is a limit of the boundary, but for services that have one region, and with that region', () => {
    const limit = statementsOf(boundaryOf(fewer)).find(({ Sid }) => Sid === 'OnlyTheseRegions');
    expect(limit.Condition).toEqual({
      StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1', 'us-east-1'] },
    });
    expect(limit.NotAction).toContain('iam:*');
    expect(limit.NotAction).not.toContain('s3:*');
  });
});
