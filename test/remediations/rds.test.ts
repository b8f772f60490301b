import { expect, it } from 'vitest';
import { callsOf, planFor } from '../controls.ts';

const ledger = {
  DBInstanceIdentifier: 'ledger',
  Engine: 'oracle-ee',
  EngineVersion: '19.0.0.0.ru-2026-01.rur-2026-01.r1',
  CACertificateIdentifier: 'rds-ca-rsa2048-g1',
  DBInstanceStatus: 'available',
  Endpoint: { Port: 1521 },
  VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1' }],
  OptionGroupMemberships: [{ OptionGroupName: 'tls', Status: 'in-sync' }],
};
const weak = {
  OptionName: 'SSL',
  Port: 2999,
  OptionSettings: [
    { Name: 'FIPS.SSLFIPS_140', Value: 'TRUE', IsModifiable: true },
    { Name: 'SQLNET.SSL_VERSION', Value: '1.0', IsModifiable: true },
    { Name: 'SQLNET.CIPHER_SUITE', Value: 'SSL_RSA_WITH_AES_256_CBC_SHA', IsModifiable: true },
  ],
  VpcSecurityGroupMemberships: [{ VpcSecurityGroupId: 'sg-tls', Status: 'active' }],
};
const planOf = (databases: object[], Options: object[], name = 'tls', parameters = {}) =>
  planFor(
    393,
    'ledger',
    {
      'rds:DescribeDBInstances': (input) => ({
        DBInstances: input.DBInstanceIdentifier === undefined ? databases : databases.slice(0, 1),
      }),
      'rds:DescribeOptionGroups': { OptionGroupsList: [{ OptionGroupName: name, EngineName: 'oracle-ee', Options }] },
    },
    { parameters },
  );
const sent = (version: string, suite: string) => ({
  OptionName: 'SSL',
  Port: 2999,
  VpcSecurityGroupMemberships: ['sg-tls'],
  OptionSettings: [
    { Name: 'FIPS.SSLFIPS_140', Value: 'TRUE' },
    { Name: 'SQLNET.SSL_VERSION', Value: version },
    { Name: 'SQLNET.CIPHER_SUITE', Value: suite },
  ],
});
const modify = (option: object) => [
  'rds:ModifyOptionGroup',
  { OptionGroupName: 'tls', OptionsToInclude: [option], ApplyImmediately: true },
];

it('393 keeps port, security groups and other settings, and goes back to what was', async () => {
  const plan = await planOf([ledger], [weak, { OptionName: 'S3_INTEGRATION' }]);
  expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
  expect(callsOf(plan)).toEqual({
    steps: [modify(sent('1.2', 'SSL_RSA_WITH_AES_256_GCM_SHA384'))],
    undo: [modify(sent('1.0', 'SSL_RSA_WITH_AES_256_CBC_SHA'))],
  });
});

it.each([
  ['an ECC certificate', { CACertificateIdentifier: 'rds-ca-ecc384-g1' }, 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'],
  ['release 26', { EngineVersion: '26.0.0.0' }, 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
])('393 takes the suite that fits %s', async (_, more, suite) => {
  const plan = await planOf([{ ...ledger, ...more }], [weak]);
  expect(callsOf(plan).steps).toEqual([modify(sent('1.2', suite))]);
});

it('393 adds the option behind the security groups of the database, and takes it away again', async () => {
  const plan = await planOf([ledger], []);
  const option = {
    OptionName: 'SSL',
    Port: 2484,
    VpcSecurityGroupMemberships: ['sg-1'],
    OptionSettings: sent('1.2', 'SSL_RSA_WITH_AES_256_GCM_SHA384').OptionSettings.slice(1),
  };
  expect(callsOf(plan)).toEqual({
    steps: [modify(option)],
    undo: [['rds:ModifyOptionGroup', { OptionGroupName: 'tls', OptionsToRemove: ['SSL'], ApplyImmediately: true }]],
  });
});

it.each<[string, object[], object[], string, object, string]>([
  [
    'shared',
    [ledger, { ...ledger, DBInstanceIdentifier: 'stock' }],
    [weak],
    'tls',
    {},
    'copy-option-group --source-option-group-identifier tls --target',
  ],
  ['busy', [{ ...ledger, DBInstanceStatus: 'modifying' }], [weak], 'tls', {}, 'it is modifying'],
  ['with native encryption', [ledger], [{ OptionName: 'NATIVE_NETWORK_ENCRYPTION' }], 'tls', {}, 'SSL excludes'],
  ['on its clear port', [ledger], [], 'tls', { oracleTlsPort: '1521' }, 'takes clear text'],
  [
    'of AWS',
    [{ ...ledger, OptionGroupMemberships: [{ OptionGroupName: 'default:oracle-ee-19', Status: 'in-sync' }] }],
    [],
    'default:oracle-ee-19',
    {},
    'cannot be changed',
  ],
])('393 leaves to a person a group %s', async (_, databases, options, name, parameters, because) => {
  const plan = await planOf(databases, options, name, parameters);
  expect(plan.steps).toEqual([]);
  expect(JSON.stringify(plan)).toContain(because);
});
