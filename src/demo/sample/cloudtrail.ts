import { createHash } from 'node:crypto';

/** Who made a call: what CloudTrail writes down of them. */
export interface Caller {
  readonly userIdentity: (account: string, at: string) => Readonly<Record<string, unknown>>;
  readonly userAgent: string;
  readonly sourceIPAddress: string;
}

/** A person at the console, signed in with MFA. */
export function consoleUser(userName: string): Caller {
  return {
    userIdentity: (account, at) => ({
      type: 'IAMUser',
      principalId: `AIDA${token(userName, 17)}`,
      arn: `arn:aws:iam::${account}:user/${userName}`,
      accountId: account,
      accessKeyId: `ASIA${token(`${userName}/session`, 16)}`,
      userName,
      sessionContext: { attributes: { creationDate: at, mfaAuthenticated: 'true' } },
    }),
    userAgent: 'AWS Internal',
    sourceIPAddress: '203.0.113.24',
  };
}

/** A program under a role: a pipeline, Terraform, a service of one's own. */
export function assumedRole(roleName: string, sessionName: string, userAgent: string): Caller {
  return {
    userIdentity: (account, at) => {
      const roleId = `AROA${token(roleName, 17)}`;
      return {
        type: 'AssumedRole',
        principalId: `${roleId}:${sessionName}`,
        arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`,
        accountId: account,
        accessKeyId: `ASIA${token(`${roleName}/${sessionName}`, 16)}`,
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: roleId,
            arn: `arn:aws:iam::${account}:role/${roleName}`,
            accountId: account,
            userName: roleName,
          },
          attributes: { creationDate: at, mfaAuthenticated: 'false' },
        },
      };
    },
    userAgent,
    sourceIPAddress: '198.51.100.7',
  };
}

/** What a record is about; everything else is filled in. */
export interface Happening {
  /** `s3`, `iam`, … without the domain. */
  readonly source: string;
  readonly name: string;
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  readonly responseElements?: Readonly<Record<string, unknown>> | null;
  readonly account: string;
  readonly region: string;
  readonly at: Date;
  readonly by: Caller;
}

/** A CloudTrail record of a successful management call. The same happening gives the same record. */
export function cloudTrailRecord(happening: Happening): Record<string, unknown> {
  const { source, name, requestParameters, responseElements = null, account, region, by } = happening;
  const eventTime = happening.at.toISOString().replace(/\.\d{3}Z$/, 'Z');
  const seed = JSON.stringify([source, name, requestParameters, account, region, eventTime]);
  return {
    eventVersion: '1.11',
    userIdentity: by.userIdentity(account, eventTime),
    eventTime,
    eventSource: `${source}.amazonaws.com`,
    eventName: name,
    awsRegion: region,
    sourceIPAddress: by.sourceIPAddress,
    userAgent: by.userAgent,
    requestParameters,
    responseElements,
    requestID: uuid(`request ${seed}`),
    eventID: uuid(`event ${seed}`),
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  };
}

function uuid(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** Letters and digits as AWS uses them in unique ids, made from a name. */
function token(seed: string, length: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return [...createHash('sha256').update(seed).digest().subarray(0, length)]
    .map((byte) => alphabet[byte % 32])
    .join('');
}
