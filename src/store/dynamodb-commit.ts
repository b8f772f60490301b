import { randomUUID } from 'node:crypto';
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { type AuditHead, type AuditRow, type AuditSubject, emptyChain, link } from '../audit.ts';
import { add } from './dynamodb-changes.ts';
import { type Action, createEdits } from './dynamodb-edits.ts';
import type { Refusal } from './dynamodb-errors.ts';
import { type Item, keyAttributes, keys, number, numberOf, sizeOf, text, textOf } from './dynamodb-items.ts';
import { pack } from './dynamodb-packing.ts';
import { type Requests, waitAfter } from './dynamodb-requests.ts';
import { type Change, type CommitResult, type Conflict, StoreError } from './port.ts';
import type { MessageRecord } from './records.ts';

/**
 * The limits of a transaction. A finding takes about five actions and the rest of a commit five; the largest plan of
 * the catalogue has seven findings.
 *
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const mostActions = 100;
const mostBytes = 4_000_000;
/** How long the head that this process has written counts as the newest: alone, it need not be read each time. */
const headIsFresh = 2_000;

export type Commit = (changes: readonly Change[]) => Promise<CommitResult>;

/**
 * Commits on the table: one TransactWriteItems for all changes of a commit.
 *
 * Every entry of the audit trail hangs on the one before it, so the head of the
 * chain is the one item that all commits change. When somebody else has moved
 * it, the entries are linked anew, and the same changes are sent again with the
 * same conditions: those decide what was read, the head decides nothing.
 */
export function createCommit(requests: Requests, table: string): Commit {
  const inTurn = createTurns();
  let known: { readonly head: AuditHead; readonly at: number } | undefined;
  const remember = (head: AuditHead | undefined): void => {
    known = head === undefined ? undefined : { head, at: performance.now() };
  };
  const headNow = async (): Promise<AuditHead> => {
    if (known !== undefined && performance.now() - known.at < headIsFresh) return known.head;
    return readHead(requests);
  };

  /** Sends the changes until nothing but their own conditions can be in the way. */
  const send = async (actions: readonly Action[], subjects: readonly AuditSubject[]): Promise<CommitResult> => {
    for (let tries = 1; ; tries += 1) {
      const trail = subjects.length === 0 ? undefined : appended(await headNow(), subjects, table);
      const all = [...actions.map((action) => action.send), ...(trail?.actions ?? [])];
      withinLimits(all);
      // The token makes a repetition by the SDK, after an answer was lost, do nothing. Another try is another transaction.
      const why = await requests.transact(all, randomUUID());
      if (why === undefined) {
        remember(trail?.head);
        return { ok: true };
      }
      const conflict = firstConflict(actions, why);
      if (conflict !== undefined) return { ok: false, conflict };
      remember(undefined);
      refuseWrong(why, actions.length, table);
      await waitAfter(tries, table);
    }
  };

  return async (changes) => {
    const messages = await storedMessages(requests, changes);
    const edits = createEdits();
    const now = Math.floor(Date.now() / 1000);
    changes.forEach((change, index) => {
      if (change.kind !== 'audit') add(edits, change, index, { messages, now });
    });
    const actions = edits.actions(table);
    const subjects = changes.flatMap((change) => (change.kind === 'audit' ? [change.subject] : []));
    if (actions.length === 0 && subjects.length === 0) return { ok: true };
    const [only] = actions;
    if (only !== undefined && isAlone(changes, actions)) {
      const conflict = (await requests.writeIf(only.send)) ? undefined : only.failed(undefined)?.conflict;
      return conflict === undefined ? { ok: true } : { ok: false, conflict };
    }
    // Commits of one process that move the head would only be in each other's way.
    return subjects.length === 0 ? send(actions, subjects) : inTurn(() => send(actions, subjects));
  };
}

/**
 * One write all alone needs no transaction, which costs twice as much and gets
 * into the way of others on the same item, such as counters that all workers
 * share. But a plain write has no token: sent again by the SDK, because its
 * answer was lost, it may meet its own result. So only where that does no harm:
 * an effect put there twice is there once, and one struck out twice is gone; a
 * finding that has moved is read again; a count may count twice, which never
 * lets more through.
 */
function isAlone([change, ...others]: readonly Change[], actions: readonly Action[]): boolean {
  if (change === undefined || others.length > 0 || actions.length > 1) return false;
  return ['count', 'effect', 'effectDone', 'finding'].includes(change.kind);
}

/** Lets work be done one after the other. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };
}

/** The head of the audit trail as it is now. */
export async function readHead(requests: Requests): Promise<AuditHead> {
  const item = await requests.get(keys.auditHead);
  return item === undefined ? emptyChain : { count: numberOf(item, 'count'), hash: textOf(item, 'hash') };
}

interface Trail {
  readonly head: AuditHead;
  /** First the entries, then the head. */
  readonly actions: readonly TransactWriteItem[];
}

/** Entries after a head: one item for all of a commit, and the head that follows. */
function appended(head: AuditHead, subjects: readonly AuditSubject[], table: string): Trail {
  const rows: AuditRow[] = [];
  let last = head;
  for (const subject of subjects) {
    const row = link(last, subject);
    rows.push(row);
    last = { count: row.seq, hash: row.hash };
  }
  const key = keys.audit(last.count);
  const { attribute, parts } = pack(key, 'record', rows);
  const put = (item: Item, condition?: Pick<NonNullable<TransactWriteItem['Put']>, 'ConditionExpression'>) => ({
    Put: { TableName: table, Item: item, ...condition },
  });
  return {
    head: last,
    actions: [
      ...parts.map((part) => put(part)),
      put(
        { ...keyAttributes(key), entity: text('audit'), record: attribute },
        // What was written is never written over, whoever has written it.
        { ConditionExpression: 'attribute_not_exists(pk)' },
      ),
      moveHead(head, last, table),
    ],
  };
}

function moveHead(from: AuditHead, to: AuditHead, table: string): TransactWriteItem {
  const item = { ...keyAttributes(keys.auditHead), entity: text('audit-head') };
  const values = { ...item, count: number(to.count), hash: text(to.hash) };
  if (from.count === 0) {
    return { Put: { TableName: table, Item: values, ConditionExpression: 'attribute_not_exists(pk)' } };
  }
  return {
    Put: {
      TableName: table,
      Item: values,
      ConditionExpression: '#count = :count AND #hash = :hash',
      ExpressionAttributeNames: { '#count': 'count', '#hash': 'hash' },
      ExpressionAttributeValues: { ':count': number(from.count), ':hash': text(from.hash) },
    },
  };
}

/** The first condition, in the order of the changes, that did not hold. */
function firstConflict(actions: readonly Action[], why: readonly Refusal[]): Conflict | undefined {
  const failed = actions.flatMap((action, index) => {
    const refusal = why[index];
    return refusal?.code === 'ConditionalCheckFailed' ? (action.failed(refusal.item) ?? []) : [];
  });
  return failed.sort((one, other) => one.index - other.index)[0]?.conflict;
}

/** Others in the way: another transaction on one of the items, or more requests than the table takes. */
const passing = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** @throws StoreError when trying again would not help */
function refuseWrong(why: readonly Refusal[], ours: number, table: string): void {
  const head = why.at(-1);
  const entries = why.slice(ours, -1);
  const wrong = why.find(({ code }) => code !== 'None' && code !== 'ConditionalCheckFailed' && !passing.has(code));
  if (wrong !== undefined) {
    throw new StoreError(`The table ${table} did not take the changes: ${wrong.code}: ${wrong.message}`);
  }
  if (head?.code === 'None' && entries.some(({ code }) => code === 'ConditionalCheckFailed')) {
    throw new StoreError(
      `The audit trail in ${table} has entries that were not counted: somebody has added them, or has set the head ` +
        `back. Nothing was stored. \`redress audit verify\` tells where.`,
    );
  }
}

/** @throws StoreError before DynamoDB refuses it with less to say */
function withinLimits(actions: readonly TransactWriteItem[]): void {
  if (actions.length > mostActions) {
    throw new StoreError(
      `This belongs together and is too much for one transaction of DynamoDB: ${actions.length} items, and it takes ` +
        `${mostActions}. Nothing was stored.`,
    );
  }
  const bytes = actions.reduce(
    (sum, { Put, Update }) => sum + sizeOf(Put?.Item) + sizeOf(Update?.ExpressionAttributeValues),
    0,
  );
  if (bytes > mostBytes) {
    throw new StoreError(
      `This belongs together and is too large for one transaction of DynamoDB: ${(bytes / 1_000_000).toFixed(1)} MB, ` +
        `and it takes 4 MB. Nothing was stored.`,
    );
  }
}

/** Messages that the commit changes, as they are: what they show already is linked already. */
async function storedMessages(
  requests: Requests,
  changes: readonly Change[],
): Promise<ReadonlyMap<string, MessageRecord>> {
  const ids = changes.flatMap((change) => (change.kind === 'message' && change.expected > 0 ? [change.record.id] : []));
  if (ids.length === 0) return new Map();
  const records = await requests.records<MessageRecord>(ids.map(keys.message));
  return new Map(records.map((record) => [record.id, record]));
}
