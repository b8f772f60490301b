import {
  access,
  creation,
  type DeviceType,
  directories,
  directory,
  type SelfService,
  selfService,
} from '../../detectors/workspaces/directories.ts';
import { call, document, edit, guide, remediations } from '../../src/control.ts';

// What AWS does with members that are left out is not documented: all are sent, always.
const selfServiceDocument = document(selfService, {
  write: call('workspaces', 'ModifySelfservicePermissions', ({ id }, SelfservicePermissions) => ({
    ResourceId: id,
    SelfservicePermissions,
  })),
});

const creationDocument = document(creation, {
  write: call('workspaces', 'ModifyWorkspaceCreationProperties', ({ id }, WorkspaceCreationProperties) => ({
    ResourceId: id,
    WorkspaceCreationProperties,
  })),
});

const accessDocument = document(access, {
  write: call('workspaces', 'ModifyWorkspaceAccessProperties', ({ id }, WorkspaceAccessProperties) => ({
    ResourceId: id,
    WorkspaceAccessProperties,
  })),
});

/** Gives users a right, which a person has to want. */
const enable = (name: SelfService, impact: string) =>
  edit(selfServiceDocument, { mode: 'approve', impact }, (current) => ({ ...current, [name]: 'ENABLED' }));

const disable = (name: SelfService, impact: string) =>
  edit(selfServiceDocument, { mode: 'auto', impact }, (current) => ({ ...current, [name]: 'DISABLED' }));

/** Lets a kind of device in that somebody keeps out. */
const letIn = (member: DeviceType, more = '') =>
  edit(
    accessDocument,
    {
      mode: 'approve',
      impact: `users get in with devices that are kept out today: make sure that nobody closed this on purpose. Trusted certificates and IP groups go on being asked for${more}`,
    },
    (current) => ({ ...current, [member]: 'ALLOW' }),
  );

export const directoryRemediations = remediations(directories, {
  188: enable(
    'IncreaseVolumeSize',
    'users may enlarge their volumes, which costs by the month and cannot be taken back: volumes never shrink',
  ),
  205: enable('RestartWorkspace', 'users may restart their WorkSpace, and lose what they have not saved'),
  208: guide(
    {
      impact: 'none: the service is gone, and there is nothing to switch',
      reads: { directory },
      note: 'There is no call any more that would do what the document asks for.',
    },
    ({ id, directory }) => [
      {
        text: `Amazon WorkDocs ended on 25 April 2025, so ${directory.DirectoryName ?? id} cannot give it to anybody. Do not delete the directory, as the old console offered: every WorkSpace in it would go with it.`,
      },
      {
        text: 'Look for what was left behind: shortcuts and sync clients on desktops, DNS names of the old site, roles and policies that name workdocs. Files that were not exported by then are gone.',
      },
    ],
  ),
  209: edit(
    creationDocument,
    {
      mode: 'approve',
      impact:
        'desktops that are launched or rebuilt from now on have no public address, and without NAT no way out: not to the internet, nor to AWS. Those that run keep theirs',
    },
    (current) => ({ ...current, EnableInternetAccess: false }),
  ),
  210: edit(
    creationDocument,
    {
      mode: 'auto',
      impact: 'users of desktops that are launched or rebuilt from now on cannot install software for the machine',
    },
    (current) => ({ ...current, UserEnabledAsLocalAdministrator: false }),
  ),
  211: edit(
    creationDocument,
    {
      mode: 'approve',
      impact:
        'desktops that stop by themselves are no longer started to be updated: without another way of patching they grow old. AWS advises against it',
    },
    (current) => ({ ...current, EnableMaintenanceMode: false }),
  ),
  212: letIn('DeviceTypeWindows'),
  213: letIn('DeviceTypeOsx'),
  214: letIn('DeviceTypeWeb', '. Browsers carry no certificate of the device'),
  215: letIn('DeviceTypeIos'),
  216: letIn('DeviceTypeAndroid'),
  217: letIn('DeviceTypeChromeOs'),
  218: letIn('DeviceTypeZeroClient'),
  221: disable('ChangeComputeType', 'users lose the switch for another compute type; administrators keep theirs'),
  222: disable('SwitchRunningMode', 'users lose the switch between always on and stopping; administrators keep theirs'),
  223: disable(
    'RebuildWorkspace',
    'users can no longer rebuild, which would lose them what is newer than the last snapshot',
  ),
});
