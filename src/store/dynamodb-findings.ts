import { stateNames } from '../workflow/finding.ts';
import { type Item, type Key, keyOf, keys, lists, momentOf, standing, textOf } from './dynamodb-items.ts';
import { everyItem, type Query, type Requests, within } from './dynamodb-requests.ts';
import { table } from './dynamodb-table.ts';
import type { FindingFilter } from './port.ts';
import type { FindingRecord } from './records.ts';

const [byTime, byControl, byAccount] = table.indexes;

/**
 * Findings by a filter, by last change and id, newest first.
 *
 * Those of a resource are known in the table itself, because plans are merged
 * by them. All others are for people, and come from an index: one that changed
 * within the last moment may be missing. Whether it fits, and what it says, is
 * read from the table.
 */
export async function findings(requests: Requests, filter: FindingFilter): Promise<readonly FindingRecord[]> {
  const most = filter.most === undefined || filter.most < 0 ? Number.POSITIVE_INFINITY : filter.most;
  if (most === 0) return [];
  const found = await requests.records<FindingRecord>(await candidates(requests, filter, most));
  return found
    .filter((record) => fits(record, filter))
    .sort((one, other) => compare(other.updatedAt, one.updatedAt) || compare(one.id, other.id))
    .slice(0, most);
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

function fits(record: FindingRecord, { states, control, arn, account, since }: FindingFilter): boolean {
  return (
    (states?.includes(record.state) ?? true) &&
    (control === undefined || record.evaluation.control === control) &&
    (arn === undefined || record.evaluation.resource.arn === arn) &&
    (account === undefined || record.evaluation.resource.account === account) &&
    (since === undefined || record.updatedAt >= since)
  );
}

async function candidates(
  requests: Requests,
  { states, control, arn, account, since }: FindingFilter,
  most: number,
): Promise<readonly Key[]> {
  if (arn !== undefined) {
    const known = await requests.get(keys.resource(arn));
    return (known?.findings?.SS ?? []).map(keys.finding);
  }
  if (account !== undefined) {
    const ranges = [...new Set(states ?? [])].map((state) =>
      within(byAccount, account, standing(state, since ?? ''), standing(state, '~')),
    );
    const parts = await Promise.all(
      (states === undefined ? [within(byAccount, account)] : ranges).map((range) =>
        everyItem(requests, { IndexName: byAccount.name, ...range }),
      ),
    );
    return parts.flat().map(keyOf);
  }
  if (control !== undefined) {
    const query = { IndexName: byControl.name, ...within(byControl, String(control), since) };
    // The index knows no states: with them, the first ones of the control need not be the first ones wanted.
    return (await newest(requests, query, states === undefined ? most : Number.POSITIVE_INFINITY)).map(keyOf);
  }
  const parts = await Promise.all(
    [...new Set(states ?? stateNames)].map((state) =>
      newest(requests, { IndexName: byTime.name, ...within(byTime, lists.state(state), since) }, most),
    ),
  );
  const inOrder = parts.flat().sort((one, other) => compare(textOf(other, 'at'), textOf(one, 'at')));
  return upTo(most, inOrder).map(keyOf);
}

/** The newest of a query. */
async function newest(requests: Requests, query: Query, most: number): Promise<readonly Item[]> {
  const items: Item[] = [];
  const page = most < 1_000 ? { Limit: most + 1 } : {};
  for await (const next of requests.pages({ ...query, ...page, ScanIndexForward: false })) {
    items.push(...next);
    if (upTo(most, items).length < items.length) break;
  }
  return upTo(most, items);
}

/** As many as wanted, and all others of the last moment: within a moment, the index has another order. */
function upTo(most: number, items: readonly Item[]): readonly Item[] {
  const last = items[most - 1];
  if (last === undefined) return items;
  return items.filter((item, index) => index < most || momentOf(item) === momentOf(last));
}
