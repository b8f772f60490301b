import { CreateBucketCommand, GetBucketPolicyCommand, PutBucketPolicyCommand } from '@aws-sdk/client-s3';
import { ACCOUNT, type Aws } from '../clients.ts';
import { type Policy, parsePolicy, type Statement } from './policies.ts';

export const LOGS = 'acme-balancer-logs';

/** Where the logs of a load balancer named `web` go. */
export const ELB_OBJECTS = `arn:aws:s3:::${LOGS}/web/AWSLogs/${ACCOUNT}/*`;

const trailWrites: Statement = {
  Sid: 'TrailWrites',
  Effect: 'Allow',
  Principal: { Service: 'cloudtrail.amazonaws.com' },
  Action: 's3:PutObject',
  Resource: `arn:aws:s3:::${LOGS}/AWSLogs/${ACCOUNT}/CloudTrail/*`,
};
const logsStay: Statement = {
  Sid: 'LogsStay',
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 's3:DeleteObject',
  Resource: `arn:aws:s3:::${LOGS}/*`,
};
const logPolicy: Policy = { Version: '2012-10-17', Id: 'logs', Statement: [trailWrites, logsStay] };

/** Makes the log bucket, whose policy holds grants of others. */
export async function makeLogBucket({ s3 }: Aws): Promise<string> {
  await s3.send(new CreateBucketCommand({ Bucket: LOGS }));
  await s3.send(new PutBucketPolicyCommand({ Bucket: LOGS, Policy: JSON.stringify(logPolicy) }));
  return LOGS;
}

/** Who may write or look into the log bucket because of load balancers, and everything else that its policy says. */
export async function logBucketState({ s3 }: Aws) {
  const policy = parsePolicy((await s3.send(new GetBucketPolicyCommand({ Bucket: LOGS }))).Policy);
  const others = [trailWrites.Sid, logsStay.Sid];
  const statements = policy?.Statement ?? [];
  return {
    id: policy?.Id,
    others: statements.filter(({ Sid }) => others.includes(Sid)),
    grants: statements
      .filter(({ Sid }) => !others.includes(Sid))
      .map(({ Principal, Action, Resource }) => `${JSON.stringify(Principal)} ${Action} ${Resource}`),
  };
}
