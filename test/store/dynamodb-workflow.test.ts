import { expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import { type Bench, createBench } from '../workflow/bench.ts';
import { crashes, stories } from '../workflow/crashes.ts';
import { useTables } from './dynamodb-table.ts';

const tables = useTables();
const open = async () => tables.store(await tables.create());

/** The workflow kills and takes up again at all moments on SQLite; here at some of every story, since tables are slower. */
for (const story of stories) crashes(story, open, 23);

/** Requests of a step by operation, with what its transactions write: actions, and the write units that they take. */
type Asked = Readonly<Record<string, number>>;

/** A transaction takes two units for each kilobyte of an item; what indexes take comes besides. */
function unitsOf(body: string): { readonly actions: number; readonly units: number } {
  const { TransactItems: actions }: { TransactItems: readonly { Put?: { Item: object }; Update?: object }[] } =
    JSON.parse(body);
  const bytes = actions.map(({ Put, Update }) => JSON.stringify(Put?.Item ?? Update ?? '').length);
  return {
    actions: actions.length,
    units: bytes.reduce((sum, size) => sum + 2 * Math.max(1, Math.ceil(size / 1024)), 0),
  };
}

async function asked(step: () => Promise<unknown>): Promise<Asked> {
  const counts: Record<string, number> = {};
  const count = (name: string, by: number): void => {
    counts[name] = (counts[name] ?? 0) + by;
  };
  tables.local().intercept = (operation, body) => {
    count(operation, 1);
    if (operation !== 'TransactWriteItems') return undefined;
    const { actions, units } = unitsOf(body);
    count('actions', actions);
    count('units', units);
    return undefined;
  };
  await step();
  tables.local().intercept = undefined;
  return counts;
}

test('a fix from finding to undo, and what each step asks of the table', async () => {
  const bench: Bench = createBench(await open());
  bench.world.change('b', { versioning: 'off', encryption: 'none' });

  // Two controls of one document: two findings, one plan, one call.
  const steps = {
    found: await asked(() => bench.scan('b', [1, 2])),
    foundAgain: await asked(() => bench.scan('b', [1, 2])),
    told: await asked(() => bench.idle()),
    approved: await asked(() => bench.workflow.decide({ finding: 'f-1-b', decision: 'approve', by: 'alice' })),
    fixed: await asked(() => bench.idle()),
    nothingToDo: await asked(() => bench.idle()),
  };
  expect((await bench.record('f-2-b')).state).toBe('resolved');
  expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'on', encryption: 'kms' });
  // Measured; whether the head of the audit trail is read besides depends on how long ago the last commit was.
  expect(steps).toMatchObject({
    found: { Query: 1, GetItem: 5, TransactWriteItems: 1, actions: 11 },
    foundAgain: { Query: 1, BatchGetItem: 1, TransactWriteItems: 1, actions: 2 },
    // Two notices and one question: each is taken and struck out.
    told: { GetItem: 4, UpdateItem: 3, DeleteItem: 3 },
    approved: { TransactWriteItems: 1, actions: 9 },
    // Applied, verified, and six notices told.
    fixed: { UpdateItem: 12 },
  });
  expect(steps.told).not.toHaveProperty('TransactWriteItems');
  expect(steps.fixed.TransactWriteItems).toBeLessThan(30);
  expect(steps.fixed.GetItem).toBeLessThan(45);
  expect(steps.nothingToDo).toEqual({ Query: 9 });

  await bench.workflow.decide({ finding: 'f-1-b', decision: 'undo', by: 'alice' });
  await bench.idle();
  expect((await bench.record('f-1-b')).state).toBe('rolledBack');
  expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'off', encryption: 'none' });
  expect(await verifyAudit(bench.store)).toMatchObject({ ok: true });
});
