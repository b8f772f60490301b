import { describe, expect, it } from 'vitest';
import { ACCOUNT, callsOf, planFor } from '../controls.ts';

const queryLogGroupArn = `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:/aws/route53/all`;

describe('443', () => {
  const answers = { 'route53:ListQueryLoggingConfigs': {} };
  it('logs into the chosen group, and takes away what it made', async () => {
    const plan = await planFor(443, 'Z1', answers, { parameters: { queryLogGroupArn } });
    expect(callsOf(plan)).toEqual({
      steps: [
        ['route53:CreateQueryLoggingConfig', { HostedZoneId: 'Z1', CloudWatchLogsLogGroupArn: queryLogGroupArn }],
      ],
      undo: [['route53:DeleteQueryLoggingConfig', { Id: 'ref:write/QueryLoggingConfig.Id' }]],
    });
  });
  it('takes no group of another region', async () => {
    const parameters = { queryLogGroupArn: queryLogGroupArn.replace('us-east-1', 'eu-west-1') };
    expect(await planFor(443, 'Z1', answers, { parameters })).toMatchObject({ kind: 'guide', steps: [] });
  });
});

it.each([
  ['NOT_SIGNING', ['create-key', 'create-key-signing-key', 'enable-hosted-zone-dnssec']],
  ['ACTION_NEEDED', []],
])('444 with %s', async (ServeSignature, commands) => {
  const plan = await planFor(444, 'Z1', {
    'route53:GetHostedZone': { HostedZone: { Id: 'Z1', Name: 'a.com.', Config: {} } },
    'route53:GetDNSSEC': { Status: { ServeSignature } },
  });
  expect(plan).toMatchObject({ kind: 'guide', steps: [] });
  expect(plan.guide.flatMap(({ cli }) => cli?.split(' ')[2] ?? [])).toEqual(commands);
  const makes = plan.guide.flatMap(({ cli }) => (cli?.includes(' create-key ') ? [cli] : []));
  for (const one of makes) {
    expect(one).toContain(`arn:aws:iam::${ACCOUNT}:root`);
    expect(one).toContain('arn:aws:route53:::hostedzone/Z1');
    expect(one).toContain('--region us-east-1');
  }
});

it('401 keeps what routes and drops what an alias has not', async () => {
  const ResourceRecords = [{ Value: '192.0.2.1' }];
  const one = {
    Name: 'www.a.com.',
    Type: 'A',
    SetIdentifier: 'b',
    Weight: 3,
    HealthCheckId: 'h',
    TTL: 60,
    ResourceRecords,
  };
  const plan = await planFor(401, 'Z1/www.a.com./b', {
    'route53:ListResourceRecordSets': { ResourceRecordSets: [one] },
  });
  const command = plan.guide.flatMap(({ cli }) => cli ?? []).join();
  expect(command).toContain('"SetIdentifier":"b"');
  expect(command).toContain('"HealthCheckId":"h"');
  expect(command).not.toContain('TTL');
  expect(command).not.toContain('192.0.2.1');
  const texts = plan.guide.map(({ text }) => text).join('\n');
  expect(texts).toContain("--start-record-name 'www.a.com.' --start-record-type A --max-items 100 (the one with");
});
