import type { Workspace } from '@aws-sdk/client-workspaces';
import { tags } from '../../detectors/workspaces/directories.ts';
import { workspace, workspaces } from '../../detectors/workspaces/workspaces.ts';
import { concrete, type GuideLine, guide, optional, remediations } from '../../src/control.ts';

/** The desktop again, with both volumes encrypted. */
function encryptedTwin(workspace: Workspace, key: string, tagged: Readonly<Record<string, string>>) {
  const { RunningMode, RunningModeAutoStopTimeoutInMinutes, RootVolumeSizeGib, UserVolumeSizeGib, ComputeTypeName } =
    workspace.WorkspaceProperties ?? {};
  const own = Object.entries(tagged).filter(([name]) => !name.startsWith('aws:'));
  const { Protocols } = workspace.WorkspaceProperties ?? {};
  return concrete('workspaces', 'CreateWorkspaces', {
    Workspaces: [
      {
        DirectoryId: workspace.DirectoryId,
        UserName: workspace.UserName,
        BundleId: workspace.BundleId,
        VolumeEncryptionKey: key,
        RootVolumeEncryptionEnabled: true,
        UserVolumeEncryptionEnabled: true,
        WorkspaceProperties: {
          RunningMode,
          ...(RunningMode === 'AUTO_STOP' && RunningModeAutoStopTimeoutInMinutes
            ? { RunningModeAutoStopTimeoutInMinutes }
            : {}),
          ...(RootVolumeSizeGib ? { RootVolumeSizeGib } : {}),
          ...(UserVolumeSizeGib ? { UserVolumeSizeGib } : {}),
          ...(ComputeTypeName ? { ComputeTypeName } : {}),
          ...(Protocols?.length ? { Protocols } : {}),
        },
        ...(own.length > 0 ? { Tags: own.map(([Key, Value]) => ({ Key, Value })) } : {}),
      },
    ],
  });
}

function standbyLines({ RelatedWorkspaces = [] }: Workspace): GuideLine[] {
  if (RelatedWorkspaces.length === 0) return [];
  const others = RelatedWorkspaces.map(({ WorkspaceId, Region, Type }) => `${WorkspaceId} (${Type}, ${Region})`);
  return [
    {
      text: `It belongs together with ${others.join(', ')} for disasters: replace both, the primary first, and make the standby anew from it with a key of its own region.`,
    },
  ];
}

const replaced = guide(
  {
    impact:
      'the user has no desktop for about half an hour, gets a new computer name and address, and loses whatever was not saved elsewhere: terminating destroys both volumes',
    reads: { workspace, tags },
    parameters: {
      workspacesKeyArn: optional('Symmetric KMS key of yours for the new volumes.', '<kms-key-arn>'),
    },
    note: 'Encryption is chosen when a WorkSpace is launched. Rebuilding, restoring and migrating do not switch it on, and a directory has room for one WorkSpace per user: the old one has to go before the new one comes.',
  },
  ({ id, region, workspace, tags, parameters }) => {
    const { UserName: user, ComputerName, IpAddress, BundleId, DirectoryId } = workspace;
    return [
      {
        text: `${id} is the desktop of ${user} in ${DirectoryId} (computer ${ComputerName ?? 'without a name yet'}, address ${IpAddress ?? 'unknown'}, ${workspace.State?.toLowerCase() ?? 'state unknown'}). Agree on a window with ${user}. One new WorkSpace closes 197, 225 and 226 together.`,
      },
      ...standbyLines(workspace),
      {
        text: `Save what is there: aws workspaces describe-workspaces --workspace-ids ${id} --region ${region}, and aws workspaces describe-tags --resource-id ${id} --region ${region}. Note group policies, firewall rules and licences that name the computer or the address.`,
      },
      {
        text: `Check that the bundle still exists, since AWS and you may have withdrawn it: aws workspaces describe-workspace-bundles --bundle-ids ${BundleId} --region ${region}. Software that ${user} installed is not in it. An image must be made from a WorkSpace whose root volume is not encrypted: do it now if you need one.`,
      },
      {
        text: `Check the key: it must be symmetric, enabled, in ${region}, and one of yours; whoever launches needs kms:CreateGrant, DescribeKey, GenerateDataKey, Encrypt and Decrypt on it. Disabled or deleted later, it takes the desktop with it: aws kms describe-key --key-id ${parameters.workspacesKeyArn} --region ${region}`,
      },
      {
        text: `Let ${user} copy everything that matters (the D: drive or the home directory, browser profiles, keys, certificates) to a file share or a bucket. Open some of it from another machine. The snapshots that AWS takes by itself cannot be used for this.`,
      },
      {
        text: `Try with a test user first: the same call with another user name. Then, when ${user} has agreed in writing that nothing is missing, terminate. This cannot be undone, and there is no way to get a file back.`,
        call: concrete('workspaces', 'TerminateWorkspaces', { TerminateWorkspaceRequests: [{ WorkspaceId: id }] }),
      },
      {
        text: 'Wait until it is no longer listed. If you cannot do without the old one until the new one is proven, launch the new one in a second directory for the same domain instead, and terminate last.',
      },
      {
        text: 'Launch it again with both volumes encrypted. An encrypted desktop takes longer to come up.',
        call: encryptedTwin(workspace, parameters.workspacesKeyArn, tags),
      },
      {
        text: `The answer must have no FailedRequests. When the WorkSpace is AVAILABLE, let ${user} log in with the same registration code, copy the files back, and confirm. Give the new computer what the old one had in group policies and rules.`,
      },
      {
        text: `So that the next one is right, choose encryption in what launches desktops (CloudFormation, Terraform, your portal): both volumes, and the key.`,
      },
    ];
  },
);

export const workspaceRemediations = remediations(workspaces, { 197: replaced, 225: replaced, 226: replaced });
