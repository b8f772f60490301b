import type { DBInstance, Option } from '@aws-sdk/client-rds';
import {
  derive,
  detectors,
  fail,
  idsAs,
  only,
  pass,
  read,
  readEach,
  readPages,
  resource,
  skip,
  tagsFrom,
  through,
} from '../src/control.ts';

/** RDS pages by `Marker` alone, without saying whether there is more. */
const nextPage = ({ Marker }: { readonly Marker?: string | undefined }) => (Marker ? { Marker } : undefined);

export const instance = read(
  'rds',
  'DescribeDBInstances',
  ({ id }) => ({ DBInstanceIdentifier: id }),
  (out) => only(out.DBInstances),
);

/** Every database instance of the Region. */
export const everyInstance = readPages(
  'rds',
  'DescribeDBInstances',
  () => ({}),
  (out) => out.DBInstances ?? [],
  nextPage,
);

const nameOf = ({ DBInstanceIdentifier }: DBInstance) => DBInstanceIdentifier ?? [];

/** The option group that counts for an instance: the one it is moving to, if it is moving. */
export function membershipOf({ OptionGroupMemberships: all = [] }: DBInstance) {
  return all.find(({ Status = '' }) => !/removal|removing/.test(Status)) ?? all[0];
}

export const isOracle = ({ Engine = '' }: DBInstance): boolean => Engine.startsWith('oracle');

const groups = readEach(
  'rds',
  'DescribeOptionGroups',
  ({ instance }) => {
    const name = isOracle(instance) ? membershipOf(instance)?.OptionGroupName : undefined;
    return name === undefined ? [] : [{ OptionGroupName: name }];
  },
  (out) => out.OptionGroupsList?.[0],
  { needs: { instance }, absent: ['OptionGroupNotFoundFault'] },
);
/** The option group of an Oracle instance. */
export const optionGroup = derive({ groups }, ({ groups: [group] }) => group);

export const VERSION = 'SQLNET.SSL_VERSION';
export const CIPHERS = 'SQLNET.CIPHER_SUITE';
export const sslOf = (options: readonly Option[] | undefined) =>
  options?.find(({ OptionName }) => OptionName === 'SSL');

type Settings = Pick<Option, 'OptionSettings'>;

const settingOf = ({ OptionSettings = [] }: Settings, name: string): string => {
  const setting = OptionSettings.find(({ Name }) => Name === name);
  return setting?.Value ?? setting?.DefaultValue ?? '';
};

/** The cipher suites that an SSL option lets in. */
export const suitesOf = (ssl: Settings): readonly string[] =>
  settingOf(ssl, CIPHERS)
    .split(',')
    .map((suite) => suite.trim())
    .filter((suite) => suite !== '');

/** The document's own suite, and those with a key exchange of their own for each connection, which are stronger. */
export const isStrong = (suite: string): boolean =>
  suite === 'SSL_RSA_WITH_AES_256_GCM_SHA384' || /^(TLS|SSL)_ECDHE_\w+_GCM_SHA(256|384)$/.test(suite);

const instanceId = idsAs((id) => id.toLowerCase().replace(/^.*:db:/, ''), 'requestParameters.dBInstanceIdentifier');
const restored = idsAs((id) => id.toLowerCase(), 'requestParameters.targetDBInstanceIdentifier');

/** Instances of the option group that an event is about. */
const usersOfGroup = derive({ everyInstance }, ({ id, everyInstance }) =>
  everyInstance.filter((one) => membershipOf(one)?.OptionGroupName?.toLowerCase() === id).flatMap(nameOf),
);

export const databaseInstances = detectors(
  resource('AWS::RDS::DBInstance', {
    service: 'rds',
    arn: ({ partition, region, account, id }) => `arn:${partition}:rds:${region}:${account}:db:${id}`,
    list: derive({ everyInstance }, ({ everyInstance }) => everyInstance.flatMap(nameOf)),
    gone: ['DBInstanceNotFound', 'DBInstanceNotFoundFault'],
    tags: derive({ instance }, ({ instance }) => tagsFrom(instance.TagList)),
  }),
  {
    393: {
      title: 'Oracle database takes TLS 1.2 with strong ciphers only',
      criticality: 'MEDIUM',
      on: {
        'rds:CreateDBInstance': instanceId,
        'rds:CreateDBInstanceReadReplica': instanceId,
        'rds:ModifyDBInstance': instanceId,
        'rds:DeleteDBInstance': instanceId,
        'rds:RestoreDBInstanceFromDBSnapshot': instanceId,
        'rds:RestoreDBInstanceFromS3': instanceId,
        'rds:RestoreDBInstanceToPointInTime': restored,
        'rds:ModifyOptionGroup': through(
          usersOfGroup,
          idsAs((id) => id.toLowerCase(), 'requestParameters.optionGroupName'),
        ),
      },
      reads: { instance, optionGroup },
      check: ({ instance, optionGroup }) => {
        if (!isOracle(instance)) return skip(`it runs ${instance.Engine ?? 'no Oracle'}`);
        if (instance.DBInstanceStatus === 'deleting') return skip('it is being deleted');
        const { OptionGroupName = 'none', Status = 'in-sync' } = membershipOf(instance) ?? {};
        const where = `its option group ${OptionGroupName}${Status === 'in-sync' ? '' : ` (${Status})`}`;
        const ssl = sslOf(optionGroup?.Options);
        if (ssl === undefined) return fail(`${where} has no SSL option`);
        const version = settingOf(ssl, VERSION);
        if (version !== '1.2') return fail(`${where} takes TLS ${version || '1.0'}`);
        const suites = suitesOf(ssl);
        if (!suites.some(isStrong)) return fail(`${where} offers no strong cipher suite`);
        const weak = suites.filter((suite) => suite.includes('_CBC_SHA'));
        return weak.length === 0 ? pass : fail(`${where} takes the cipher suite ${weak.join(', ')}`);
      },
      note: 'The console steps of the document ask for TLS 1.2 with AES-GCM, its command sets TLS 1.0 with AES-CBC, which would weaken a good database: the console steps are taken. Suites with ECDHE and GCM pass too; newer Oracle releases take nothing else.',
    },
  },
);
