import type { CloudTrailEvent } from '../control/event.ts';
import type { Cause } from './finding.ts';

/** Who made a call, and through which tool if the record shows one. */
export function causeOf(event: CloudTrailEvent): Cause {
  return {
    by: callerOf(event.userIdentity),
    tool: toolOf(event),
    event: event.eventName,
    eventId: event.eventID,
    at: event.eventTime,
  };
}

function callerOf(identity: CloudTrailEvent['userIdentity']): string {
  const names = [identity.arn, identity.invokedBy, identity.principalId, identity.type];
  const name = names.find((one) => typeof one === 'string' && one !== '');
  return typeof name === 'string' ? name : 'somebody whom the record does not name';
}

function toolOf({ userAgent, userIdentity }: CloudTrailEvent): Cause['tool'] {
  const agent = userAgent ?? '';
  if (/cloudformation/i.test(agent) || userIdentity.invokedBy === 'cloudformation.amazonaws.com')
    return 'CloudFormation';
  if (/pulumi/i.test(agent)) return 'Pulumi';
  if (/terraform|opentofu/i.test(agent)) return 'Terraform';
  return null;
}
