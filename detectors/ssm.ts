import {
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  place,
  placeIn,
  read,
  readPages,
  regionSettings,
  resource,
  skip,
  tagsFrom,
  type Verdict,
} from '../src/control.ts';

export const SETTING = '/ssm/documents/console/public-sharing-permission';

/** The setting names the permission, not the block: `Disable` is the safe value. */
export const publicSharing = read(
  'ssm',
  'GetServiceSetting',
  () => ({ SettingId: SETTING }),
  (out) => ({ value: out.ServiceSetting?.SettingValue, status: out.ServiceSetting?.Status }),
  { absent: ['ServiceSettingNotFound'] },
);

export const documentSharing = detectors(regionSettings('ssm'), {
  464: {
    title: 'Systems Manager documents cannot be shared publicly',
    criticality: 'HIGH',
    on: {
      'ssm:UpdateServiceSetting': place,
      'ssm:ResetServiceSetting': place,
      'account:EnableRegion': placeIn('requestParameters.regionName'),
    },
    reads: { publicSharing },
    check: ({ publicSharing }) => {
      if (publicSharing.value === undefined) return skip('this region does not know the setting');
      if (publicSharing.value !== 'Disable') return fail('SSM documents can be shared with everyone in this region');
      return publicSharing.status === 'PendingUpdate' ? fail('the block is not in force yet: AWS is at it') : pass;
    },
    note: 'The document wants the block ON and its command sends Disable: the setting names the permission. Judged and fixed region by region. Documents that are public already stay so.',
  },
});

// --- parameters ---

/** What is known of a parameter without its value, which Redress never reads. */
export const parameter = read(
  'ssm',
  'DescribeParameters',
  ({ id }) => ({ ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: [id] }] }),
  (out) => only(out.Parameters),
);

const parameterName = ids('requestParameters.name');

export const parameters = detectors(
  resource('AWS::SSM::Parameter', {
    service: 'ssm',
    arn: ({ partition, region, account, id }) =>
      `arn:${partition}:ssm:${region}:${account}:parameter/${id.replace(/^\//, '')}`,
    list: readPages(
      'ssm',
      'DescribeParameters',
      () => ({}),
      (out) => (out.Parameters ?? []).flatMap(({ Name }) => Name ?? []),
      nextToken,
    ),
    gone: ['ParameterNotFound', 'InvalidResourceId'],
    tags: read(
      'ssm',
      'ListTagsForResource',
      ({ id }) => ({ ResourceType: 'Parameter' as const, ResourceId: id }),
      (out) => tagsFrom(out.TagList),
    ),
  }),
  {
    236: {
      title: 'Systems Manager parameter is encrypted',
      criticality: 'MEDIUM',
      on: {
        'ssm:PutParameter': parameterName,
        'ssm:DeleteParameter': parameterName,
        'ssm:DeleteParameters': ids('requestParameters.names[]'),
      },
      reads: { parameter },
      check: ({ parameter: { Type, DataType } }, { id }) => {
        if (id.startsWith('/aws/')) return skip('the parameter belongs to AWS and is public');
        if (DataType === 'aws:ec2:image') return skip('names of images cannot be encrypted');
        return Type === 'SecureString' ? pass : fail(`the value is stored as ${Type}, which is not encrypted`);
      },
      note: 'Every parameter counts, whatever it holds: exempt plain settings by tag. Redress would have to read the value, and keep it in the plan, to write it again: a person does.',
    },
  },
);

// --- preferences of Session Manager ---

/** The document that holds them, one per region. Without it the defaults of AWS hold. */
export const PREFERENCES = 'SSM-SessionManagerRunShell';

export interface PreferencesContent {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly [other: string]: unknown;
}

const versionOfPreferences = (which: { DocumentVersion?: string }) =>
  read(
    'ssm',
    'GetDocument',
    () => ({ Name: PREFERENCES, ...which, DocumentFormat: 'JSON' as const }),
    (out) => {
      const content: PreferencesContent | undefined = out.Content ? JSON.parse(out.Content) : undefined;
      return content === undefined ? undefined : { version: out.DocumentVersion ?? '', content };
    },
    { absent: ['InvalidDocument'] },
  );

const defaultVersion = versionOfPreferences({});
const latestVersion = versionOfPreferences({ DocumentVersion: '$LATEST' });

interface Preferences {
  /** Nothing in a version that is still to be made. */
  readonly version?: string;
  readonly content: PreferencesContent;
  /** A newer version that nobody has made the default. */
  readonly latest?: { readonly version: string; readonly content: PreferencesContent };
}

export const preferences = derive({ defaultVersion, latestVersion }, ({ defaultVersion, latestVersion }) => {
  if (defaultVersion === undefined) return undefined;
  const found: Preferences =
    latestVersion === undefined || latestVersion.version === defaultVersion.version
      ? defaultVersion
      : { ...defaultVersion, latest: latestVersion };
  return found;
});

export const inputsOf = (content: PreferencesContent | undefined) => content?.inputs ?? {};

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** Where logs of sessions go: log group, bucket, or none. */
export function destinationsOf(content: PreferencesContent) {
  const { cloudWatchLogGroupName: logGroup, s3BucketName: bucket } = inputsOf(content);
  return { logGroup: isText(logGroup) ? logGroup : undefined, bucket: isText(bucket) ? bucket : undefined };
}

/** Both the default and a newer version have to pass: AWS's own instructions only make the newer one. */
function ofEveryVersion(
  preferences: Preferences | undefined,
  never: string,
  wrong: (content: PreferencesContent) => string | undefined,
): Verdict {
  if (preferences === undefined) return fail(never);
  const [now, newer] = [wrong(preferences.content), preferences.latest && wrong(preferences.latest.content)];
  if (now !== undefined) return fail(now);
  return newer === undefined ? pass : fail(`in version ${preferences.latest?.version}, not the default yet: ${newer}`);
}

export const LONGEST_IDLE = 15;

function wrongTimeout(content: PreferencesContent): string | undefined {
  const { idleSessionTimeout: value } = inputsOf(content);
  if (value === undefined || value === '') return 'no idle timeout is set, so that sessions end after 20 minutes';
  if (!/^\d+$/.test(String(value))) return `the idle timeout is ${String(value)}, not a number`;
  const minutes = Number(value);
  return minutes >= 1 && minutes <= LONGEST_IDLE ? undefined : `idle sessions end after ${minutes} minutes`;
}

function wrongDestination(content: PreferencesContent): string | undefined {
  const { logGroup, bucket } = destinationsOf(content);
  return logGroup === undefined && bucket === undefined ? 'sessions are logged nowhere' : undefined;
}

function wrongEncryption(content: PreferencesContent): string | undefined {
  const { logGroup, bucket } = destinationsOf(content);
  const { cloudWatchEncryptionEnabled, s3EncryptionEnabled } = inputsOf(content);
  if (logGroup === undefined && bucket === undefined) return 'sessions are logged nowhere, so nowhere encrypted';
  const plain = [
    ...(logGroup !== undefined && String(cloudWatchEncryptionEnabled) !== 'true' ? [`log group ${logGroup}`] : []),
    ...(bucket !== undefined && String(s3EncryptionEnabled) !== 'true' ? [`bucket ${bucket}`] : []),
  ];
  return plain.length === 0 ? undefined : `logs may go unencrypted to ${plain.join(' and ')}`;
}

const preferenceChanges = {
  'ssm:CreateDocument': place,
  'ssm:UpdateDocument': place,
  'ssm:UpdateDocumentDefaultVersion': place,
  'ssm:DeleteDocument': place,
  'account:EnableRegion': placeIn('requestParameters.regionName'),
};

export const sessionPreferences = detectors(regionSettings('ssm'), {
  461: {
    title: `Sessions of Session Manager end after ${LONGEST_IDLE} idle minutes at most`,
    criticality: 'MEDIUM',
    on: preferenceChanges,
    reads: { preferences },
    check: ({ preferences }) =>
      ofEveryVersion(
        preferences,
        'preferences were never saved here: idle sessions end after 20 minutes',
        wrongTimeout,
      ),
    note: 'The document only recommends 15 minutes, and sets 20 itself in the samples of controls 462 and 463. Judged region by region, in the default version and in a newer one.',
  },
  462: {
    title: 'Session Manager logs sessions',
    criticality: 'MEDIUM',
    on: preferenceChanges,
    reads: { preferences },
    check: ({ preferences }) =>
      ofEveryVersion(preferences, 'preferences were never saved here: sessions are logged nowhere', wrongDestination),
    note: 'The sample of the document is no JSON, and repaired it would run a made-up command in every session. Only the destination is taken from it.',
  },
  463: {
    title: 'Session Manager sends logs only to encrypted places',
    criticality: 'HIGH',
    on: { ...preferenceChanges, 'logs:DisassociateKmsKey': place },
    reads: { preferences },
    check: ({ preferences }) =>
      ofEveryVersion(preferences, 'preferences were never saved here: sessions are logged nowhere', wrongEncryption),
    note: 'Every destination that is set has to be encrypted; not both have to be set. Asking for encryption where the log group has no key would refuse every session: Redress looks first.',
  },
});
