import {
  CLIENT_ACTIONS,
  fileSystem,
  fileSystemPolicy,
  fileSystems,
  publicStatements,
  VIA_MOUNT_TARGET,
} from '../detectors/efs.ts';
import {
  addStatement,
  byHand,
  call,
  concrete,
  document,
  edit,
  type GuideLine,
  guide,
  optional,
  type PolicyDocument,
  readEach,
  readPages,
  remediations,
  replaceStatements,
  type Statement,
  statementsOf,
  withoutEveryone,
} from '../src/control.ts';

// The check that nobody locks himself out stays on.
const policyDocument = document(fileSystemPolicy, {
  write: call('efs', 'PutFileSystemPolicy', ({ id }, policy) => ({ FileSystemId: id, Policy: JSON.stringify(policy) })),
  remove: call('efs', 'DeleteFileSystemPolicy', ({ id }) => ({ FileSystemId: id })),
});

const LONGEST_POLICY = 20_000;

/** What EFS does without a policy, put into words: whoever comes through a mount target may do everything. */
const asWithoutPolicy = (arn: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'AllowClientsOfMountTargets',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: CLIENT_ACTIONS,
      Resource: arn,
      Condition: { Bool: { [VIA_MOUNT_TARGET]: 'true' } },
    },
  ],
});

const fits = (policy: PolicyDocument) =>
  JSON.stringify(policy).length <= LONGEST_POLICY
    ? policy
    : byHand(`the policy would be longer than the ${LONGEST_POLICY} characters that EFS takes: shorten it first`);

const mentionsMountTarget = ({ Condition = {} }: Statement): boolean =>
  Object.values(Condition).some((keys) =>
    Object.keys(keys).some((key) => key.toLowerCase() === VIA_MOUNT_TARGET.toLowerCase()),
  );

/** The statement for everyone only by way of a mount target; principals that it names besides are left as they were. */
function viaMountTarget(statement: Statement): readonly Statement[] {
  const Condition = {
    ...statement.Condition,
    Bool: { ...statement.Condition?.Bool, [VIA_MOUNT_TARGET]: 'true' },
  };
  const named = statement.NotPrincipal === undefined ? withoutEveryone(statement) : [];
  const everyone = named.length === 0 ? statement : { ...statement, Principal: { AWS: '*' } };
  return [...named, { ...everyone, Condition }];
}

const mountTargets = readPages(
  'efs',
  'DescribeMountTargets',
  ({ id }) => ({ FileSystemId: id }),
  (out) => out.MountTargets ?? [],
  ({ NextMarker }) => (NextMarker ? { Marker: NextMarker } : undefined),
);

const securityGroups = readEach(
  'efs',
  'DescribeMountTargetSecurityGroups',
  ({ mountTargets }) => mountTargets.flatMap(({ MountTargetId }) => (MountTargetId ? [{ MountTargetId }] : [])),
  (out) => out.SecurityGroups ?? [],
  { needs: { mountTargets }, absent: ['MountTargetNotFound'] },
);

const accessPoints = readPages(
  'efs',
  'DescribeAccessPoints',
  ({ id }) => ({ FileSystemId: id }),
  (out) => out.AccessPoints ?? [],
  ({ NextToken }) => (NextToken ? { NextToken } : undefined),
);

/** Encryption is for ever: a copy made by replication takes the place of the file system. */
const encryptedTwin = (description: string) =>
  guide(
    {
      impact: 'clients stop writing and mount another file system; once the old one is deleted there is no way back',
      reads: { fileSystem, fileSystemPolicy, mountTargets, securityGroups, accessPoints },
      parameters: { fileSystemKeyArn: optional(description, '') },
      note: 'Neither encryption nor its key can be changed. Replication copies the data while clients go on working.',
    },
    ({
      id,
      region,
      fileSystem,
      fileSystemPolicy,
      mountTargets,
      securityGroups,
      accessPoints,
      parameters,
    }): GuideLine[] => {
      const twin = '<new-file-system-id>';
      const zone = fileSystem.AvailabilityZoneName;
      const gib = Math.ceil((fileSystem.SizeInBytes?.Value ?? 0) / 1024 ** 3);
      return [
        {
          text: `${fileSystem.Name ?? id} holds about ${gib} GiB, with ${mountTargets.length} mount targets and ${accessPoints.length} access points. Find everything that names ${id}: fstab, ECS task definitions, Lambda functions, Kubernetes volumes, DataSync, Transfer Family, backup plans.`,
        },
        {
          text: `Save what else is set: aws efs describe-lifecycle-configuration, describe-backup-policy and describe-replication-configurations, each with --file-system-id ${id}. A file system that is replicated already cannot be replicated twice: copy by DataSync then.`,
        },
        {
          text: `Let EFS make an encrypted copy in ${region}, and keep it up to date.`,
          call: concrete('efs', 'CreateReplicationConfiguration', {
            SourceFileSystemId: id,
            Destinations: [
              {
                Region: region,
                ...(zone ? { AvailabilityZoneName: zone } : {}),
                ...(parameters.fileSystemKeyArn ? { KmsKeyId: parameters.fileSystemKeyArn } : {}),
              },
            ],
          }),
        },
        {
          text: `Wait for the first copy to be whole: LastReplicatedTimestamp in aws efs describe-replication-configurations --file-system-id ${id}`,
        },
        ...mountTargets.map(({ SubnetId }, place) => ({
          text: `Make a mount target in ${SubnetId}, with the same security groups.`,
          call: concrete('efs', 'CreateMountTarget', {
            FileSystemId: twin,
            SubnetId,
            ...(securityGroups[place]?.length ? { SecurityGroups: [...securityGroups[place]] } : {}),
          }),
        })),
        ...accessPoints.map(({ Name, PosixUser, RootDirectory, Tags }) => ({
          text: `Make the access point ${Name ?? RootDirectory?.Path ?? ''} again. It gets another id.`,
          call: concrete('efs', 'CreateAccessPoint', {
            ClientToken: '<any-new-text>',
            FileSystemId: twin,
            ...(PosixUser ? { PosixUser } : {}),
            ...(RootDirectory ? { RootDirectory } : {}),
            ...(Tags?.length ? { Tags } : {}),
          }),
        })),
        ...(fileSystemPolicy === undefined
          ? []
          : [
              {
                text: 'Give it the same policy; the resource in it is another now.',
                call: concrete('efs', 'PutFileSystemPolicy', {
                  FileSystemId: twin,
                  Policy: JSON.stringify(fileSystemPolicy).replaceAll(id, twin),
                }),
              },
            ]),
        { text: 'In the agreed window stop all clients, and wait until LastReplicatedTimestamp is later than that.' },
        {
          text: 'End the replication: the copy can be written to from then on.',
          call: concrete('efs', 'DeleteReplicationConfiguration', { SourceFileSystemId: id }),
        },
        {
          text: `Set lifecycle, backup and throughput (${fileSystem.ThroughputMode ?? 'as before'}) as they were, mount the copy, start the clients, and compare: number of files, sizes, owners.`,
        },
        { text: `To go back, mount ${id} again: it is untouched. What was written since then stays on the copy.` },
        {
          text: 'When everybody works on the copy and a backup of it exists, take the old one away: its access points and mount targets first. This cannot be taken back.',
          call: concrete('efs', 'DeleteFileSystem', { FileSystemId: id }),
        },
      ];
    },
  );

export const fileSystemRemediations = remediations(fileSystems, {
  144: encryptedTwin("KMS key for the copy; empty means AWS's own key for EFS (which fails control 145)."),
  145: encryptedTwin('Customer managed KMS key for the copy, in its region; empty leaves it out of the runbook.'),
  252: edit(
    policyDocument,
    {
      mode: 'approve',
      impact:
        'clients that mount without TLS (plain NFS, old fstab lines, some ECS tasks and Kubernetes volumes) are refused within minutes; those of the mount helper with -o tls go on',
    },
    (current, { arn }) =>
      fits(
        addStatement(current ?? asWithoutPolicy(arn), {
          Sid: 'DenyClientsWithoutTLS',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: '*',
          Resource: arn,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      ),
  ),
  439: edit(
    policyDocument,
    {
      mode: 'approve',
      impact:
        'none: the policy says what held without one, that clients of mount targets may mount, write and act as root. It is the place to allow less from now on',
      note: 'Who needs what, nobody but the owner knows: a stricter policy is written by hand, and passes as well.',
    },
    (current, { arn }) => current ?? asWithoutPolicy(arn),
  ),
  453: edit(
    policyDocument,
    {
      mode: 'approve',
      impact:
        'clients of mount targets go on; whoever comes another way and is not named in the policy is refused. Transfer Family servers of other accounts that the policy names are let in again, which EFS blocks while it is public',
    },
    (current, { arn }) => {
      if (current === undefined) return current;
      const open = publicStatements(current, arn);
      if (statementsOf(current).some((one, place) => open.has(place) && mentionsMountTarget(one)))
        return byHand(`a public statement has a condition on ${VIA_MOUNT_TARGET} of its own: change it by hand`);
      const places = new Map(statementsOf(current).map((one, place) => [one, place]));
      return fits(replaceStatements(current, (one) => (open.has(places.get(one) ?? -1) ? viaMountTarget(one) : [one])));
    },
  ),
});
