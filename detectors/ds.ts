import type { DirectoryDescription, RadiusSettings } from '@aws-sdk/client-directory-service';
import {
  derive,
  detectors,
  fail,
  ids,
  missing,
  nextToken,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
} from '../src/control.ts';

/** The secret that a directory shares with its RADIUS servers must not get into findings, plans or messages. */
function withoutSecret(settings: RadiusSettings | undefined): Omit<RadiusSettings, 'SharedSecret'> | undefined {
  if (settings === undefined) return undefined;
  const { SharedSecret: _, ...rest } = settings;
  return rest;
}

export const directory = read(
  'ds',
  'DescribeDirectories',
  ({ id }) => ({ DirectoryIds: [id] }),
  (out) => {
    const [one] = out.DirectoryDescriptions ?? [];
    if (one === undefined) return missing;
    const { OwnerDirectoryDescription: owner, ...rest } = one;
    return {
      ...rest,
      RadiusSettings: withoutSecret(one.RadiusSettings),
      ...(owner
        ? { OwnerDirectoryDescription: { ...owner, RadiusSettings: withoutSecret(owner.RadiusSettings) } }
        : {}),
    };
  },
);

const listed = readPages(
  'ds',
  'ListLogSubscriptions',
  ({ directory, id }) => (directory.Type === 'MicrosoftAD' ? [{ DirectoryId: id }] : []),
  (out) => out.LogSubscriptions ?? [],
  nextToken,
  { needs: { directory } },
);

/** The log groups that the security log goes to. */
export const logGroups = derive({ listed }, ({ listed }) =>
  listed.flatMap(({ LogGroupName }) => LogGroupName ?? []).sort(),
);

const directoryId = ids('requestParameters.directoryId');
const created = ids('responseElements.directoryId');
const deleted = { 'ds:DeleteDirectory': directoryId };

/** Why a directory cannot have RADIUS of its own now, or nothing. */
function noRadius({ Type, Stage }: Pick<DirectoryDescription, 'Type' | 'Stage'>): string | undefined {
  if (Type === 'SimpleAD') return 'Simple AD knows no RADIUS';
  if (Type === 'SharedMicrosoftAD') return 'the directory is shared, and only its owner can set up RADIUS';
  return Stage === 'Active' ? undefined : `the directory is ${Stage?.toLowerCase() ?? 'in an unknown stage'}`;
}

const isLeaving = (stage: string | undefined): boolean => ['Deleting', 'Deleted', 'Failed'].includes(stage ?? '');

export const directories = detectors(
  resource('AWS::DirectoryService::MicrosoftAD', {
    service: 'ds',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ds:${region}:${account}:directory/${id}`,
    list: readPages(
      'ds',
      'DescribeDirectories',
      () => ({}),
      (out) => (out.DirectoryDescriptions ?? []).flatMap(({ DirectoryId }) => DirectoryId ?? []),
      nextToken,
    ),
    gone: ['EntityDoesNotExist'],
    // A directory has at most fifty tags, which fit on one page.
    tags: read(
      'ds',
      'ListTagsForResource',
      ({ id }) => ({ ResourceId: id }),
      (out) => tagsFrom(out.Tags),
    ),
  }),
  {
    179: {
      title: 'Directory asks for a second factor by RADIUS',
      criticality: 'HIGH',
      on: {
        'ds:CreateMicrosoftAD': created,
        'ds:CreateHybridAD': created,
        'ds:ConnectDirectory': created,
        'ds:EnableRadius': directoryId,
        'ds:UpdateRadius': directoryId,
        'ds:DisableRadius': directoryId,
        ...deleted,
      },
      reads: { directory },
      check: ({ directory }) => {
        const because = noRadius(directory);
        if (because !== undefined) return skip(because);
        switch (directory.RadiusStatus) {
          case 'Completed':
            return pass;
          case 'Creating':
            return skip('RADIUS is being set up');
          case 'Failed':
            return fail('RADIUS is set up, but its servers do not answer');
          default:
            return fail('no second factor is asked for: RADIUS is not set up');
        }
      },
      note: 'AD Connector counts too. Making a directory takes up to forty minutes, and AWS does not tell when it is done: the next sweep judges it. In a directory with several regions RADIUS is set up in each.',
    },
    181: {
      title: 'Directory speaks MS-CHAPv2 with its RADIUS servers',
      criticality: 'MEDIUM',
      on: {
        'ds:EnableRadius': directoryId,
        'ds:UpdateRadius': directoryId,
        'ds:DisableRadius': directoryId,
        ...deleted,
      },
      reads: { directory },
      check: ({ directory }) => {
        const because = noRadius(directory);
        if (because !== undefined) return skip(because);
        const { RadiusSettings: settings, RadiusStatus: status } = directory;
        if (settings === undefined || status === undefined)
          return skip('RADIUS is not set up, which is the matter of 179');
        const protocol = settings.AuthenticationProtocol;
        return protocol === 'MS-CHAPv2' ? pass : fail(`RADIUS uses ${protocol ?? 'an unknown protocol'}`);
      },
      note: "Specification and rationale are those of 179. The document's enable-radius is refused where RADIUS exists: there it is update-radius.",
    },
    224: {
      title: 'Directory is an AD Connector',
      criticality: 'MEDIUM',
      on: {
        'ds:CreateDirectory': created,
        'ds:CreateMicrosoftAD': created,
        'ds:CreateHybridAD': created,
        'ds:ConnectDirectory': created,
        'ds:AcceptSharedDirectory': ids('responseElements.sharedDirectory.sharedDirectoryId'),
        'ds:RejectSharedDirectory': ids('requestParameters.sharedDirectoryId'),
        ...deleted,
      },
      reads: { directory },
      check: ({ directory: { Type, Stage } }) => {
        if (isLeaving(Stage)) return skip(`the directory is ${Stage?.toLowerCase()}`);
        return Type === 'ADConnector' ? pass : fail(`the directory is of type ${Type ?? 'unknown'}`);
      },
      note: 'Contradicts 179, 181 and 450, which presume a managed Microsoft AD. The document says that no command makes an AD Connector; connect-directory does.',
    },
    450: {
      title: 'Managed Microsoft AD forwards its security log',
      criticality: 'HIGH',
      on: {
        'ds:CreateMicrosoftAD': created,
        'ds:CreateHybridAD': created,
        'ds:CreateLogSubscription': directoryId,
        'ds:DeleteLogSubscription': directoryId,
        ...deleted,
      },
      reads: { directory, logGroups },
      check: ({ directory: { Type, Stage }, logGroups }) => {
        if (isLeaving(Stage)) return skip(`the directory is ${Stage?.toLowerCase()}`);
        if (Type !== 'MicrosoftAD')
          return skip(`a directory of type ${Type ?? 'unknown'} has no security log to forward`);
        return logGroups.length > 0 ? pass : fail('the security log of the domain controllers is not forwarded');
      },
      note: "The document's commands fail: between them, CloudWatch Logs must be told to let Directory Service write.",
    },
  },
);
