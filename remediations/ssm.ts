import { isDeepStrictEqual } from 'node:util';
import {
  destinationsOf,
  documentSharing,
  inputsOf,
  LONGEST_IDLE,
  PREFERENCES,
  type PreferencesContent,
  parameter,
  parameters as parameterDetectors,
  preferences,
  publicSharing,
  SETTING,
  sessionPreferences,
} from '../detectors/ssm.ts';
import {
  byHand,
  call,
  concrete,
  derive,
  document,
  edit,
  guide,
  optional,
  readPages,
  ref,
  remediations,
} from '../src/control.ts';

const publicSharingDocument = document(publicSharing, {
  write: [
    call('ssm', 'UpdateServiceSetting', (_, { value, status }) =>
      value === undefined || status === 'Default' ? undefined : { SettingId: SETTING, SettingValue: value },
    ),
    call('ssm', 'ResetServiceSetting', (_, { status }) => (status === 'Default' ? { SettingId: SETTING } : undefined)),
  ],
});

export const documentSharingRemediations = remediations(documentSharing, {
  464: edit(
    publicSharingDocument,
    {
      mode: 'auto',
      impact:
        'documents can no longer be shared with everyone; ones that are public stay public, shares with named accounts go on',
    },
    () => ({ value: 'Disable', status: 'Customized' }),
  ),
});

// --- parameters ---

export const parameterRemediations = remediations(parameterDetectors, {
  236: guide(
    {
      impact:
        'whoever reads the parameter without decryption, or without kms:Decrypt on the key, gets cipher text or is refused; CloudFormation can neither make nor resolve it as before',
      reads: { parameter },
      parameters: {
        parameterKeyArn: optional('KMS key for parameters; empty means the key of AWS, alias/aws/ssm.', ''),
      },
      note: 'The command of the document lacks --overwrite and fails. The value would have to pass through plans, logs and chats if Redress wrote it.',
    },
    ({ id, parameter, parameters }) => {
      const key = parameters.parameterKeyArn || 'alias/aws/ssm';
      return [
        {
          text: `Find who reads ${id}: CloudTrail events GetParameter, GetParameters and GetParametersByPath, and {{resolve:ssm:${id}}} or its name in templates, task definitions, Lambda functions and user data.`,
        },
        ...(parameter.Type === 'StringList'
          ? [
              {
                text: 'It is a list. An encrypted one is a single text with commas: readers must take it apart themselves.',
              },
            ]
          : []),
        {
          text: `Let every reader ask with decryption (WithDecryption, or ValueFrom in ECS) and have kms:Decrypt on ${key}. Both work with the parameter as it is now, so do this first.`,
        },
        {
          text: `If a CloudFormation stack made it, take it out of the template with DeletionPolicy: Retain: CloudFormation cannot make encrypted parameters.`,
        },
        {
          text: 'Write the same value again, encrypted. Read it into a file that only you can read, put file:// and its path in place of the value, and delete the file: what is typed stays in the history of the shell. Tags and policies stay by themselves.',
          call: concrete('ssm', 'PutParameter', {
            Name: id,
            Value: '<value>',
            Type: 'SecureString',
            KeyId: key,
            Overwrite: true,
            ...(parameter.Tier ? { Tier: parameter.Tier } : {}),
            ...(parameter.Description ? { Description: parameter.Description } : {}),
            ...(parameter.AllowedPattern ? { AllowedPattern: parameter.AllowedPattern } : {}),
          }),
        },
        {
          text: `If AWS refuses to change the type (HierarchyTypeMismatchException), delete and make it again in a quiet moment, with its tags: aws ssm list-tags-for-resource --resource-type Parameter --resource-id ${id}. Readers find nothing in between.`,
        },
        {
          text: `If the value is a secret, change it now: up to 100 earlier versions stay readable in aws ssm get-parameter-history --name ${id}, and only deleting the parameter removes them.`,
        },
        {
          text: `Check: aws ssm get-parameter --name ${id} --with-decryption, and that the readers work. To go back, write it again as ${parameter.Type}.`,
        },
      ];
    },
  ),
});

// --- preferences of Session Manager ---

const isSame = (one: PreferencesContent | undefined, other: PreferencesContent): boolean =>
  isDeepStrictEqual(one, other);

/** The number that AWS gave to the version which the first call made. */
const newVersion = ref('write-1', 'DocumentDescription.DocumentVersion');

const asJson = (content: PreferencesContent) => ({
  Name: PREFERENCES,
  DocumentFormat: 'JSON' as const,
  Content: JSON.stringify(content),
});

// A wanted state without version is one to come; one with a version is one to go back to.
const preferencesDocument = document(preferences, {
  write: [
    call('ssm', 'CreateDocument', (_, { content }, current) =>
      current === undefined ? { ...asJson(content), DocumentType: 'Session' as const } : undefined,
    ),
    call('ssm', 'UpdateDocument', (_, { version, content, latest }, current) =>
      current === undefined || version !== undefined || isSame(latest?.content, content)
        ? undefined
        : { ...asJson(content), DocumentVersion: '$LATEST' },
    ),
    // A new version counts for nothing until it is the default.
    call('ssm', 'UpdateDocumentDefaultVersion', (_, { version, content, latest }, current) => {
      if (current === undefined) return undefined;
      const moved = isSame(latest?.content, content) ? latest?.version : newVersion;
      return { Name: PREFERENCES, DocumentVersion: version ?? moved ?? newVersion };
    }),
    call('ssm', 'DeleteDocument', (_, { version, latest }, current) =>
      current === undefined || version === undefined || isSame(latest?.content, current.content)
        ? undefined
        : { Name: PREFERENCES, DocumentVersion: newVersion },
    ),
  ],
  remove: call('ssm', 'DeleteDocument', () => ({ Name: PREFERENCES })),
});

const NEVER_SAVED: PreferencesContent = {
  schemaVersion: '1.0',
  description: 'Document to hold regional settings for Session Manager',
  sessionType: 'Standard_Stream',
};

/** The preferences with some inputs changed and all others as they are. */
function withInputs(
  current: { content: PreferencesContent; latest?: { version: string; content: PreferencesContent } } | undefined,
  changed: Readonly<Record<string, unknown>>,
) {
  const base = current?.content ?? NEVER_SAVED;
  const content: PreferencesContent = { ...base, inputs: { ...inputsOf(base), ...changed } };
  const latest = current?.latest;
  if (latest === undefined) return { content };
  if (isSame(latest.content, content)) return { content, latest };
  return byHand(
    `version ${latest.version} of ${PREFERENCES} is newer than the default: make it the default if it is meant to count (aws ssm update-document-default-version), or delete that version, and plan again`,
  );
}

const everyLogGroup = readPages(
  'logs',
  'DescribeLogGroups',
  () => ({}),
  (out) => (out.logGroups ?? []).map(({ logGroupName = '', kmsKeyId = '' }) => [logGroupName, kmsKeyId] as const),
  (out) => (out.nextToken ? { nextToken: out.nextToken } : undefined),
);

/** The key of every log group by its name; empty where it has none. */
const keysOfLogGroups = derive(
  { everyLogGroup },
  ({ everyLogGroup }): Readonly<Record<string, string>> => Object.fromEntries(everyLogGroup),
);

export const sessionPreferenceRemediations = remediations(sessionPreferences, {
  461: edit(
    preferencesDocument,
    {
      mode: 'auto',
      impact: `new sessions end after ${LONGEST_IDLE} idle minutes; those that run keep their setting. All other preferences stay`,
    },
    (current) => withInputs(current, { idleSessionTimeout: String(LONGEST_IDLE) }),
  ),
  462: edit(
    preferencesDocument,
    {
      mode: 'approve',
      impact:
        'sessions on machines whose role may not write to the destination fail or go unlogged; what is typed and shown, secrets too, is kept in the logs',
      reads: { keysOfLogGroups },
      parameters: {
        sessionLogGroup: optional('Log group of the region for sessions; empty means none.', ''),
        sessionLogBucket: optional('Bucket for sessions; empty means none.', ''),
        sessionLogPrefix: optional('Folder in the bucket; empty means none.', ''),
      },
    },
    (current, { keysOfLogGroups, parameters: { sessionLogGroup, sessionLogBucket, sessionLogPrefix } }) => {
      if (!sessionLogGroup && !sessionLogBucket)
        return byHand('set sessionLogGroup or sessionLogBucket to where sessions are to be logged');
      const key = keysOfLogGroups[sessionLogGroup];
      if (sessionLogGroup && key === undefined)
        return byHand(
          `there is no log group ${sessionLogGroup} in this region; make it, with a KMS key, or set sessionLogGroup to another`,
        );
      return withInputs(current, {
        ...(sessionLogGroup
          ? {
              cloudWatchLogGroupName: sessionLogGroup,
              cloudWatchStreamingEnabled: true,
              // Asked of a log group without a key, encryption would refuse every session.
              cloudWatchEncryptionEnabled: key !== '',
            }
          : {}),
        ...(sessionLogBucket
          ? { s3BucketName: sessionLogBucket, s3KeyPrefix: sessionLogPrefix, s3EncryptionEnabled: true }
          : {}),
      });
    },
  ),
  463: edit(
    preferencesDocument,
    {
      mode: 'approve',
      impact:
        'sessions are refused on machines whose role may not ask how the destination is encrypted (logs:DescribeLogGroups, s3:GetEncryptionConfiguration) or use its key',
      reads: { keysOfLogGroups },
    },
    (current, { keysOfLogGroups }) => {
      const { logGroup, bucket } = destinationsOf(current?.content ?? NEVER_SAVED);
      if (logGroup === undefined && bucket === undefined)
        return byHand('sessions are logged nowhere: choose a destination first (control 462)');
      if (logGroup !== undefined && !keysOfLogGroups[logGroup])
        return byHand(
          `the log group ${logGroup} has no KMS key (or is not there), so that every session would be refused: give it one first (aws logs associate-kms-key)`,
        );
      return withInputs(current, {
        ...(logGroup === undefined ? {} : { cloudWatchEncryptionEnabled: true }),
        ...(bucket === undefined ? {} : { s3EncryptionEnabled: true }),
      });
    },
  ),
});
