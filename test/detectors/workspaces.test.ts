import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const DIRECTORY = 'd-926722edaf';
const DESKTOP = 'ws-0123456789';
const ALL_OFF = {
  ...{ RestartWorkspace: 'DISABLED', IncreaseVolumeSize: 'DISABLED', ChangeComputeType: 'DISABLED' },
  ...{ SwitchRunningMode: 'DISABLED', RebuildWorkspace: 'DISABLED' },
};
const directory = (more: object = {}) => ({
  'workspaces:DescribeWorkspaceDirectories': {
    Directories: [{ DirectoryId: DIRECTORY, State: 'REGISTERED', SubnetIds: ['subnet-1', 'subnet-2'], ...more }],
  },
});
const inDirectory = [...[188, 198, 205, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 221, 222, 223]];

describe.each<[number, string, string, string]>([
  [188, 'IncreaseVolumeSize', 'ENABLED', 'fail: users cannot enlarge their volumes by themselves'],
  [205, 'RestartWorkspace', 'ENABLED', 'fail: users cannot restart their WorkSpace by themselves'],
  [221, 'ChangeComputeType', 'DISABLED', 'fail: users can change the compute type of their WorkSpace by themselves'],
  [222, 'SwitchRunningMode', 'DISABLED', 'fail: users can switch the running mode of their WorkSpace by themselves'],
  [223, 'RebuildWorkspace', 'DISABLED', 'fail: users can rebuild their WorkSpace by themselves'],
])('%i: %s', (control, name, wanted, because) => {
  const other = wanted === 'ENABLED' ? 'DISABLED' : 'ENABLED';
  it.each<[string, object, string]>([
    ['as wanted', { SelfservicePermissions: { ...ALL_OFF, [name]: wanted } }, 'pass'],
    ['the other way', { SelfservicePermissions: { ...ALL_OFF, [name]: other } }, because],
    ['not named counts as off', {}, wanted === 'DISABLED' ? 'pass' : because],
    ['a pool', { WorkspaceType: 'POOLS' }, 'skip: users of a pool have no desktop of their own'],
  ])('%s', async (_, more, expected) => {
    expect(await judge(control, DIRECTORY, directory(more))).toBe(expected);
  });
});

describe.each<[number, string, string]>([
  [209, 'EnableInternetAccess', 'fail: new desktops get a public address'],
  [210, 'UserEnabledAsLocalAdministrator', 'fail: users administer their new desktops'],
  [211, 'EnableMaintenanceMode', 'fail: maintenance mode is on'],
])('%i: %s', (control, name, because) => {
  it.each<[string, object, string]>([
    ['off', { [name]: false }, 'pass'],
    ['on', { [name]: true }, because],
    ['not named counts as off', {}, 'pass'],
  ])('%s', async (_, WorkspaceCreationProperties, expected) => {
    expect(await judge(control, DIRECTORY, directory({ WorkspaceCreationProperties }))).toBe(expected);
  });
});

describe.each<[number, string, string]>([
  [212, 'DeviceTypeWindows', 'Windows clients'],
  [213, 'DeviceTypeOsx', 'macOS clients'],
  [214, 'DeviceTypeWeb', 'web browsers'],
  [215, 'DeviceTypeIos', 'iOS clients'],
  [216, 'DeviceTypeAndroid', 'Android clients'],
  [217, 'DeviceTypeChromeOs', 'ChromeOS clients'],
  [218, 'DeviceTypeZeroClient', 'zero clients'],
])('%i: %s', (control, name, called) => {
  it.each<[string, object | undefined, string]>([
    ['allowed', { [name]: 'ALLOW' }, 'pass'],
    ['denied', { DeviceTypeLinux: 'ALLOW', [name]: 'DENY' }, `fail: ${called} are kept out`],
    ['not named is not guessed', {}, `skip: AWS does not say whether ${called} are let in`],
    ['nothing named', undefined, `skip: AWS does not say whether ${called} are let in`],
  ])('%s', async (_, WorkspaceAccessProperties, expected) => {
    expect(await judge(control, DIRECTORY, directory({ WorkspaceAccessProperties }))).toBe(expected);
  });
});

describe('directories', () => {
  it.each(inDirectory)('%i: not registered, gone, denied', async (control) => {
    const network = { 'ec2:DescribeSubnets': { Subnets: [] } };
    expect(await judge(control, DIRECTORY, { ...directory({ State: 'REGISTERING' }), ...network })).toBe(
      'skip: the directory is registering',
    );
    const read = 'workspaces:DescribeWorkspaceDirectories';
    const gone = `skip: ${DIRECTORY} does not exist (any more)`;
    expect(await judge(control, DIRECTORY, { [read]: { Directories: [] } })).toBe(gone);
    expect(await judge(control, DIRECTORY, { [read]: awsError('InvalidParameterValuesException') })).toBe(gone);
    expect(await judge(control, DIRECTORY, { [read]: awsError('AccessDeniedException') })).toBe(
      `unknown: ${read} was denied; allow ${read}`,
    );
  });

  it('208: a service that is gone is not judged', async () => {
    expect(await judge(208, DIRECTORY, directory())).toMatch(/^skip: Amazon WorkDocs ended on 25 April 2025/);
  });

  it('lists every page, knows tags and ARNs', async () => {
    const { list, arn, tags } = controlOf(209).detector.resource;
    const session = sessionOn({
      'workspaces:DescribeWorkspaceDirectories': ({ NextToken }) =>
        NextToken === undefined
          ? { Directories: [{ DirectoryId: 'a' }], NextToken: '2' }
          : { Directories: [{ DirectoryId: 'b' }] },
      'workspaces:DescribeTags': { TagList: [{ Key: 'team', Value: 'desk' }] },
    });
    expect(list && (await session.value(list, placeOf(209), []))).toEqual(['a', 'b']);
    expect(tags && (await session.value(tags, placeOf(209, 'a'), []))).toEqual({ team: 'desk' });
    expect(arn({ partition: 'aws-cn', account: ACCOUNT, region: 'cn-northwest-1', id: 'a' })).toBe(
      `arn:aws-cn:workspaces:cn-northwest-1:${ACCOUNT}:directory/a`,
    );
  });
});

describe('198: an endpoint for the API', () => {
  const subnets = (OwnerId = ACCOUNT) => ({
    'ec2:DescribeSubnets': {
      Subnets: [
        { SubnetId: 'subnet-1', VpcId: 'vpc-1', AvailabilityZoneId: 'euw1-az1', OwnerId },
        { SubnetId: 'subnet-2', VpcId: 'vpc-1', AvailabilityZoneId: 'euw1-az2', OwnerId },
      ],
    },
  });
  const endpoint = (more: object = {}) => ({
    ...{ VpcEndpointType: 'Interface', ServiceName: 'com.amazonaws.eu-west-1.workspaces', State: 'available' },
    ...more,
  });
  const none = 'fail: vpc-1 has no endpoint for the API of WorkSpaces';
  it.each<[string, object[], string]>([
    ['there', [endpoint()], 'pass'],
    ['spelled with capitals', [endpoint({ State: 'Available', VpcEndpointType: 'interface' })], 'pass'],
    ['in China', [endpoint({ ServiceName: 'cn.com.amazonaws.eu-west-1.workspaces' })], 'pass'],
    ['none', [], none],
    ['for streaming', [endpoint({ ServiceName: 'com.amazonaws.eu-west-1.highlander' })], none],
    ['going', [endpoint({ State: 'deleting' })], none],
    [
      'waiting',
      [endpoint({ State: 'pendingAcceptance' })],
      'fail: the endpoint for the API of WorkSpaces in vpc-1 is pendingacceptance',
    ],
  ])('%s', async (_, VpcEndpoints, expected) => {
    const answers = { ...directory(), ...subnets(), 'ec2:DescribeVpcEndpoints': { VpcEndpoints } };
    expect(await judge(198, DIRECTORY, answers)).toBe(expected);
  });

  it('is not asked for in a VPC of another account, nor without one', async () => {
    const answers = { ...directory(), ...subnets('999988887777'), 'ec2:DescribeVpcEndpoints': {} };
    expect(await judge(198, DIRECTORY, answers)).toBe(
      'skip: the VPC vpc-1 belongs to 999988887777, where an endpoint would be',
    );
    expect(await judge(198, DIRECTORY, directory({ SubnetIds: [] }))).toBe('skip: the directory names no subnet');
  });
});

const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
const desktop = (more: object = {}): Answers => ({
  'workspaces:DescribeWorkspaces': {
    Workspaces: [
      {
        ...{ WorkspaceId: DESKTOP, UserName: 'jane', State: 'AVAILABLE', VolumeEncryptionKey: KEY },
        ...{ RootVolumeEncryptionEnabled: true, UserVolumeEncryptionEnabled: true, ...more },
      },
    ],
  },
});

describe.each<[number, string, string]>([
  [225, 'RootVolumeEncryptionEnabled', 'fail: the root volume of jane is not encrypted'],
  [226, 'UserVolumeEncryptionEnabled', 'fail: the user volume of jane is not encrypted'],
])('%i', (control, name, because) => {
  it.each<[string, object, string]>([
    ['encrypted, with any key', {}, 'pass'],
    ['not encrypted', { [name]: false }, because],
    ['not named', { [name]: undefined }, because],
    ['in error', { State: 'ERROR', [name]: undefined }, because],
    ['terminated', { State: 'TERMINATED', [name]: false }, 'skip: the WorkSpace is terminated'],
    ['being made, and said not to be', { State: 'PENDING', [name]: false }, because],
    [
      'being made',
      { State: 'PENDING', [name]: undefined },
      'skip: the WorkSpace is being made, and AWS does not say yet whether it is encrypted',
    ],
  ])('%s', async (_, more, expected) => {
    expect(await judge(control, DESKTOP, desktop(more))).toBe(expected);
  });
});

describe('197: a customer managed key', () => {
  const managed = (KeyManager: string) => ({ 'kms:DescribeKey': { KeyMetadata: { KeyManager } } });
  const matter = 'skip: not both volumes are encrypted, which is the matter of 225 and 226';
  it.each<[string, object, Answers, string]>([
    ['one of ours', {}, managed('CUSTOMER'), 'pass'],
    ['disabled is still ours', {}, managed('CUSTOMER'), 'pass'],
    ["AWS's", {}, managed('AWS'), `fail: its key ${KEY} is managed by AWS`],
    [
      "AWS's alias, without asking",
      { VolumeEncryptionKey: 'alias/aws/workspaces' },
      {},
      'fail: its key alias/aws/workspaces is managed by AWS',
    ],
    ['no key', { VolumeEncryptionKey: undefined }, {}, 'fail: no key of its own is named'],
    [
      'deleted',
      {},
      { 'kms:DescribeKey': awsError('NotFoundException') },
      `fail: its key ${KEY} does not exist (any more)`,
    ],
    ['half encrypted', { RootVolumeEncryptionEnabled: false }, managed('AWS'), matter],
    ['not encrypted', { UserVolumeEncryptionEnabled: undefined }, managed('AWS'), matter],
    ['terminating', { State: 'TERMINATING' }, managed('AWS'), 'skip: the WorkSpace is terminating'],
  ])('%s', async (_, more, answers, expected) => {
    expect(await judge(197, DESKTOP, { ...desktop(more), ...answers })).toBe(expected);
  });

  it.each([197, 225, 226])('%i: gone, denied', async (control) => {
    const read = 'workspaces:DescribeWorkspaces';
    expect(await judge(control, DESKTOP, { [read]: { Workspaces: [] } })).toBe(
      `skip: ${DESKTOP} does not exist (any more)`,
    );
    expect(await judge(control, DESKTOP, { [read]: awsError('AccessDeniedException') })).toBe(
      `unknown: ${read} was denied; allow ${read}`,
    );
  });

  it('lists every page of desktops', async () => {
    const { list } = controlOf(197).detector.resource;
    const session = sessionOn({
      'workspaces:DescribeWorkspaces': ({ NextToken }) =>
        NextToken === undefined
          ? { Workspaces: [{ WorkspaceId: 'a' }], NextToken: '2' }
          : { Workspaces: [{ WorkspaceId: 'b' }] },
    });
    expect(list && (await session.value(list, placeOf(197), []))).toEqual(['a', 'b']);
  });
});
