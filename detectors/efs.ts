import {
  allowsAction,
  deniesPlaintext,
  derive,
  detectors,
  fail,
  idsAs,
  listOf,
  only,
  openStatements,
  type PolicyDocument,
  parsePolicy,
  pass,
  read,
  readPages,
  resource,
  type Statement,
  skip,
  statementsOf,
  tagsFrom,
  withStatements,
} from '../src/control.ts';
import { encryptionKey, isCustomerManaged } from './customer-key.ts';

export const fileSystem = read(
  'efs',
  'DescribeFileSystems',
  ({ id }) => ({ FileSystemId: id }),
  (out) => only(out.FileSystems),
);

/** A file system without a policy lets in whoever reaches a mount target. */
export const fileSystemPolicy = read(
  'efs',
  'DescribeFileSystemPolicy',
  ({ id }) => ({ FileSystemId: id }),
  (out) => parsePolicy(out.Policy),
  { absent: ['PolicyNotFound'] },
);

/** What clients do with a file system; everything else manages it. */
export const CLIENT_ACTIONS = ['ClientMount', 'ClientWrite', 'ClientRootAccess'].map(
  (action) => `elasticfilesystem:${action}`,
);

export const VIA_MOUNT_TARGET = 'elasticfilesystem:AccessedViaMountTarget';

/** Whether all values of a key under an operator of a condition are one. IAM compares keys and operators without case. */
function isAlways({ Condition = {} }: Statement, operator: string, key: string, value: string): boolean {
  return Object.entries(Condition)
    .filter(([name]) => name.toLowerCase() === operator.toLowerCase())
    .flatMap(([, keys]) => Object.entries(keys))
    .some(([name, values]) => {
      const all = listOf(values).map((one) => String(one).toLowerCase());
      return name.toLowerCase() === key.toLowerCase() && all.length > 0 && all.every((one) => one === value);
    });
}

/** Statements may leave out the resource: it is the file system. */
const withResources = (policy: PolicyDocument | undefined, arn: string): PolicyDocument =>
  withStatements(policy, (all) =>
    all.map((one) => (one.Resource === undefined && one.NotResource === undefined ? { ...one, Resource: arn } : one)),
  );

/** Statements that let in everyone without even a mount target between, by their place in the policy. */
export function publicStatements(policy: PolicyDocument | undefined, arn: string): ReadonlySet<number> {
  const all = withResources(policy, arn);
  const open = new Set(openStatements(all).filter((one) => !isAlways(one, 'Bool', VIA_MOUNT_TARGET, 'true')));
  return new Set(statementsOf(all).flatMap((one, place) => (open.has(one) ? [place] : [])));
}

/** Whether clients are refused without TLS: by a Deny, or because nothing is allowed without it. */
function needsTls(policy: PolicyDocument, arn: string): boolean {
  const all = withResources(policy, arn);
  if (CLIENT_ACTIONS.every((action) => deniesPlaintext(all, { action, resource: arn }))) return true;
  const allows = statementsOf(all).filter(
    (one) => one.Effect === 'Allow' && CLIENT_ACTIONS.some((action) => allowsAction(one, action)),
  );
  return allows.length > 0 && allows.every((one) => isAlways(one, 'Bool', 'aws:SecureTransport', 'true'));
}

const keyId = derive({ fileSystem }, ({ fileSystem }) => (fileSystem.Encrypted ? fileSystem.KmsKeyId : undefined));
const key = encryptionKey(keyId);

const notApplicable = ({ LifeCycleState }: { LifeCycleState?: string }) =>
  LifeCycleState === 'deleting' || LifeCycleState === 'deleted'
    ? skip(`the file system is ${LifeCycleState}`)
    : undefined;

/** Requests may name a file system by its ARN. */
const bare = (id: string): string => id.split('/').at(-1) ?? id;
const created = idsAs(bare, 'responseElements.fileSystemId');
const named = idsAs(bare, 'requestParameters.fileSystemId');

const encryptionChanges = {
  'elasticfilesystem:CreateFileSystem': created,
  'elasticfilesystem:DeleteFileSystem': named,
};
const policyChanges = {
  ...encryptionChanges,
  'elasticfilesystem:PutFileSystemPolicy': named,
  'elasticfilesystem:DeleteFileSystemPolicy': named,
};

export const fileSystems = detectors(
  resource('AWS::EFS::FileSystem', {
    service: 'efs',
    arn: ({ partition, region, account, id }) =>
      `arn:${partition}:elasticfilesystem:${region}:${account}:file-system/${id}`,
    list: readPages(
      'efs',
      'DescribeFileSystems',
      () => ({}),
      (out) => (out.FileSystems ?? []).flatMap(({ FileSystemId }) => FileSystemId ?? []),
      ({ NextMarker }) => (NextMarker ? { Marker: NextMarker } : undefined),
    ),
    gone: ['FileSystemNotFound'],
    tags: derive({ fileSystem }, ({ fileSystem }) => tagsFrom(fileSystem.Tags)),
  }),
  {
    144: {
      title: 'EFS file system is encrypted at rest',
      criticality: 'MEDIUM',
      on: encryptionChanges,
      reads: { fileSystem },
      check: ({ fileSystem }) =>
        notApplicable(fileSystem) ?? (fileSystem.Encrypted === true ? pass : fail('the file system is not encrypted')),
      note: 'The steps of the document forget mount targets, access points and policies, and the data itself; its --profile is a setting of the command line.',
    },
    145: {
      title: 'EFS file system is encrypted with a customer managed key',
      criticality: 'MEDIUM',
      on: encryptionChanges,
      reads: { fileSystem, key },
      check: ({ fileSystem, key }) =>
        notApplicable(fileSystem) ??
        isCustomerManaged(
          key,
          fileSystem.Encrypted ? 'the file system is encrypted with a key of AWS' : 'the file system is not encrypted',
        ),
      note: 'That there is a key proves nothing: KMS is asked who manages it.',
    },
    252: {
      title: 'EFS file system takes no clients without TLS',
      criticality: 'HIGH',
      on: policyChanges,
      reads: { fileSystem, fileSystemPolicy },
      check: ({ fileSystem, fileSystemPolicy }, { arn }) => {
        const skipped = notApplicable(fileSystem);
        if (skipped !== undefined) return skipped;
        if (fileSystemPolicy === undefined) return fail('without a policy, clients may come without TLS');
        return needsTls(fileSystemPolicy, arn) ? pass : fail('the policy lets clients come without TLS');
      },
      note: 'The policy of the document would replace the one that is there by an Allow for everyone. Redress adds a Deny, and an Allow only where there was no policy, because without one a Deny alone shuts out every client. A file system that is still being made is judged too, because nothing announces its end.',
    },
    439: {
      title: 'EFS file system says in a policy who may use it',
      criticality: 'MEDIUM',
      on: policyChanges,
      reads: { fileSystem, fileSystemPolicy },
      check: ({ fileSystem, fileSystemPolicy }) =>
        notApplicable(fileSystem) ??
        (fileSystemPolicy === undefined
          ? fail('there is no policy: whoever reaches a mount target may read, write and act as root')
          : pass),
      note: 'The policy of the document lets one principal mount and nobody write. Any policy passes, as the document says.',
    },
    453: {
      title: 'EFS file system policy is not public',
      criticality: 'MEDIUM',
      on: policyChanges,
      reads: { fileSystem, fileSystemPolicy },
      check: ({ fileSystem, fileSystemPolicy }, { arn }) => {
        const skipped = notApplicable(fileSystem);
        if (skipped !== undefined) return skipped;
        const open = publicStatements(fileSystemPolicy, arn);
        if (open.size === 0) return pass;
        const names = statementsOf(fileSystemPolicy)
          .filter((_, place) => open.has(place))
          .map(({ Sid }) => Sid ?? 'without a Sid');
        return fail(`everyone is let in by the policy (statement ${names.join(', ')})`);
      },
      note: 'There is no switch to block public access, as the title suggests: the policy is judged. No policy is not public (but fails control 439). The policy of the document would give write and root access to everyone at a mount target.',
    },
  },
);
