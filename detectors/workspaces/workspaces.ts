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
  type Verdict,
} from '../../src/control.ts';
import { encryptionKey, isCustomerManaged } from '../customer-key.ts';
import { tags } from './directories.ts';

export const workspace = read(
  'workspaces',
  'DescribeWorkspaces',
  ({ id }) => ({ WorkspaceIds: [id] }),
  (out) => only(out.Workspaces),
);

const key = encryptionKey(derive({ workspace }, ({ workspace }) => workspace.VolumeEncryptionKey));

const on = {
  'workspaces:CreateWorkspaces': ids('responseElements.pendingRequests[].workspaceId'),
  'workspaces:CreateStandbyWorkspaces': ids('responseElements.pendingStandbyRequests[].workspaceId'),
  'workspaces:MigrateWorkspace': ids('responseElements.targetWorkspaceId'),
  'workspaces:TerminateWorkspaces': ids('requestParameters.terminateWorkspaceRequests[].workspaceId'),
};

const isGone = (state: string | undefined): boolean => state === 'TERMINATING' || state === 'TERMINATED';

/** One of the two volumes of a desktop, encrypted. */
function volume(name: 'RootVolumeEncryptionEnabled' | 'UserVolumeEncryptionEnabled', which: 'root' | 'user') {
  return detector({
    title: `WorkSpace has its ${which} volume encrypted`,
    criticality: 'HIGH',
    on,
    reads: { workspace },
    check: ({ workspace }): Verdict => {
      if (isGone(workspace.State)) return skip(`the WorkSpace is ${workspace.State?.toLowerCase()}`);
      if (workspace[name] === true) return pass;
      if (workspace.State === 'PENDING' && workspace[name] === undefined)
        return skip('the WorkSpace is being made, and AWS does not say yet whether it is encrypted');
      return fail(`the ${which} volume of ${workspace.UserName ?? 'the user'} is not encrypted`);
    },
  });
}

export const workspaces = detectors(
  resource('AWS::WorkSpaces::Workspace', {
    service: 'workspaces',
    arn: ({ partition, region, account, id }) => `arn:${partition}:workspaces:${region}:${account}:workspace/${id}`,
    list: readPages(
      'workspaces',
      'DescribeWorkspaces',
      () => ({}),
      (out) => (out.Workspaces ?? []).flatMap(({ WorkspaceId }) => WorkspaceId ?? []),
      nextToken,
    ),
    gone: ['ResourceNotFound'],
    tags,
  }),
  {
    197: {
      title: 'WorkSpace is encrypted with a customer managed key',
      criticality: 'HIGH',
      on,
      reads: { workspace, key },
      check: ({ workspace, key }) => {
        if (isGone(workspace.State)) return skip(`the WorkSpace is ${workspace.State?.toLowerCase()}`);
        if (!workspace.RootVolumeEncryptionEnabled || !workspace.UserVolumeEncryptionEnabled)
          return skip('not both volumes are encrypted, which is the matter of 225 and 226');
        return isCustomerManaged(key, 'no key of its own is named');
      },
      note: 'The heading reads as if it were about all desktops; a note limits it to those with both volumes encrypted, which is followed.',
    },
    225: volume('RootVolumeEncryptionEnabled', 'root'),
    226: volume('UserVolumeEncryptionEnabled', 'user'),
  },
);
