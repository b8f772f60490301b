import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { CfnArchive, CfnEventBusPolicy, CfnRule, EventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Catalogue } from '../src/catalogue.ts';
import { eventPattern } from './event-pattern.ts';
import { busNames } from './names.ts';
import type { HubOptions } from './options.ts';
import { letEventBridgeSend, type Queues } from './queues.ts';

/** What forwards events in a member account. One in each region. */
export const forwardRoleName = (region: string): string => `RedressForward-${region}`;

export interface Buses {
  readonly events: EventBus;
  readonly lifecycle: EventBus;
  /** Names of the rules that lead to the queue. */
  readonly rules: readonly string[];
}

/**
 * The bus that member accounts send to, with the rules that lead from it to
 * the queue, and the bus for lifecycle events.
 *
 * Rules here filter as those of the members do: a member may have an older
 * version of them, and nothing else of a bus that a whole organization can
 * send to should cost a function's time.
 */
export function buses(
  stack: Stack,
  key: IKey,
  queues: Queues,
  options: Pick<HubOptions, 'organization' | 'accounts' | 'archiveDays'>,
  catalogue: Catalogue,
): Buses {
  const make = (id: string, name: string, description: string): EventBus => {
    const arn = stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: name });
    letEventBridgeSend(queues.undelivered, `${id}CannotEncrypt`, arn);
    return new EventBus(stack, id, {
      eventBusName: name,
      description,
      kmsKey: key,
      // For events that the bus could not encrypt or decrypt.
      deadLetterQueue: queues.undelivered,
    });
  };
  const events = make('EventsBus', busNames.events, 'CloudTrail events of the organization, for Redress');
  const lifecycle = make('LifecycleBus', busNames.lifecycle, 'What becomes of findings, told by Redress');
  membersMaySend(stack, events, options);
  if (options.archiveDays > 0) {
    new CfnArchive(stack, 'Archive', {
      archiveName: busNames.events,
      description: 'Events as they came, to play them back',
      sourceArn: events.eventBusArn,
      retentionDays: options.archiveDays,
    });
  }

  const anyRule = stack.formatArn({ service: 'events', resource: 'rule', resourceName: `${busNames.events}/*` });
  letEventBridgeSend(queues.events, 'RulesOfTheBus', anyRule);
  letEventBridgeSend(queues.undelivered, 'RulesCannotDeliver', anyRule);
  const rules = eventPattern(catalogue).map((pattern, index) => {
    const name = `redress-events-${index + 1}`;
    const rule = new CfnRule(stack, `Rule${index + 1}`, {
      name,
      description: 'Events that some control listens to',
      eventBusName: events.eventBusName,
      eventPattern: pattern,
      targets: [{ id: 'events', arn: queues.events.queueArn, deadLetterConfig: { arn: queues.undelivered.queueArn } }],
    });
    rule.node.addDependency(queues.events, queues.undelivered);
    return name;
  });
  return { events, lifecycle, rules };
}

/** Only the forwarding roles of the organization, or of the accounts that were chosen. */
function membersMaySend(
  stack: Stack,
  bus: EventBus,
  { organization, accounts }: Pick<HubOptions, 'organization' | 'accounts'>,
): void {
  const forwarders = stack.formatArn({
    ...{ service: 'iam', region: '', account: '*', resource: 'role', resourceName: forwardRoleName('*') },
    arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
  });
  new CfnEventBusPolicy(stack, 'EventsBusPolicy', {
    eventBusName: bus.eventBusName,
    statementId: 'MembersMaySend',
    statement: {
      Sid: 'MembersMaySend',
      Effect: 'Allow',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: bus.eventBusArn,
      Condition: {
        StringEquals: {
          'aws:PrincipalOrgID': organization,
          ...(accounts === 'all' ? {} : { 'aws:PrincipalAccount': accounts }),
        },
        ArnLike: { 'aws:PrincipalArn': forwarders },
      },
    },
  });
}
