import { expect, it } from 'vitest';
import { awsError, judge } from '../controls.ts';

const database = (more: object = {}) => ({
  DBInstances: [
    {
      DBInstanceIdentifier: 'ledger',
      Engine: 'oracle-ee',
      DBInstanceStatus: 'available',
      OptionGroupMemberships: [{ OptionGroupName: 'tls', Status: 'in-sync' }],
      ...more,
    },
  ],
});
const group = (...Options: object[]) => ({ OptionGroupsList: [{ OptionGroupName: 'tls', Options }] });
const ssl = (version: string, ciphers: string) => ({
  OptionName: 'SSL',
  OptionSettings: [
    { Name: 'SQLNET.SSL_VERSION', Value: version },
    { Name: 'SQLNET.CIPHER_SUITE', Value: ciphers },
  ],
});
const GCM = 'SSL_RSA_WITH_AES_256_GCM_SHA384';
const CBC = 'SSL_RSA_WITH_AES_256_CBC_SHA';

it.each<[string, object, object, string]>([
  ['TLS 1.2 with GCM', database(), group(ssl('1.2', GCM)), 'pass'],
  ['ECDHE with GCM', database(), group(ssl('1.2', `${GCM}, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`)), 'pass'],
  ['both versions', database(), group(ssl('1.2 or 1.0', GCM)), 'fail: its option group tls takes TLS 1.2 or 1.0'],
  [
    'CBC besides',
    database(),
    group(ssl('1.2', `${GCM},${CBC}`)),
    `fail: its option group tls takes the cipher suite ${CBC}`,
  ],
  ['CBC alone', database(), group(ssl('1.2', CBC)), 'fail: its option group tls offers no strong cipher suite'],
  ['nothing said', database(), group({ OptionName: 'SSL' }), 'fail: its option group tls takes TLS 1.0'],
  ['no SSL', database(), group({ OptionName: 'S3_INTEGRATION' }), 'fail: its option group tls has no SSL option'],
  [
    'a group on its way',
    database({ OptionGroupMemberships: [{ OptionGroupName: 'tls', Status: 'pending-apply' }] }),
    group(),
    'fail: its option group tls (pending-apply) has no SSL option',
  ],
  ['PostgreSQL', database({ Engine: 'postgres' }), group(), 'skip: it runs postgres'],
  ['going', database({ DBInstanceStatus: 'deleting' }), group(), 'skip: it is being deleted'],
  ['gone', awsError('DBInstanceNotFoundFault'), group(), 'skip: ledger does not exist (any more)'],
  [
    'denied',
    database(),
    awsError('AccessDenied'),
    'unknown: rds:DescribeOptionGroups was denied; allow rds:DescribeOptionGroups',
  ],
])('393: %s', async (_, instances, groups, expected) => {
  const answers = { 'rds:DescribeDBInstances': instances, 'rds:DescribeOptionGroups': groups };
  expect(await judge(393, 'ledger', answers)).toBe(expected);
});
