import type { SelfservicePermissions, WorkspaceAccessProperties, WorkspaceDirectory } from '@aws-sdk/client-workspaces';
import {
  derive,
  detector,
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
  type Verdict,
} from '../../src/control.ts';

/** Tags of anything in WorkSpaces, which asks for them by id. */
export const tags = read(
  'workspaces',
  'DescribeTags',
  ({ id }) => ({ ResourceId: id }),
  (out) => tagsFrom(out.TagList),
);

export const directory = read(
  'workspaces',
  'DescribeWorkspaceDirectories',
  ({ id }) => ({ DirectoryIds: [id] }),
  (out) => only(out.Directories),
);

/** Ids of all directories that WorkSpaces knows. */
export const directoryIds = readPages(
  'workspaces',
  'DescribeWorkspaceDirectories',
  () => ({}),
  (out) => (out.Directories ?? []).flatMap(({ DirectoryId }) => DirectoryId ?? []),
  nextToken,
);

export type SelfService = keyof SelfservicePermissions;

/** What users may do by themselves. What AWS does not name is off. */
export const selfService = derive({ directory }, ({ directory: { SelfservicePermissions: given = {} } }) => ({
  RestartWorkspace: given.RestartWorkspace ?? 'DISABLED',
  IncreaseVolumeSize: given.IncreaseVolumeSize ?? 'DISABLED',
  ChangeComputeType: given.ChangeComputeType ?? 'DISABLED',
  SwitchRunningMode: given.SwitchRunningMode ?? 'DISABLED',
  RebuildWorkspace: given.RebuildWorkspace ?? 'DISABLED',
}));

/** The defaults for new desktops. AWS answers with empty names, and does not take them back. */
export const creation = derive({ directory }, ({ directory }) => {
  const { DefaultOu, CustomSecurityGroupId, InstanceIamRoleArn, ...switches } =
    directory.WorkspaceCreationProperties ?? {};
  return {
    ...switches,
    ...(DefaultOu ? { DefaultOu } : {}),
    ...(CustomSecurityGroupId ? { CustomSecurityGroupId } : {}),
    ...(InstanceIamRoleArn ? { InstanceIamRoleArn } : {}),
  };
});

/** Which devices are let in, and through which endpoints. */
export const access = derive({ directory }, ({ directory }) => directory.WorkspaceAccessProperties ?? {});

export type DeviceType = Exclude<keyof WorkspaceAccessProperties, 'AccessEndpointConfig'>;

const registration = {
  'workspaces:RegisterWorkspaceDirectory': ids('requestParameters.directoryId', 'responseElements.directoryId'),
  'workspaces:DeregisterWorkspaceDirectory': ids('requestParameters.directoryId'),
};
const changed = ids('requestParameters.resourceId');

/** Judges a directory that is in use, and says why another is not. */
export function ifRegistered({ State }: WorkspaceDirectory, judge: () => Verdict): Verdict {
  return State === 'REGISTERED' ? judge() : skip(`the directory is ${State?.toLowerCase() ?? 'in an unknown state'}`);
}

/** One thing that users may do by themselves, or not. */
function permission(name: SelfService, wanted: 'ENABLED' | 'DISABLED', what: string, title: string, note?: string) {
  return detector({
    title,
    criticality: name === 'RebuildWorkspace' ? 'MEDIUM' : 'LOW',
    on: { ...registration, 'workspaces:ModifySelfservicePermissions': changed },
    reads: { directory, selfService },
    check: ({ directory, selfService }) =>
      ifRegistered(directory, () => {
        if (directory.WorkspaceType === 'POOLS') return skip('users of a pool have no desktop of their own');
        if (selfService[name] === wanted) return pass;
        return fail(`users can${wanted === 'ENABLED' ? 'not' : ''} ${what} by themselves`);
      }),
    note,
  });
}

/** One of the defaults for new desktops that is off. */
function switchedOff(
  name: 'EnableInternetAccess' | 'UserEnabledAsLocalAdministrator' | 'EnableMaintenanceMode',
  because: string,
  title: string,
  note: string,
) {
  return detector({
    title,
    criticality: 'MEDIUM',
    on: { ...registration, 'workspaces:ModifyWorkspaceCreationProperties': changed },
    reads: { directory, creation },
    check: ({ directory, creation }) => ifRegistered(directory, () => (creation[name] === true ? fail(because) : pass)),
    note,
  });
}

const CONTRADICTION =
  'The heading wants this device kept out; evaluation, console steps and command let it in, and so does Redress. This opens a door: a person decides.';

/** One kind of device that is let in. */
function device(member: DeviceType, name: string, note = '') {
  return detector({
    title: `WorkSpaces directory lets in ${name}`,
    criticality: 'MEDIUM',
    on: { ...registration, 'workspaces:ModifyWorkspaceAccessProperties': changed },
    reads: { directory, access },
    check: ({ directory, access }) =>
      ifRegistered(directory, () => {
        const value = access[member];
        if (value === 'ALLOW') return pass;
        return value === undefined ? skip(`AWS does not say whether ${name} are let in`) : fail(`${name} are kept out`);
      }),
    note: note ? `${CONTRADICTION} ${note}` : CONTRADICTION,
  });
}

/** A directory that is registered with WorkSpaces. */
export const directoryResource = resource('AWS::WorkSpaces::Directory', {
  service: 'workspaces',
  arn: ({ partition, region, account, id }) => `arn:${partition}:workspaces:${region}:${account}:directory/${id}`,
  list: directoryIds,
  gone: ['ResourceNotFound', 'InvalidParameterValues'],
  tags,
});

export const directories = detectors(directoryResource, {
  188: permission(
    'IncreaseVolumeSize',
    'ENABLED',
    'enlarge their volumes',
    'Users enlarge the volumes of their WorkSpace by themselves',
    'The heading wants this off; rationale, evaluation, console steps and command want it on. Volumes never shrink again and cost by size, so a person decides.',
  ),
  205: permission(
    'RestartWorkspace',
    'ENABLED',
    'restart their WorkSpace',
    'Users restart their WorkSpace by themselves',
    'The rationale warns of unsaved work, which speaks against it; heading, evaluation and command want it on. It gives users a right, so a person decides.',
  ),
  208: {
    title: 'WorkSpaces directory gives users no WorkDocs',
    criticality: 'MEDIUM',
    on: { ...registration, 'workspaces:ModifyWorkspaceCreationProperties': changed },
    reads: { directory },
    check: () => skip('Amazon WorkDocs ended on 25 April 2025, and directories have no such setting any more'),
    note: 'AWS has retired WorkDocs and taken the setting out of the API: no directory can fail. The console steps of the document would have deleted the documents of all users, and offered to delete the directory.',
  },
  209: switchedOff(
    'EnableInternetAccess',
    'new desktops get a public address',
    'WorkSpaces directory gives desktops no public address',
    'The rationale speaks for internet access; heading, evaluation and remedy want it off. Only desktops that are launched or rebuilt later follow it.',
  ),
  210: switchedOff(
    'UserEnabledAsLocalAdministrator',
    'users administer their new desktops',
    'WorkSpaces directory makes no user a local administrator',
    'The text is about the administrator of the directory, which is something else. Only desktops that are launched or rebuilt later follow it.',
  ),
  211: switchedOff(
    'EnableMaintenanceMode',
    'maintenance mode is on',
    'WorkSpaces directory has maintenance mode off',
    'AWS advises to leave maintenance mode on: it is how desktops that stop by themselves get their updates, and the directory is not away meanwhile, as the document says. Heading, evaluation and remedy want it off, so a person decides.',
  ),
  212: device('DeviceTypeWindows', 'Windows clients'),
  213: device('DeviceTypeOsx', 'macOS clients'),
  214: device('DeviceTypeWeb', 'web browsers', 'AWS keeps browsers out by default, so every new directory fails.'),
  215: device('DeviceTypeIos', 'iOS clients'),
  216: device('DeviceTypeAndroid', 'Android clients', 'Chromebooks that run Android apps count as Android.'),
  217: device('DeviceTypeChromeOs', 'ChromeOS clients'),
  218: device('DeviceTypeZeroClient', 'zero clients', 'They speak PCoIP only: with DCV desktops this changes nothing.'),
  221: permission(
    'ChangeComputeType',
    'DISABLED',
    'change the compute type of their WorkSpace',
    'Users cannot change the compute type of their WorkSpace',
  ),
  222: permission(
    'SwitchRunningMode',
    'DISABLED',
    'switch the running mode of their WorkSpace',
    'Users cannot switch the running mode of their WorkSpace',
  ),
  223: permission(
    'RebuildWorkspace',
    'DISABLED',
    'rebuild their WorkSpace',
    'Users cannot rebuild their WorkSpace',
    "The document's command switches off the running mode instead (that of 222), so the finding would never close.",
  ),
});
