import { expect, test } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import { type Bench, createBench, policy } from '../workflow/bench.ts';
import { crashes, stories } from '../workflow/crashes.ts';
import { useTables } from './dynamodb-table.ts';

const tables = useTables();
const open = async () => tables.store(await tables.create());

/** The workflow kills and takes up again at all moments on SQLite; here at some, of the stories that write most. */
for (const story of stories.filter(({ name }) => /two controls|several calls/.test(name))) {
  crashes(story, open, 23);
}

/** What a step asks of the table. */
async function asked(step: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const before = tables.local().asked.length;
  await step();
  const counts: Record<string, number> = {};
  for (const operation of tables.local().asked.slice(before)) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}

test('a fix from finding to undo, and what each step asks of the table', async () => {
  const bench: Bench = createBench(await open());
  bench.policy = { ...policy, mode: 'approve' };
  bench.world.change('b', { versioning: 'off', encryption: 'none' });

  const steps = {
    found: await asked(() => bench.scan('b', [1, 2])),
    again: await asked(() => bench.scan('b', [1, 2])),
    asked: await asked(() => bench.idle()),
    approved: await asked(() => bench.workflow.decide({ finding: 'f-1-b', decision: 'approve', by: 'alice' })),
    fixed: await asked(() => bench.idle()),
    idle: await asked(() => bench.idle()),
  };
  expect((await bench.record('f-2-b')).state).toBe('resolved');
  expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'on', encryption: 'kms' });

  await bench.workflow.decide({ finding: 'f-1-b', decision: 'undo', by: 'alice' });
  await bench.idle();
  expect((await bench.record('f-1-b')).state).toBe('rolledBack');
  expect(bench.world.docs.get('b')).toMatchObject({ versioning: 'off', encryption: 'none' });
  expect(await verifyAudit(bench.store)).toMatchObject({ ok: true });
});
