import {
  CreateLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeResourcePoliciesCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  ConnectDirectoryCommand,
  CreateDirectoryCommand,
  CreateMicrosoftADCommand,
  DescribeDirectoriesCommand,
  EnableRadiusCommand,
  ListLogSubscriptionsCommand,
  UpdateRadiusCommand,
} from '@aws-sdk/client-directory-service';
import { CreateSubnetCommand, CreateVpcCommand } from '@aws-sdk/client-ec2';
import { ACCOUNT, type Aws, REGION } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const Password = 'Passw0rd-Passw0rd';

async function network({ ec2 }: Aws) {
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId ?? '';
  const SubnetIds: string[] = [];
  for (const [CidrBlock, AvailabilityZone] of [
    ['10.0.0.0/24', 'us-east-1a'],
    ['10.0.1.0/24', 'us-east-1b'],
  ]) {
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
    SubnetIds.push(Subnet?.SubnetId ?? '');
  }
  return { VpcId, SubnetIds };
}

async function makeMicrosoftAd(aws: Aws) {
  const input = { Name: 'corp.example.com', Password, VpcSettings: await network(aws) };
  const { DirectoryId: id = '' } = await aws.ds.send(new CreateMicrosoftADCommand(input));
  const responseElements = { directoryId: id };
  return { id, event: event('ds:CreateMicrosoftAD', { name: input.Name }, { responseElements }) };
}

async function state({ ds, logs }: Aws, id: string) {
  const { DirectoryDescriptions } = await ds.send(new DescribeDirectoriesCommand({ DirectoryIds: [id] }));
  const { LogSubscriptions = [] } = await ds.send(new ListLogSubscriptionsCommand({ DirectoryId: id }));
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  const { resourcePolicies = [] } = await logs.send(new DescribeResourcePoliciesCommand({}));
  return {
    directories: (DirectoryDescriptions ?? []).map(({ Type, Stage, Name }) => `${Name} ${Type} ${Stage}`),
    subscriptions: LogSubscriptions.map(({ LogGroupName }) => LogGroupName?.replace(id, '<id>')),
    groups: logGroups
      .map(({ logGroupName, retentionInDays }) => `${logGroupName?.replace(id, '<id>')} ${retentionInDays}`)
      .sort(),
    policies: resourcePolicies.map(({ policyName, policyDocument }) => `${policyName} ${policyDocument}`).sort(),
  };
}

/** Another service's grant, and its logs. */
const others = {
  policyName: 'route53-queries',
  policyDocument: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: { Service: 'route53.amazonaws.com' }, Action: 'logs:PutLogEvents' },
        Resource: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/route53/*`,
      },
    ],
  }),
};
const granted = {
  Version: '2012-10-17',
  Statement: [
    {
      ...{ Sid: 'DirectoryServiceWritesSecurityLogs', Effect: 'Allow', Principal: { Service: 'ds.amazonaws.com' } },
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/directoryservice/*`,
    },
  ],
};

/** What stays when the forwarding stops: the log group, and the right to write there. */
const kept = (before: Awaited<ReturnType<typeof state>>) => ({
  ...before,
  groups: ['/aws/directoryservice/<id> 365', ...before.groups],
  policies: [`redress-directory-service ${JSON.stringify(granted)}`, ...before.policies],
});

export const ds = [
  scenario({ control: 179, kind: 'guide', arrange: makeMicrosoftAd, state, expected: (before) => before }),
  scenario({
    ...{ control: 181, kind: 'guide' as const },
    lacks: {
      operation: 'ds:UpdateRadius',
      ask: ({ ds }) => ds.send(new UpdateRadiusCommand({ DirectoryId: 'd-926722edaf', RadiusSettings: {} })),
    },
    arrange: async (aws) => {
      const { id } = await makeMicrosoftAd(aws);
      const RadiusSettings = { RadiusServers: ['10.0.0.9'], AuthenticationProtocol: 'PAP' as const };
      await aws.ds.send(new EnableRadiusCommand({ DirectoryId: id, RadiusSettings }));
      return { id, event: event('ds:EnableRadius', { directoryId: id }) };
    },
    state,
    expected: (before) => before,
  }),
  scenario({
    ...{ control: 224, kind: 'guide' as const },
    arrange: async (aws) => {
      const settings = await network(aws);
      const ConnectSettings = { ...settings, CustomerDnsIps: ['192.168.0.2'], CustomerUserName: 'connector' };
      const connector = { Name: 'own.example.com', Password, Size: 'Small' as const, ConnectSettings };
      await aws.ds.send(new ConnectDirectoryCommand(connector));
      const simple = { Name: 'corp.example.com', Password, Size: 'Small' as const, VpcSettings: settings };
      const { DirectoryId: id = '' } = await aws.ds.send(new CreateDirectoryCommand(simple));
      const responseElements = { directoryId: id };
      return { id, event: event('ds:CreateDirectory', { name: simple.Name }, { responseElements }) };
    },
    state,
    expected: (before) => before,
  }),
  scenario({
    control: 450,
    arrange: async (aws) => {
      await aws.logs.send(new PutResourcePolicyCommand(others));
      await aws.logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/directoryservice/other' }));
      return makeMicrosoftAd(aws);
    },
    state,
    expected: (before) => ({ ...kept(before), subscriptions: ['/aws/directoryservice/<id>'] }),
    undone: (before) => kept(before),
  }),
];
