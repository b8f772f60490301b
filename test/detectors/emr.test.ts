import { describe, expect, it } from 'vitest';
import { type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const ID = 'j-1ABC';
const cluster = (more: object, configuration?: object | Error): Answers => ({
  'emr:DescribeCluster': { Cluster: { Id: ID, Name: 'nightly', Status: { State: 'RUNNING' }, ...more } },
  ...(configuration && {
    'emr:DescribeSecurityConfiguration':
      configuration instanceof Error ? configuration : { SecurityConfiguration: JSON.stringify(configuration) },
  }),
});
const secured = (EncryptionConfiguration: object) =>
  cluster({ SecurityConfiguration: 'sec' }, { EncryptionConfiguration });
const tls = (CertificateProviderType: string) =>
  secured({
    EnableInTransitEncryption: true,
    InTransitEncryptionConfiguration: { TLSCertificateConfiguration: { CertificateProviderType } },
  });
const s3 = (EncryptionMode: string, EnableAtRestEncryption = true) =>
  secured({ EnableAtRestEncryption, AtRestEncryptionConfiguration: { S3EncryptionConfiguration: { EncryptionMode } } });

function table(number: number, rows: readonly (readonly [string, Answers, string])[]) {
  it.each(rows)('%s', async (_, answers, expected) => {
    expect(await judge(number, ID, answers)).toBe(expected);
  });
}

describe.each([234, 235, 237, 342, 385, 505, 506])('%i, as every control of EMR clusters', (number) => {
  const operation = 'emr:DescribeCluster';
  table(number, [
    ['gone', { [operation]: awsError('InvalidRequestException') }, `skip: ${ID} does not exist (any more)`],
    [
      'denied',
      { [operation]: awsError('AccessDeniedException') },
      `unknown: ${operation} was denied; allow elasticmapreduce:DescribeCluster`,
    ],
    [
      'ended',
      cluster({ Status: { State: 'TERMINATED_WITH_ERRORS' } }),
      'skip: the cluster has ended (terminated_with_errors)',
    ],
    ['ending', cluster({ Status: { State: 'TERMINATING' } }), 'skip: the cluster has ended (terminating)'],
  ]);
});

const none = 'fail: the cluster has no security configuration';
const deleted = 'fail: its security configuration sec has been deleted, and AWS no longer tells what it said';

describe.each([234, 235, 385])('%i, by the security configuration', (number) => {
  table(number, [
    ['none', cluster({}), none],
    ['deleted', cluster({ SecurityConfiguration: 'sec' }, awsError('InvalidRequestException')), deleted],
  ]);
});

describe('234 and 235: in transit', () => {
  const not = 'fail: data is not encrypted in transit';
  table(234, [
    ['off', secured({ EnableInTransitEncryption: false }), not],
    ['a ZIP file', tls('PEM'), 'fail: its certificates come as PEM'],
    ['a provider', tls('Custom'), 'pass'],
  ]);
  table(235, [
    ['nothing', secured({}), not],
    ['without certificates', secured({ EnableInTransitEncryption: true }), not],
    ['a ZIP file', tls('PEM'), 'pass'],
    ['a provider', tls('Custom'), 'pass'],
  ]);
});

describe('385: at rest in S3', () => {
  table(385, [
    ['SSE-KMS', s3('SSE-KMS'), 'pass'],
    ['SSE-S3', s3('SSE-S3'), 'fail: objects in S3 are encrypted by SSE-S3'],
    ['on the client', s3('CSE-KMS'), 'fail: objects in S3 are encrypted by CSE-KMS'],
    ['switched off', s3('SSE-KMS', false), 'fail: nothing says how objects in S3 are encrypted'],
  ]);
});

it.each([234, 235, 237, 342, 385, 505, 506])('%i closes when the cluster is ended', (control) => {
  expect(controlOf(control).detector.on['elasticmapreduce:TerminateJobFlows']).toMatchObject({
    paths: ['requestParameters.jobFlowIds[]'],
  });
});

it('no password of Kerberos is kept', async () => {
  const { cluster: read } = controlOf(342).detector.reads;
  if (read === undefined) throw new Error('The cluster is not read.');
  const answers = cluster({ KerberosAttributes: { Realm: 'R', KdcAdminPassword: 'hush' } });
  const value = await sessionOn(answers).value(read, placeOf(342, ID), []);
  expect(JSON.stringify(value)).not.toContain('hush');
});

describe('237, 342, 505, 506', () => {
  const kerberos = { AuthenticationConfiguration: { KerberosConfiguration: { Provider: 'ClusterDedicatedKdc' } } };
  table(237, [
    ['protected', cluster({ TerminationProtected: true }), 'pass'],
    [
      'not',
      cluster({ TerminationProtected: false, AutoTerminate: true }),
      'fail: a single call would end the cluster, and its data in HDFS',
    ],
  ]);
  table(342, [
    ['no Kerberos', cluster({}), 'skip: the cluster does not use Kerberos'],
    ['a realm', cluster({ KerberosAttributes: { Realm: 'EC2.INTERNAL' } }), 'pass'],
    [
      'no realm',
      cluster({ SecurityConfiguration: 'sec' }, kerberos),
      'fail: the cluster uses Kerberos without a realm',
    ],
  ]);
  table(505, [
    ['none', cluster({ SecurityConfiguration: '' }), none],
    ['one', cluster({ SecurityConfiguration: 'sec' }), 'pass'],
    ['too old', cluster({ ReleaseLabel: 'emr-4.7.2' }), 'skip: emr-4.7.2 knows no security configurations'],
    ['just new enough', cluster({ ReleaseLabel: 'emr-4.8.0' }), none],
    ['new', cluster({ ReleaseLabel: 'emr-7.10.0' }), none],
  ]);
  table(506, [
    ['s3n', cluster({ LogUri: 's3n://logs/emr/' }), 'pass'],
    ['nowhere', cluster({}), 'fail: its logs are lost with its machines'],
  ]);
});

describe('273: open to the internet', () => {
  const block = (BlockPublicAccessConfiguration: object): Answers => ({
    'emr:GetBlockPublicAccessConfiguration': { BlockPublicAccessConfiguration },
  });
  it.each<[string, Answers, string]>([
    ['blocked', block({ BlockPublicSecurityGroupRules: true, PermittedPublicSecurityGroupRuleRanges: [] }), 'pass'],
    [
      "AWS's default",
      block({
        BlockPublicSecurityGroupRules: true,
        PermittedPublicSecurityGroupRuleRanges: [
          { MinRange: 22, MaxRange: 22 },
          { MinRange: 80, MaxRange: 90 },
        ],
      }),
      'fail: clusters may be open to the internet on port 22, 80-90',
    ],
    ['off', block({ BlockPublicSecurityGroupRules: false }), 'fail: clusters may be open to the internet'],
    ['not said', { 'emr:GetBlockPublicAccessConfiguration': {} }, 'fail: clusters may be open to the internet'],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(273, undefined, answers)).toBe(expected);
  });
});
