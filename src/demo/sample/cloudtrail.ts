import { iamId, uuid } from './ids.ts';

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
      principalId: iamId('AIDA', userName),
      arn: `arn:aws:iam::${account}:user/${userName}`,
      accountId: account,
      accessKeyId: iamId('ASIA', `${userName}/session`, 16),
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
      const roleId = iamId('AROA', roleName);
      return {
        type: 'AssumedRole',
        principalId: `${roleId}:${sessionName}`,
        arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`,
        accountId: account,
        accessKeyId: iamId('ASIA', `${roleName}/${sessionName}`, 16),
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
