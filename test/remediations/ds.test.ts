import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, callsOf, planFor } from '../controls.ts';
import { expectInOrder, runbookOf } from '../runbook.ts';

const ID = 'd-926722edaf';
const GROUP = `/aws/directoryservice/${ID}`;
const directory = (more: object = {}, others: Answers = {}): Answers => ({
  'ds:DescribeDirectories': {
    DirectoryDescriptions: [
      {
        ...{ DirectoryId: ID, Name: 'corp.example.com', Type: 'MicrosoftAD', Stage: 'Active' },
        DnsIpAddrs: ['10.0.0.4', '10.0.1.4'],
        VpcSettings: { VpcId: 'vpc-1', SubnetIds: ['subnet-1', 'subnet-2'], SecurityGroupId: 'sg-1' },
        ...more,
      },
    ],
  },
  'ds:ListLogSubscriptions': {},
  'logs:DescribeLogGroups': {},
  'logs:DescribeResourcePolicies': {},
  ...others,
});
const RadiusSettings = {
  ...{ RadiusServers: ['10.9.0.1', '10.9.0.2'], RadiusPort: 1812, RadiusTimeout: 30, RadiusRetries: 4 },
  ...{ AuthenticationProtocol: 'PAP', DisplayLabel: 'Code', UseSameUsername: true, SharedSecret: 'hush' },
};

describe('179', () => {
  it('prepares, lets a person type the secret, and knows the way back', async () => {
    const text = await runbookOf(179, ID, directory({ RegionsInfo: { AdditionalRegions: ['eu-central-1'] } }));
    expectInOrder(
      text,
      ...['enrolled', 'UDP', 'vpc-1', 'sg-1', '10.0.0.4', 'eu-central-1', 'umask 077', 'MS-CHAPv2'],
      ...['enable-radius', 'delete the file', 'RadiusStatus', 'disable-radius', ID],
    );
  });

  it('updates what failed, and shows no secret', async () => {
    const text = await runbookOf(179, ID, directory({ RadiusStatus: 'Failed', RadiusSettings }));
    expectInOrder(text, '10.9.0.1, 10.9.0.2', 'update-radius');
    expect(text).not.toContain('aws ds enable-radius');
    expect(text).not.toContain('hush');
  });
});

it('181 carries all settings over but the secret', async () => {
  const text = await runbookOf(181, ID, directory({ RadiusStatus: 'Completed', RadiusSettings }));
  const sent = {
    ...RadiusSettings,
    ...{ AuthenticationProtocol: 'MS-CHAPv2', SharedSecret: '<from your secret store>' },
  };
  expect(text).not.toContain('hush');
  const json = /\{"Radius.*\}/.exec(text)?.[0] ?? '';
  expect(JSON.parse(json)).toEqual(sent);
  expectInOrder(text, 'speaks PAP', 'exempt', 'update-radius', 'To go back', 'PAP');
});

describe('224', () => {
  it('moves everything first and deletes last', async () => {
    const text = await runbookOf(224, ID, directory());
    expectInOrder(
      text,
      ...['exempt it', 'describe-trusts', 'connect-directory', 'vpc-1', 'deregister-workspace-directory'],
      'delete-directory',
    );
  });

  it('sends nobody to controls that do not apply', async () => {
    expect(await runbookOf(224, ID, directory({ Type: 'MicrosoftAD' }))).toContain('179, 181 and 450');
    expect(await runbookOf(224, ID, directory({ Type: 'SimpleAD' }))).not.toContain('179');
  });

  it('gives a share back and deletes nothing', async () => {
    const shared = { Type: 'SharedMicrosoftAD', OwnerDirectoryDescription: { AccountId: '999988887777' } };
    const text = await runbookOf(224, ID, directory(shared));
    expectInOrder(text, '999988887777', 'reject-shared-directory');
    expect(text).not.toContain('delete-directory');
  });
});

describe('450', () => {
  const statement = {
    ...{ Sid: 'DirectoryServiceWritesSecurityLogs', Effect: 'Allow', Principal: { Service: 'ds.amazonaws.com' } },
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:/aws/directoryservice/*`,
  };
  const policyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const policies = (...resourcePolicies: object[]) => ({ 'logs:DescribeResourcePolicies': { resourcePolicies } });
  const ours = { policyName: 'redress-directory-service', policyDocument };
  const subscription = ['ds:CreateLogSubscription', { DirectoryId: ID, LogGroupName: GROUP }];

  it('makes the group, lets the service write, and forwards; undoing only stops it', async () => {
    const plan = await planFor(450, ID, directory());
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
    expect(callsOf(plan)).toEqual({
      steps: [
        ['logs:CreateLogGroup', { logGroupName: GROUP }],
        ['logs:PutRetentionPolicy', { logGroupName: GROUP, retentionInDays: 365 }],
        ['logs:PutResourcePolicy', { policyName: 'redress-directory-service', policyDocument }],
        subscription,
      ],
      undo: [['ds:DeleteLogSubscription', { DirectoryId: ID }]],
    });
  });

  it('makes nothing twice, and leaves the retention of a group that is there', async () => {
    const there = { 'logs:DescribeLogGroups': { logGroups: [{ logGroupName: GROUP }] }, ...policies(ours) };
    expect(callsOf(await planFor(450, ID, directory({}, there))).steps).toEqual([subscription]);
  });

  const many = Array.from({ length: 10 }, (_, index) => ({ policyName: `${index}`, policyDocument }));
  it.each<[string, object, Answers, Readonly<Record<string, string>>, string]>([
    ['being made', { Stage: 'Creating' }, {}, {}, 'once it is active'],
    ['a group elsewhere', {}, {}, { directoryLogGroup: '/corp/ad' }, 'begins with /aws/directoryservice/'],
    ['odd days', {}, {}, { directoryLogDays: '100' }, 'CloudWatch Logs knows 1, 3'],
    ['too many policies', {}, policies(...many), {}, 'takes no more'],
    [
      'a policy of our name that says something else',
      {},
      policies({ ...ours, policyDocument: '{"Statement":[]}' }),
      {},
      'says something else',
    ],
  ])('leaves to a person: %s', async (_, more, others, parameters, because) => {
    const plan = await planFor(450, ID, directory(more, others), { parameters });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });
});
