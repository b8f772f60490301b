import { CreateLogGroupCommand, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  CreateQueryLoggingConfigCommand,
  EnableHostedZoneDNSSECCommand,
  ListQueryLoggingConfigsCommand,
  ListResourceRecordSetsCommand,
} from '@aws-sdk/client-route-53';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

async function makeZone({ route53 }: Aws, Name: string) {
  const { HostedZone } = await route53.send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
  const id = (HostedZone?.Id ?? '').replace('/hostedzone/', '');
  return {
    id,
    event: event('route53:CreateHostedZone', {}, { responseElements: { hostedZone: { id: HostedZone?.Id } } }),
  };
}

const GROUP = '/aws/route53/all';
const queryLogGroupArn = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:${GROUP}:*`;

export const route53 = [
  scenario({
    control: 401,
    kind: 'guide',
    arrange: async (aws) => {
      const { id } = await makeZone(aws, 'example.com.');
      const record = {
        Name: 'www.example.com.',
        Type: 'A' as const,
        TTL: 60,
        ResourceRecords: [{ Value: '192.0.2.1' }],
      };
      const ChangeBatch = { Changes: [{ Action: 'CREATE' as const, ResourceRecordSet: record }] };
      await aws.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: id, ChangeBatch }));
      const changed = event('route53:ChangeResourceRecordSets', {
        hostedZoneId: id,
        changeBatch: { changes: [{ action: 'CREATE', resourceRecordSet: { name: record.Name, type: record.Type } }] },
      });
      return { id: `${id}/www.example.com.`, event: changed };
    },
    state: async ({ route53 }, id) => {
      const [HostedZoneId] = id.split('/');
      return (await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId }))).ResourceRecordSets;
    },
    expected: (before) => before,
  }),
  scenario({
    control: 443,
    arrange: async (aws) => {
      await aws.logs.send(new CreateLogGroupCommand({ logGroupName: GROUP }));
      const other = {
        HostedZoneId: (await makeZone(aws, 'other.com.')).id,
        CloudWatchLogsLogGroupArn: queryLogGroupArn,
      };
      await aws.route53.send(new CreateQueryLoggingConfigCommand(other));
      return { ...(await makeZone(aws, 'example.com.')), parameters: { queryLogGroupArn } };
    },
    state: async ({ route53, logs }) => {
      const { QueryLoggingConfigs = [] } = await route53.send(new ListQueryLoggingConfigsCommand({}));
      const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
      return { logged: QueryLoggingConfigs.length, groups: logGroups.map(({ logGroupName }) => logGroupName) };
    },
    expected: (before) => ({ ...before, logged: 2 }),
  }),
  scenario({
    control: 444,
    arrange: (aws) => makeZone(aws, 'example.com.'),
    state: async () => ({}),
    expected: (before) => before,
    lacks: {
      operation: 'EnableHostedZoneDNSSEC',
      ask: ({ route53 }) => route53.send(new EnableHostedZoneDNSSECCommand({ HostedZoneId: 'Z1' })),
      refusal: 'Error',
    },
  }),
];
