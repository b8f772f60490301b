import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, callsOf, judge, planFor, plansFor } from '../controls.ts';
import { expectInOrder, runbookOf } from '../runbook.ts';

const DIRECTORY = 'd-926722edaf';
const directory = (more: object = {}): Answers => ({
  'workspaces:DescribeWorkspaceDirectories': {
    Directories: [{ DirectoryId: DIRECTORY, State: 'REGISTERED', SubnetIds: ['subnet-1', 'subnet-2'], ...more }],
  },
});
const change = (operation: string, member: string, value: object) => [
  `workspaces:${operation}`,
  { ResourceId: DIRECTORY, [member]: value },
];

describe('self-service', () => {
  const before = {
    ...{ RestartWorkspace: 'DISABLED', IncreaseVolumeSize: 'DISABLED', ChangeComputeType: 'ENABLED' },
    ...{ SwitchRunningMode: 'ENABLED', RebuildWorkspace: 'ENABLED' },
  };
  const answers = directory({ SelfservicePermissions: before });
  const set = (value: object) => change('ModifySelfservicePermissions', 'SelfservicePermissions', value);

  it.each<[number, string, string, string]>([
    [188, 'IncreaseVolumeSize', 'ENABLED', 'approve'],
    [205, 'RestartWorkspace', 'ENABLED', 'approve'],
    [221, 'ChangeComputeType', 'DISABLED', 'auto'],
    [222, 'SwitchRunningMode', 'DISABLED', 'auto'],
    [223, 'RebuildWorkspace', 'DISABLED', 'auto'],
  ])('%i sends all five and changes one', async (control, name, value, mode) => {
    const plan = await planFor(control, DIRECTORY, answers);
    const after = { ...before, [name]: value };
    expect(plan.mode).toBe(mode);
    expect(callsOf(plan)).toEqual({ steps: [set(after)], undo: [set(before)] });
    expect(await judge(control, DIRECTORY, directory({ SelfservicePermissions: after }))).toBe('pass');
  });

  it('makes one call for what happens by itself', async () => {
    const [plan, ...more] = await plansFor([221, 222, 223], DIRECTORY, answers);
    expect(more).toEqual([]);
    expect(plan && callsOf(plan).steps).toEqual([
      set({ ...before, ChangeComputeType: 'DISABLED', SwitchRunningMode: 'DISABLED', RebuildWorkspace: 'DISABLED' }),
    ]);
  });
});

describe('defaults for new desktops', () => {
  const described = {
    ...{ EnableInternetAccess: true, UserEnabledAsLocalAdministrator: true, EnableMaintenanceMode: true },
    ...{ DefaultOu: 'OU=Desks,DC=corp', CustomSecurityGroupId: '' },
  };
  const { CustomSecurityGroupId: _, ...before } = described;
  const answers = directory({ WorkspaceCreationProperties: described });
  const set = (value: object) => change('ModifyWorkspaceCreationProperties', 'WorkspaceCreationProperties', value);

  it.each<[number, string, string]>([
    [209, 'EnableInternetAccess', 'approve'],
    [210, 'UserEnabledAsLocalAdministrator', 'auto'],
    [211, 'EnableMaintenanceMode', 'approve'],
  ])('%i keeps the others, and leaves empty names out', async (control, name, mode) => {
    const plan = await planFor(control, DIRECTORY, answers);
    const after = { ...before, [name]: false };
    expect(plan.mode).toBe(mode);
    expect(callsOf(plan)).toEqual({ steps: [set(after)], undo: [set(before)] });
    expect(await judge(control, DIRECTORY, directory({ WorkspaceCreationProperties: after }))).toBe('pass');
  });

  it('makes one call for several', async () => {
    const [plan, ...more] = await plansFor([209, 211], DIRECTORY, answers);
    expect(more).toEqual([]);
    expect(plan && callsOf(plan).steps).toEqual([
      set({ ...before, EnableInternetAccess: false, EnableMaintenanceMode: false }),
    ]);
  });
});

describe('devices', () => {
  const before = {
    ...{ DeviceTypeWindows: 'DENY', DeviceTypeOsx: 'DENY', DeviceTypeWeb: 'DENY', DeviceTypeIos: 'DENY' },
    ...{ DeviceTypeAndroid: 'DENY', DeviceTypeChromeOs: 'DENY', DeviceTypeZeroClient: 'DENY' },
    ...{ DeviceTypeLinux: 'ALLOW' },
    AccessEndpointConfig: { AccessEndpoints: [{ AccessEndpointType: 'STREAMING_WSP', VpcEndpointId: 'vpce-1' }] },
  };
  const answers = directory({ WorkspaceAccessProperties: before });
  const set = (value: object) => change('ModifyWorkspaceAccessProperties', 'WorkspaceAccessProperties', value);

  it.each([
    [212, 'DeviceTypeWindows'],
    [213, 'DeviceTypeOsx'],
    [214, 'DeviceTypeWeb'],
    [215, 'DeviceTypeIos'],
    [216, 'DeviceTypeAndroid'],
    [217, 'DeviceTypeChromeOs'],
    [218, 'DeviceTypeZeroClient'],
  ])('%i lets one kind in after a yes, and keeps private streaming', async (control, name) => {
    const plan = await planFor(control, DIRECTORY, answers);
    const after = { ...before, [name]: 'ALLOW' };
    expect(plan.mode).toBe('approve');
    expect(callsOf(plan)).toEqual({ steps: [set(after)], undo: [set(before)] });
    expect(await judge(control, DIRECTORY, directory({ WorkspaceAccessProperties: after }))).toBe('pass');
  });

  it('makes one call for several', async () => {
    const [plan, ...more] = await plansFor([212, 218], DIRECTORY, answers);
    expect(more).toEqual([]);
    expect(plan && callsOf(plan).steps).toEqual([
      set({ ...before, DeviceTypeWindows: 'ALLOW', DeviceTypeZeroClient: 'ALLOW' }),
    ]);
  });
});

describe('198', () => {
  const around = (more: Answers = {}): Answers => ({
    ...directory(),
    'ec2:DescribeSubnets': {
      Subnets: [
        { SubnetId: 'subnet-2', VpcId: 'vpc-1', AvailabilityZoneId: 'az2', OwnerId: ACCOUNT },
        { SubnetId: 'subnet-1', VpcId: 'vpc-1', AvailabilityZoneId: 'az1', OwnerId: ACCOUNT },
      ],
    },
    'ec2:DescribeVpcEndpoints': {},
    'ec2:DescribeSecurityGroups': {
      SecurityGroups: [
        { GroupId: 'sg-1', IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }] },
        { GroupId: 'sg-2', IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22 }] },
      ],
    },
    'ec2:DescribeVpcAttribute': ({ Attribute }) =>
      Attribute === 'enableDnsSupport'
        ? { EnableDnsSupport: { Value: true } }
        : { EnableDnsHostnames: { Value: true } },
    ...more,
  });
  const group = (endpointSecurityGroupId: string, more: Readonly<Record<string, string>> = {}) => ({
    parameters: { endpointSecurityGroupId, ...more },
  });

  it('makes the endpoint in the subnets of the directory, and takes it away again', async () => {
    const plan = await planFor(198, DIRECTORY, around(), group('sg-1'));
    expect(plan.mode).toBe('approve');
    expect(callsOf(plan).steps).toEqual([
      [
        'ec2:CreateVpcEndpoint',
        {
          ...{ VpcEndpointType: 'Interface', VpcId: 'vpc-1', ServiceName: 'com.amazonaws.eu-west-1.workspaces' },
          ...{ SubnetIds: ['subnet-1', 'subnet-2'], SecurityGroupIds: ['sg-1'], PrivateDnsEnabled: true },
        },
      ],
    ]);
    expect(callsOf(plan).undo).toEqual([
      ['ec2:DeleteVpcEndpoints', { VpcEndpointIds: ['ref:endpoint/VpcEndpoint.VpcEndpointId'] }],
    ]);
  });

  it('asks for the security group', async () => {
    expect((await planFor(198, DIRECTORY, around())).missing).toHaveLength(1);
  });

  const noNames = { 'ec2:DescribeVpcAttribute': { EnableDnsSupport: { Value: false } } };
  const waiting = {
    'ec2:DescribeVpcEndpoints': {
      VpcEndpoints: [
        {
          ...{ VpcEndpointType: 'Interface', State: 'pending' },
          ServiceName: 'com.amazonaws.eu-west-1.workspaces',
        },
      ],
    },
  };
  it.each<[string, string, Answers, string]>([
    ['a group of another VPC', 'sg-9', {}, 'no group of vpc-1'],
    ['a group that lets nobody in', 'sg-2', {}, 'lets nobody in on port 443'],
    ['a VPC without names', 'sg-1', noNames, 'DNS host names off'],
    ['an endpoint on its way', 'sg-1', waiting, 'is pending'],
  ])('leaves %s to a person', async (_, id, more, because) => {
    const plan = await planFor(198, DIRECTORY, around(more), group(id));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });

  it('needs no names where nobody wants private ones', async () => {
    const plan = await planFor(198, DIRECTORY, around(noNames), group('sg-1', { privateDns: 'no' }));
    expect(callsOf(plan).steps).toMatchObject([['ec2:CreateVpcEndpoint', { PrivateDnsEnabled: false }]]);
  });
});

describe('197, 225, 226', () => {
  const desktop = (more: object = {}): Answers => ({
    'workspaces:DescribeWorkspaces': {
      Workspaces: [
        {
          ...{ WorkspaceId: 'ws-1', DirectoryId: DIRECTORY, UserName: 'jane', BundleId: 'wsb-1', State: 'AVAILABLE' },
          ...{ ComputerName: 'DESK-7', IpAddress: '10.0.0.7' },
          WorkspaceProperties: {
            ...{ RunningMode: 'AUTO_STOP', RunningModeAutoStopTimeoutInMinutes: 120, RootVolumeSizeGib: 80 },
            ...{ UserVolumeSizeGib: 50, ComputeTypeName: 'STANDARD', OperatingSystemName: 'WINDOWS_11' },
          },
          ...more,
        },
      ],
    },
    'workspaces:DescribeTags': {
      TagList: [
        { Key: 'team', Value: 'desk' },
        { Key: 'aws:cloudformation:stack-name', Value: 'desks' },
      ],
    },
  });

  it.each([225, 226])(
    '%i saves first, terminates with a yes of the user, and makes it like before',
    async (control) => {
      const text = await runbookOf(control, 'ws-1', desktop());
      expectInOrder(
        text,
        ...['desktop of jane', 'DESK-7', 'describe-tags', 'wsb-1', 'kms:CreateGrant', 'another machine'],
        ...['agreed in writing', 'terminate-workspaces', 'create-workspaces', 'FailedRequests'],
      );
      expectInOrder(text, 'create-workspaces', 'wsb-1', 'RootVolumeEncryptionEnabled', 'AUTO_STOP', 'STANDARD', 'team');
      expect(text).not.toContain('aws:cloudformation');
      expect(text).not.toContain('OperatingSystemName');
    },
  );

  it('197 uses the key of the operator, and knows of standbys', async () => {
    const RelatedWorkspaces = [{ WorkspaceId: 'ws-2', Region: 'eu-central-1', Type: 'STANDBY' }];
    const encrypted = { RootVolumeEncryptionEnabled: true, UserVolumeEncryptionEnabled: true, RelatedWorkspaces };
    const text = await runbookOf(197, 'ws-1', desktop(encrypted), { parameters: { workspacesKeyArn: 'arn:mine' } });
    expectInOrder(
      text,
      'ws-2 (STANDBY, eu-central-1)',
      'describe-key --key-id arn:mine',
      'VolumeEncryptionKey',
      'arn:mine',
    );
  });
});

it('208 has nothing to switch', async () => {
  const plans = await plansFor([208], DIRECTORY, directory());
  expect(plans.flatMap(({ steps }) => steps)).toEqual([]);
});
