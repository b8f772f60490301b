import { describe, expect, it } from 'vitest';
import { hubName } from '../../infra/names.ts';
import { finder, listOf, type Part, reader, stacks, statementsOf } from './stacks.ts';

const { hub } = stacks();
const resources = reader(hub);
const only = finder(resources);
const key = only('AWS::KMS::Key');

describe('roles and policies', () => {
  const policies = resources().flatMap(({ id, properties }) =>
    [
      properties.PolicyDocument,
      properties.KeyPolicy,
      properties.AssumeRolePolicyDocument,
      ...listOf<Part>(properties.Policies).map((one) => one.PolicyDocument),
    ]
      .filter(Boolean)
      .flatMap((document) => statementsOf(document).map((statement) => ({ id, ...statement }))),
  );

  it('allow everybody nothing without a condition', () => {
    const everybody = policies.filter(
      ({ Effect, Principal }) => Effect === 'Allow' && (Principal === '*' || Principal?.AWS === '*'),
    );
    expect(everybody.filter(({ Condition }) => Condition === undefined)).toEqual([]);
  });

  it('let AWS services in for things of this account only', () => {
    const services = policies.filter(
      ({ Principal, Action }) =>
        Principal?.Service !== undefined && Principal.Service !== 'lambda.amazonaws.com' && Action !== undefined,
    );
    expect(services.length).toBeGreaterThan(5);
    for (const { Condition } of services) {
      expect(JSON.stringify(Condition)).toMatch(
        /aws:SourceAccount|kms:EncryptionContext:aws:(logs|sqs):arn|aws:SourceArn/,
      );
    }
  });

  const ownOf = (name: string) =>
    listOf<Part>(only('AWS::IAM::Role', ({ properties }) => properties.RoleName === name).properties.Policies).flatMap(
      ({ PolicyDocument }) => statementsOf(PolicyDocument),
    );
  const actions = (name: string): readonly string[] => ownOf(name).flatMap(({ Action }) => listOf<string>(Action));

  it('name every action', () => {
    for (const name of ['intake', 'worker', 'decisions', 'sweep', 'slack'] as const) {
      expect(actions(hubName(name)).filter((action) => action.includes('*'))).toEqual([]);
    }
  });

  it.each([
    ['RedressIntake', []],
    ['RedressWorker', ['RedressRead', 'RedressRemediate']],
    ['RedressDecisions', ['RedressRead']],
    ['RedressSweep', ['RedressRead', 'RedressRemediate']],
    ['RedressSlack', []],
  ])('%s takes the roles %j of accounts of the organization, and no others', (name, roles) => {
    const taking = ownOf(name).filter(({ Action }) =>
      listOf<string>(Action).some((action) => action.startsWith('sts:')),
    );
    const text = JSON.stringify(taking.map(({ Resource }) => Resource));
    expect([...text.matchAll(/:iam::\*:role\/(\w+)/g)].map(([, role]) => role)).toEqual(roles);
    for (const { Action, Condition } of taking) {
      expect(Action).toBe('sts:AssumeRole');
      expect(Condition).toEqual({ StringEquals: { 'aws:ResourceOrgID': 'o-a1b2c3d4e5' } });
    }
  });

  it('let decisions tell people, the bus and Security Hub, the sweep the topic, nobody else anybody, and the endpoint hold no token', () => {
    const telling = ['sns:Publish', 'events:PutEvents', 'securityhub:BatchImportFindings'];
    expect(actions('RedressSweep').filter((action) => telling.includes(action))).toEqual(['sns:Publish']);
    for (const name of ['RedressIntake', 'RedressWorker', 'RedressSlack']) {
      expect(actions(name).filter((action) => telling.includes(action))).toEqual([]);
    }
    expect(actions('RedressDecisions')).toEqual(expect.arrayContaining(telling));
    expect(JSON.stringify(ownOf('RedressSlack'))).not.toContain('bot-token');
    expect(JSON.stringify(ownOf('RedressDecisions'))).toContain('bot-token');
  });

  it('never let anybody scan the table', () => {
    expect(policies.flatMap(({ Action }) => listOf<string>(Action))).not.toContain('dynamodb:Scan');
  });

  it('the key rotates and is for logs, senders and buses', () => {
    expect(key.properties.EnableKeyRotation).toBe(true);
    const services = statementsOf(key.properties.KeyPolicy).flatMap(({ Principal }) =>
      listOf<string>(Principal?.Service),
    );
    expect(new Set(services)).toEqual(
      new Set([
        'events.amazonaws.com',
        'cloudwatch.amazonaws.com',
        ...services.filter((name) => typeof name !== 'string'),
      ]),
    );
  });
});
