import {
  derive,
  detectors,
  fail,
  ids,
  missing,
  nextMarker,
  pass,
  read,
  readEach,
  readPages,
  resource,
  skip,
} from '../../src/control.ts';
import { userNames } from './user-names.ts';

const DAY = 24 * 60 * 60 * 1000;
const IDLE_DAYS = 90;

const lastUsed = read(
  'iam',
  'GetAccessKeyLastUsed',
  ({ id }) => ({ AccessKeyId: id }),
  (out) => ({ userName: out.UserName, at: out.AccessKeyLastUsed?.LastUsedDate?.toISOString() }),
);

const keysOfUser = readPages(
  'iam',
  'ListAccessKeys',
  ({ lastUsed }) => ({ UserName: lastUsed.userName }),
  (out) => out.AccessKeyMetadata ?? [],
  nextMarker,
  { needs: { lastUsed } },
);

export const accessKey = derive({ lastUsed, keysOfUser }, ({ id, lastUsed, keysOfUser }) => {
  const key = keysOfUser.find(({ AccessKeyId }) => AccessKeyId === id);
  if (key === undefined) return missing;
  return { userName: key.UserName, status: key.Status, created: key.CreateDate?.toISOString(), lastUsed: lastUsed.at };
});

const keysOfAllUsers = readEach(
  'iam',
  'ListAccessKeys',
  ({ userNames }) => userNames.map((UserName) => ({ UserName })),
  (out) => (out.AccessKeyMetadata ?? []).flatMap(({ AccessKeyId }) => AccessKeyId ?? []),
  // A user who was deleted since they were listed has no keys.
  { needs: { userNames }, absent: ['NoSuchEntity'] },
);

export const accessKeys = detectors(
  resource('AWS::IAM::AccessKey', {
    service: 'iam',
    global: true,
    // IAM has no ARN for access keys; this one is ours, so that findings have one form.
    arn: ({ partition, account, id }) => `arn:${partition}:iam::${account}:access-key/${id}`,
    list: derive({ keysOfAllUsers }, ({ keysOfAllUsers }) => keysOfAllUsers.flat()),
    gone: ['NoSuchEntity'],
  }),
  {
    3: {
      title: 'Access keys that nobody used for 90 days are inactive',
      criticality: 'HIGH',
      on: {
        'iam:CreateAccessKey': ids('responseElements.accessKey.accessKeyId'),
        'iam:UpdateAccessKey': ids('requestParameters.accessKeyId'),
        'iam:DeleteAccessKey': ids('requestParameters.accessKeyId'),
      },
      reads: { accessKey },
      check: ({ accessKey }, { now }) => {
        if (accessKey.status === 'Inactive') return pass;
        const since = accessKey.lastUsed ?? accessKey.created;
        if (since === undefined) return skip('IAM does not say when the key was made or used');
        const days = Math.floor((now.getTime() - Date.parse(since)) / DAY);
        if (days < IDLE_DAYS) return pass;
        const what = accessKey.lastUsed === undefined ? 'was never used since it was made' : 'was last used';
        return fail(`the key of ${accessKey.userName} is active and ${what} ${days} days ago`);
      },
      note: "The document's command lacks the user name and would act on the caller's own keys. Redress deactivates and never deletes.",
    },
  },
);
