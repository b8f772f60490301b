import { assumedRole, type Caller, cloudTrailRecord, consoleUser } from '../../src/demo/sample/cloudtrail.ts';
import { ACCOUNT, REGION } from './clients.ts';

export const alice = consoleUser('alice');
export const terraform = assumedRole('terraform-apply', 'run-4711', 'APN/1.0 HashiCorp/1.0 Terraform/1.9.5');

const AT = new Date('2026-11-02T09:30:00Z');

/** A CloudTrail record from the emulator's account, `'s3:PutBucketAcl'` and its parameters. */
export function event(
  call: `${string}:${string}`,
  requestParameters: Readonly<Record<string, unknown>> | null,
  more: { responseElements?: Readonly<Record<string, unknown>>; by?: Caller } = {},
): Record<string, unknown> {
  const [source = '', name = ''] = call.split(':');
  const { by = alice, responseElements = null } = more;
  return cloudTrailRecord({
    source,
    name,
    requestParameters,
    responseElements,
    account: ACCOUNT,
    region: REGION,
    at: AT,
    by,
  });
}
