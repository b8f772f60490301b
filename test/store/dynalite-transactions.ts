import type { Answer, Forward, Item } from './dynalite.ts';

/** The parts of a transaction's action that the front looks at; dynalite gets the rest as it is. */
interface Part {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ConditionExpression?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}
type Kind = 'Put' | 'Update' | 'Delete' | 'ConditionCheck';
type Action = { readonly [kind in Kind]?: Part };

interface Reason {
  readonly Code: string;
  readonly Message?: string;
  readonly Item?: Item;
}

const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);
const kinds: readonly Kind[] = ['Put', 'Update', 'Delete', 'ConditionCheck'];

/**
 * Transactions for dynalite. One request at a time goes through to the table, and
 * a transaction is one request: its items are remembered, its actions performed
 * one by one as dynalite's own writes with dynalite's own conditions, and all
 * items put back when one of them was refused. As with AWS, two transactions on
 * one item do not wait for each other: the later one is cancelled with
 * `TransactionConflict`. It is not AWS: there is no throttling, indexes do
 * not lag, and a token is remembered for ever.
 */
export function createFront(forward: Forward): Forward {
  let last: Promise<unknown> = Promise.resolve();
  const busy = new Map<string, number>();
  const tokens = new Map<string, string>();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };

  const transact = async (body: string): Promise<Answer> => {
    const {
      TransactItems: actions,
      ClientRequestToken: token,
    }: { TransactItems: Action[]; ClientRequestToken: string } = JSON.parse(body);
    const wrong = invalid(actions, body);
    if (wrong !== undefined) return refused('ValidationException', wrong);
    if (tokens.has(token)) {
      return tokens.get(token) === body ? done : refused('IdempotentParameterMismatchException', 'another request');
    }
    const keys = actions.map((action) => keyName(partOf(action)));
    for (const TableName of new Set(actions.map((action) => partOf(action).TableName))) {
      const table = await forward('DescribeTable', JSON.stringify({ TableName }));
      if (table.status !== 200) return table;
    }
    if (keys.some((key) => busy.has(key))) {
      return cancelled(keys.map((key) => ({ Code: busy.has(key) ? 'TransactionConflict' : 'None' })));
    }
    for (const key of keys) busy.set(key, 1);
    try {
      const reasons = await inTurn(() => perform(forward, actions));
      if (reasons.some(({ Code }) => Code !== 'None')) return cancelled(reasons);
      tokens.set(token, body);
      return done;
    } finally {
      for (const key of keys) busy.delete(key);
    }
  };

  return async (operation, body) => {
    if (operation === 'TransactWriteItems') return transact(body);
    if (operation === 'UpdateTimeToLive') return done;
    if (writes.has(operation) && busy.has(keyName(JSON.parse(body)))) {
      return refused('TransactionConflictException', 'Transaction is ongoing for the item');
    }
    return inTurn(() => forward(operation, body));
  };
}

const done: Answer = { status: 200, body: '{}' };

export const refused = (name: string, message: string, more: object = {}): Answer => ({
  status: 400,
  body: JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message, ...more }),
});

export const cancelled = (reasons: readonly Reason[]): Answer =>
  refused(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    { CancellationReasons: reasons },
  );

/** AWS's own limits of a transaction. */
function invalid(actions: readonly Action[], body: string): string | undefined {
  if (actions.length > 100) return 'Member must have length less than or equal to 100';
  if (new Set(actions.map((action) => keyName(partOf(action)))).size < actions.length) {
    return 'Transaction request cannot include multiple operations on one item';
  }
  // Bytes are sent as base64, which makes four of three.
  return body.length > (4_194_304 * 4) / 3 ? 'Transaction request exceeds 4 MB' : undefined;
}

function kindOf(action: Action): Kind {
  const kind = kinds.find((one) => action[one] !== undefined);
  if (kind === undefined) throw new Error('an action without anything to do');
  return kind;
}

function partOf(action: Action): Part {
  const part = action[kindOf(action)];
  if (part === undefined) throw new Error('an action without anything to do');
  return part;
}

const keyOf = ({ Item, Key }: Part): Item => {
  const { pk, sk } = Key ?? Item ?? {};
  if (pk === undefined || sk === undefined) throw new Error('an item without a key');
  return { pk, sk };
};

const keyName = (part: Part): string => `${part.TableName} ${JSON.stringify(keyOf(part))}`;

async function perform(forward: Forward, actions: readonly Action[]): Promise<readonly Reason[]> {
  const before: (Item | undefined)[] = [];
  const reasons: Reason[] = [];
  for (const action of actions) {
    const part = partOf(action);
    const stored = await read(forward, part);
    before.push(stored);
    const { status, body } = await write(forward, kindOf(action), part);
    reasons.push(status === 200 ? { Code: 'None' } : reasonOf(body, part, stored));
    // A check must not change anything: dynalite checks a condition only when it writes.
    if (action.ConditionCheck !== undefined && status === 200) await putBack(forward, part, stored);
  }
  if (reasons.some(({ Code }) => Code !== 'None')) {
    for (const [index, action] of actions.entries()) await putBack(forward, partOf(action), before[index]);
  }
  return reasons;
}

async function read(forward: Forward, part: Part): Promise<Item | undefined> {
  const input = { TableName: part.TableName, Key: keyOf(part), ConsistentRead: true };
  const { body } = await forward('GetItem', JSON.stringify(input));
  const answer: { Item?: Item } = JSON.parse(body);
  return answer.Item;
}

function write(forward: Forward, kind: Kind, part: Part): Promise<Answer> {
  const { ReturnValuesOnConditionCheckFailure, ...input } = part;
  const operation = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'DeleteItem' }[kind];
  return forward(operation, JSON.stringify(input));
}

async function putBack(forward: Forward, part: Part, stored: Item | undefined): Promise<void> {
  const { TableName } = part;
  const { status, body } =
    stored === undefined
      ? await forward('DeleteItem', JSON.stringify({ TableName, Key: keyOf(part) }))
      : await forward('PutItem', JSON.stringify({ TableName, Item: stored }));
  if (status !== 200) throw new Error(`an item could not be put back: ${body}`);
}

function reasonOf(body: string, part: Part, stored: Item | undefined): Reason {
  const { __type, message }: { __type: string; message?: string } = JSON.parse(body);
  if (!__type.includes('ConditionalCheckFailed')) return { Code: 'ValidationError', Message: message ?? body };
  const wanted = part.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && stored !== undefined;
  return {
    ...{ Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
    ...(wanted ? { Item: stored } : {}),
  };
}
