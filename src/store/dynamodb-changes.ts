import type { Edits } from './dynamodb-edits.ts';
import type { Test } from './dynamodb-expressions.ts';
import {
  flag,
  type Item,
  type Key,
  keyAttributes,
  keys,
  lists,
  moment,
  nameOf,
  number,
  seconds,
  standing,
  text,
} from './dynamodb-items.ts';
import { pack } from './dynamodb-packing.ts';
import { type Change, type NewEffect, StoreError } from './port.ts';
import type { CallRecord, FindingRecord, MessageRecord, ObstacleRecord } from './records.ts';

const day = 86_400;
/** How long a request is known as ours: CloudTrail can be asked about the last 90 days. */
const requestsKept = 90 * day;
const countsKept = 2 * day;

/** Changes that are conditions and writes of items. The audit trail is appended to by the commit itself. */
type ItemChange = Exclude<Change, { kind: 'audit' }>;

/** What a change needs to know besides itself. */
export interface Known {
  /** Messages as they are stored, by id. */
  readonly messages: ReadonlyMap<string, MessageRecord>;
  /** Seconds since 1970, for what is kept for a time. */
  readonly now: number;
}

/** What the condition of a change is about. */
function about(change: ItemChange): string {
  switch (change.kind) {
    case 'finding':
    case 'plan':
    case 'message':
    case 'obstacle':
      return change.record.id;
    case 'findingIs':
      return change.id;
    case 'effectDone':
    case 'effectLater':
    case 'effectHeld':
      return change.key;
    case 'mark':
      return change.name;
    case 'timerFired':
      return change.timer.finding;
    case 'intent':
    case 'intentAgain':
    case 'outcome': {
      const { plan, application, purpose, step } = change.call;
      return `${plan}#${application} ${purpose} ${step}`;
    }
    case 'lockHeld':
      return change.lock;
    case 'count':
      return change.counter;
    default:
      return 'stop';
  }
}

/**
 * Adds a change to the edits of a commit.
 *
 * @param index where in the commit it stands
 * @throws StoreError when what it stores is too large
 */
export function add(edits: Edits, change: ItemChange, index: number, known: Known): void {
  const guard = (key: Key, ...tests: readonly Test[]): void => {
    for (const test of tests) edits.guard(key, test, index, { kind: change.kind, key: about(change) });
  };
  /** A record of a revision, which must be the one after the one that was read. */
  const revise = (key: Key, record: { readonly revision: number }, expected: number, more: Item): void => {
    guard(key, expected === 0 ? { is: 'absent' } : equal('revision', number(expected)));
    putPacked(edits, key, { ...more, revision: number(record.revision) }, record);
  };
  switch (change.kind) {
    case 'finding': {
      revise(keys.finding(change.record.id), change.record, change.expected, findingAttributes(change.record));
      // The id of a finding is made from the resource, so what is known stays known.
      if (change.expected > 0) return;
      const { arn } = change.record.evaluation.resource;
      edits.update(keys.resource(arn), { set: { entity: text('resource') }, union: { findings: [change.record.id] } });
      return;
    }
    case 'findingIs':
      guard(keys.finding(change.id), equal('revision', number(change.revision)));
      return;
    case 'plan':
      revise(keys.plan(change.record.id), change.record, change.expected, { entity: text('plan') });
      return;
    case 'effect':
      // Every attribute only where there is none: an effect of this key that waits stays as it is, and nothing fails.
      edits.update(keys.effect(change.effect.key), { seed: effectAttributes(change.effect) });
      return;
    case 'effectDone':
      guard(keys.effect(change.key), equal('holder', text(change.worker)));
      edits.remove(keys.effect(change.key));
      return;
    case 'effectLater':
      guard(keys.effect(change.key), equal('holder', text(change.worker)));
      edits.update(keys.effect(change.key), {
        set: { due: text(change.due), at: text(moment(change.due, change.key)), note: text(change.note) },
        add: { attempts: change.failed ? 1 : 0 },
        remove: ['holder', 'host', 'pid', 'until'],
      });
      return;
    case 'effectHeld':
      guard(keys.effect(change.key), equal('holder', text(change.worker)));
      return;
    case 'setTimer': {
      const { finding, of, due } = change.timer;
      const attributes = { of: text(of), due: text(due), list: text(lists.timers), at: text(moment(due, finding)) };
      const key = keyAttributes(keys.timer(finding));
      edits.put({ ...key, entity: text('timer'), finding: text(finding), ...attributes });
      return;
    }
    case 'clearTimer':
      edits.remove(keys.timer(change.finding));
      return;
    case 'timerFired': {
      const { finding, of, due } = change.timer;
      guard(keys.timer(finding), equal('of', text(of)), equal('due', text(due)));
      edits.remove(keys.timer(finding));
      return;
    }
    case 'intent':
      guard(keys.call(change.call), { is: 'absent' });
      putCall(edits, change.call);
      return;
    case 'intentAgain':
      guard(keys.call(change.call), isOpen, equal('attempts', number(change.expected)));
      putCall(edits, change.call);
      return;
    case 'outcome': {
      const key = keys.call(change.call);
      guard(key, isOpen);
      const { attribute, parts } = pack(key, 'outcome', change.outcome);
      edits.update(key, { set: { status: text(change.outcome.status), outcome: attribute } });
      for (const part of parts) edits.put(part);
      const request = change.outcome.status === 'intent' ? null : change.outcome.requestId;
      if (request === null) return;
      const expires = number(known.now + requestsKept);
      edits.put({ ...keyAttributes(keys.request(request)), entity: text('request'), expires });
      return;
    }
    case 'lockHeld':
      guard(keys.lock(change.lock), equal('owner', text(change.owner)), {
        ...{ is: 'without', attribute: 'released', value: change.owner },
      });
      return;
    case 'unlock':
      // A condition that does not hold would take the whole commit back, and a lock that has gone to another owner is
      // no reason for that. So the owner says that it has released the lock, which nobody heeds if it is another's.
      edits.update(keys.lock(change.lock), {
        seed: { entity: text('lock'), expires: number(known.now + day) },
        union: { released: [change.owner] },
      });
      return;
    case 'notStopped':
      guard(
        keys.stop,
        change.after === undefined
          ? { is: 'off', attribute: 'on' }
          : { is: 'upTo', attribute: 'stoppedAt', value: change.after },
      );
      return;
    case 'stop': {
      const { on, at } = change.stop;
      const stopped = { entity: text('stop'), on: flag(on), ...(on && { stoppedAt: text(at) }) };
      putPacked(edits, keys.stop, stopped, change.stop);
      return;
    }
    case 'count': {
      const key = keys.count(change.counter, change.window);
      if (change.most !== null) guard(key, { is: 'atMost', attribute: 'n', value: change.most - change.add });
      // Windows are named by their start; DynamoDB compares with the real time, whatever the clock of the caller says.
      const from = Math.max(known.now, seconds(change.window) || 0);
      const set = { entity: text('count'), expires: number(from + countsKept) };
      edits.update(key, { set, add: { n: change.add } });
      return;
    }
    case 'exemption': {
      const { control, resource } = change.exemption;
      putPacked(edits, keys.exemption(control, resource), { entity: text('exemption') }, change.exemption);
      return;
    }
    case 'message':
      // Messages stay, closed ones too: a yes counts in the message that asked last, and if that one were forgotten,
      // an older one would be the last.
      revise(keys.message(change.record.id), change.record, change.expected, { entity: text('message') });
      putLinks(edits, change.record, known.messages.get(change.record.id));
      return;
    case 'mark': {
      const key = keys.mark(change.name);
      guard(key, change.expected === null ? { is: 'absent' } : equal('value', text(change.expected)));
      edits.put({ ...keyAttributes(key), entity: text('mark'), value: text(change.value) });
      return;
    }
    case 'obstacle':
      revise(keys.obstacle(change.record.id), change.record, change.expected, obstacleAttributes(change.record));
      return;
  }
}

const equal = (attribute: string, value: Item[string]): Test => ({ is: 'equal', attribute, value });
const isOpen = equal('status', text('intent'));

function putPacked(edits: Edits, key: Key, attributes: Item, record: object): void {
  const { attribute, parts } = pack(key, 'record', record);
  edits.put({ ...keyAttributes(key), ...attributes, record: attribute });
  for (const part of parts) edits.put(part);
}

function findingAttributes({ id, state, updatedAt, evaluation }: FindingRecord): Item {
  return {
    ...{ entity: text('finding'), list: text(lists.state(state)), at: text(moment(updatedAt, id)) },
    ...{ control: text(String(evaluation.control)), account: text(evaluation.resource.account) },
    standing: text(standing(state, moment(updatedAt, id))),
  };
}

const obstacleAttributes = ({ goneAt }: ObstacleRecord): Item => ({
  entity: text('obstacle'),
  gone: flag(goneAt !== null),
});

/** @throws StoreError when it is too large: what waits to be done names records, it does not hold them */
function effectAttributes(effect: NewEffect): Item {
  const key = keys.effect(effect.key);
  const { attribute, parts } = pack(key, 'record', effect);
  if (parts.length > 0) throw new StoreError(`The effect ${effect.key} is too large to be stored.`);
  return {
    ...{ entity: text('effect'), lane: text(effect.lane), list: text(lists.lane(effect.lane)) },
    ...{ due: text(effect.due), at: text(moment(effect.due, effect.key)), attempts: number(0), record: attribute },
  };
}

function putCall(edits: Edits, call: CallRecord): void {
  const attributes = { entity: text('call'), status: text('intent'), attempts: number(call.attempts) };
  putPacked(edits, keys.call(call), attributes, call);
}

/**
 * Makes a message known to its findings and its channel. Links are never taken
 * away, so those of what is stored already are there: of a message that grows,
 * only the new ones are written.
 */
function putLinks(edits: Edits, record: MessageRecord, stored: MessageRecord | undefined): void {
  const { id, channel, createdAt } = record;
  const before = new Set(stored === undefined ? [] : linksOf(stored).map(nameOf));
  for (const link of linksOf({
    ...record,
    createdAt: stored?.createdAt ?? createdAt,
    channel: stored?.channel ?? channel,
  })) {
    if (before.has(nameOf(link))) continue;
    edits.put({ ...keyAttributes(link), entity: text('link'), message: text(id) });
  }
}

const linksOf = ({ id, channel, createdAt, items }: MessageRecord): readonly Key[] => [
  keys.posted(channel, createdAt, id),
  ...items.map(({ finding }) => keys.shown(finding, createdAt, id)),
];
