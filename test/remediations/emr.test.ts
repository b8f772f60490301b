import { expect, it } from 'vitest';
import { type Answers, callsOf, planFor } from '../controls.ts';
import { expectInOrder, runbookOf } from '../runbook.ts';

const ID = 'j-1ABC';
const cluster = (more: object = {}): Answers => ({
  'emr:DescribeCluster': {
    Cluster: {
      ...{ Id: ID, Name: 'nightly', ReleaseLabel: 'emr-7.1.0', Status: { State: 'WAITING' } },
      ...{ Applications: [{ Name: 'Spark', Version: '3.5' }], ...more },
    },
  },
  'emr:DescribeSecurityConfiguration': { SecurityConfiguration: '{"EncryptionConfiguration":{}}' },
});

it('237 protects by itself, and goes back', async () => {
  const plan = await planFor(237, ID, cluster());
  const set = (TerminationProtected: boolean) => [
    'emr:SetTerminationProtection',
    { JobFlowIds: [ID], TerminationProtected },
  ];
  expect(plan.mode).toBe('auto');
  expect(callsOf(plan)).toEqual({ steps: [set(true)], undo: [set(false)] });
});

it('273 takes the exceptions away, and brings them back', async () => {
  const before = {
    BlockPublicSecurityGroupRules: false,
    PermittedPublicSecurityGroupRuleRanges: [{ MinRange: 22, MaxRange: 22 }],
  };
  const put = (BlockPublicAccessConfiguration: object) => [
    'emr:PutBlockPublicAccessConfiguration',
    { BlockPublicAccessConfiguration },
  ];
  const plan = await planFor(273, undefined, {
    'emr:GetBlockPublicAccessConfiguration': { BlockPublicAccessConfiguration: before },
  });
  expect(plan.mode).toBe('approve');
  expect(callsOf(plan)).toEqual({
    steps: [put({ BlockPublicSecurityGroupRules: true, PermittedPublicSecurityGroupRuleRanges: [] })],
    undo: [put(before)],
  });
});

it.each([234, 235, 385])(
  '%i saves first, merges what the old configuration says, ends the old one last',
  async (control) => {
    const text = await runbookOf(control, ID, cluster({ SecurityConfiguration: 'sec' }));
    expectInOrder(
      text,
      `${ID} is nightly`,
      'Spark 3.5',
      'Save how',
      'hdfs',
      'all that sec says',
      'create-security-configuration --name sec-2',
      'Launch the twin',
      'terminate-clusters',
    );
  },
);

it('505 makes one where there is none', async () => {
  const text = await runbookOf(505, ID, cluster());
  expectInOrder(text, 'Write security.json: this', '--name nightly-security', 'terminate-clusters');
});

it('506 keeps the security configuration, and tells of clusters that end by themselves', async () => {
  const parameters = { emrLogs: 's3://our-logs/emr/' };
  const text = await runbookOf(506, ID, cluster({ SecurityConfiguration: 'sec', AutoTerminate: true }), { parameters });
  expectInOrder(text, 'ends by itself', '--log-uri s3://our-logs/emr/ and --security-configuration sec');
  expect(text).not.toContain('create-security-configuration');
});

it('342 never shows a password', async () => {
  const text = await runbookOf(342, ID, cluster({ KerberosAttributes: { Realm: '', KdcAdminPassword: 'hush' } }));
  expect(text).not.toContain('hush');
});
