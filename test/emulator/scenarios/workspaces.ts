import { CreateDirectoryCommand, type CreateDirectoryCommandInput } from '@aws-sdk/client-directory-service';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeVpcEndpointsCommand,
  ModifyVpcAttributeCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateWorkspacesCommand,
  DescribeWorkspaceDirectoriesCommand,
  DescribeWorkspacesCommand,
  ModifySelfservicePermissionsCommand,
  ModifyWorkspaceAccessPropertiesCommand,
  ModifyWorkspaceCreationPropertiesCommand,
  RegisterWorkspaceDirectoryCommand,
  type SelfservicePermissions,
  type WorkspaceRequest,
} from '@aws-sdk/client-workspaces';
import type { Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

/** A directory with two subnets, registered with WorkSpaces. */
async function register(aws: Aws) {
  const { Vpc } = await aws.ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const VpcId = Vpc?.VpcId ?? '';
  for (const name of ['EnableDnsSupport', 'EnableDnsHostnames'] as const)
    await aws.ec2.send(new ModifyVpcAttributeCommand({ VpcId, [name]: { Value: true } }));
  const SubnetIds: string[] = [];
  for (const [CidrBlock, AvailabilityZone] of [
    ['10.0.0.0/24', 'us-east-1a'],
    ['10.0.1.0/24', 'us-east-1b'],
  ]) {
    const { Subnet } = await aws.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
    SubnetIds.push(Subnet?.SubnetId ?? '');
  }
  const settings: CreateDirectoryCommandInput = {
    ...{ Name: 'desks.example.com', Password: 'Passw0rd-Passw0rd', Size: 'Small' as const },
    VpcSettings: { VpcId, SubnetIds },
  };
  const { DirectoryId = '' } = await aws.ds.send(new CreateDirectoryCommand(settings));
  const registration = { DirectoryId, EnableSelfService: true };
  await aws.workspaces.send(new RegisterWorkspaceDirectoryCommand(registration));
  return {
    id: DirectoryId,
    VpcId,
    registered: event(
      'workspaces:RegisterWorkspaceDirectory',
      { directoryId: DirectoryId, enableSelfService: true },
      { by: terraform },
    ),
  };
}

async function directoryState({ workspaces }: Aws, id: string) {
  const { Directories: [one] = [] } = await workspaces.send(
    new DescribeWorkspaceDirectoriesCommand({ DirectoryIds: [id] }),
  );
  return {
    selfService: { ...one?.SelfservicePermissions },
    creation: { ...one?.WorkspaceCreationProperties },
    access: one?.WorkspaceAccessProperties,
  };
}

const selfService = (
  control: number,
  before: SelfservicePermissions,
  after: SelfservicePermissions,
  others: { leaves?: readonly number[]; off?: readonly number[] },
) =>
  scenario({
    control,
    ...others,
    arrange: async (aws) => {
      const { id } = await register(aws);
      const command = { ResourceId: id, SelfservicePermissions: before };
      await aws.workspaces.send(new ModifySelfservicePermissionsCommand(command));
      return { id, event: event('workspaces:ModifySelfservicePermissions', { resourceId: id }) };
    },
    state: directoryState,
    expected: (state) => ({ ...state, selfService: { ...state.selfService, ...after } }),
  });

const wanted: SelfservicePermissions = {
  ...{ RestartWorkspace: 'ENABLED', IncreaseVolumeSize: 'ENABLED', ChangeComputeType: 'DISABLED' },
  ...{ SwitchRunningMode: 'DISABLED', RebuildWorkspace: 'DISABLED' },
};

const creation = (control: number, name: string) =>
  scenario({
    control,
    arrange: async (aws) => {
      const { id } = await register(aws);
      const WorkspaceCreationProperties = {
        ...{ EnableInternetAccess: false, UserEnabledAsLocalAdministrator: false, EnableMaintenanceMode: false },
        ...{ DefaultOu: 'OU=Desks,DC=example,DC=com', CustomSecurityGroupId: 'sg-0123456789abcdef0', [name]: true },
      };
      const command = { ResourceId: id, WorkspaceCreationProperties };
      await aws.workspaces.send(new ModifyWorkspaceCreationPropertiesCommand(command));
      return { id, event: event('workspaces:ModifyWorkspaceCreationProperties', { resourceId: id }) };
    },
    state: directoryState,
    expected: (state) => ({ ...state, creation: { ...state.creation, [name]: false } }),
  });

const access = (control: number) =>
  scenario({
    control,
    lacks: {
      operation: 'workspaces:ModifyWorkspaceAccessProperties',
      ask: ({ workspaces }) =>
        workspaces.send(
          new ModifyWorkspaceAccessPropertiesCommand({ ResourceId: 'd-926722edaf', WorkspaceAccessProperties: {} }),
        ),
    },
    arrange: async (aws) => {
      const { id, registered } = await register(aws);
      return { id, event: registered };
    },
    state: directoryState,
    expected: (before) => before,
  });

/** A desktop whose volumes are encrypted as asked for. */
const desktop = (control: number, encryption: Partial<WorkspaceRequest>) =>
  scenario({
    control,
    kind: 'guide',
    arrange: async (aws) => {
      const { id: DirectoryId } = await register(aws);
      const request = { DirectoryId, UserName: 'jane', BundleId: 'wsb-bh8rsxt14', ...encryption };
      const { PendingRequests: [made] = [] } = await aws.workspaces.send(
        new CreateWorkspacesCommand({ Workspaces: [request] }),
      );
      const id = made?.WorkspaceId ?? '';
      const responseElements = { failedRequests: [], pendingRequests: [{ workspaceId: id }] };
      return { id, event: event('workspaces:CreateWorkspaces', { workspaces: [] }, { responseElements }) };
    },
    state: async ({ workspaces }, id) => {
      const { Workspaces } = await workspaces.send(new DescribeWorkspacesCommand({ WorkspaceIds: [id] }));
      return Workspaces ?? [];
    },
    expected: (before) => before,
  });

export const workspaces = [
  scenario({
    ...{ control: 208, kind: 'skip' as const },
    arrange: async (aws) => {
      const { id, registered } = await register(aws);
      return { id, event: registered };
    },
    state: directoryState,
    expected: (before) => before,
  }),
  selfService(188, { ...wanted, IncreaseVolumeSize: 'DISABLED' }, { IncreaseVolumeSize: 'ENABLED' }, {}),
  selfService(205, { ...wanted, RestartWorkspace: 'DISABLED' }, { RestartWorkspace: 'ENABLED' }, {}),
  selfService(221, { ...wanted, ChangeComputeType: 'ENABLED' }, { ChangeComputeType: 'DISABLED' }, {}),
  selfService(222, { ...wanted, SwitchRunningMode: 'ENABLED' }, { SwitchRunningMode: 'DISABLED' }, {}),
  selfService(223, { ...wanted, RebuildWorkspace: 'ENABLED' }, { RebuildWorkspace: 'DISABLED' }, {}),
  creation(209, 'EnableInternetAccess'),
  creation(210, 'UserEnabledAsLocalAdministrator'),
  creation(211, 'EnableMaintenanceMode'),
  ...[212, 213, 214, 215, 216, 217, 218].map(access),
  desktop(197, {
    ...{ RootVolumeEncryptionEnabled: true, UserVolumeEncryptionEnabled: true },
    VolumeEncryptionKey: 'alias/aws/workspaces',
  }),
  desktop(225, { UserVolumeEncryptionEnabled: true, VolumeEncryptionKey: 'alias/aws/workspaces' }),
  desktop(226, { RootVolumeEncryptionEnabled: true, VolumeEncryptionKey: 'alias/aws/workspaces' }),
  scenario({
    control: 198,
    arrange: async (aws) => {
      const { id, VpcId, registered } = await register(aws);
      const group = { VpcId, GroupName: 'endpoints', Description: 'Those who call AWS' };
      const { GroupId = '' } = await aws.ec2.send(new CreateSecurityGroupCommand(group));
      const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/16' }] }];
      await aws.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
      return { id, event: registered, parameters: { endpointSecurityGroupId: GroupId } };
    },
    state: async (aws, id) => {
      const { VpcEndpoints = [] } = await aws.ec2.send(new DescribeVpcEndpointsCommand({}));
      const directory = await directoryState(aws, id);
      return {
        ...directory,
        endpoints: VpcEndpoints.filter(({ State }) => State?.toLowerCase() === 'available').map(
          ({ ServiceName, SubnetIds = [], PrivateDnsEnabled }) => ({
            name: ServiceName,
            subnets: SubnetIds.length,
            privateDns: PrivateDnsEnabled,
          }),
        ),
      };
    },
    expected: (before) => ({
      ...before,
      endpoints: [{ name: 'com.amazonaws.us-east-1.workspaces', subnets: 2, privateDns: true }],
    }),
  }),
];
