import { readFileSync, writeFileSync } from 'node:fs';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import { createWorkflow } from '../../src/workflow/driver.ts';
import { silent } from '../../src/workflow/notifier.ts';
import { policy, quiet } from './bench.ts';
import { createWorld } from './world.ts';

/**
 * A process of its own, to be killed: works on a file store and on documents
 * in a file, and dies on the spot, before or after the call named.
 */
const [file = '', documents = '', die = ''] = process.argv.slice(2);
const world = createWorld();
for (const [id, doc] of JSON.parse(readFileSync(documents, 'utf8')) as [string, never][]) world.docs.set(id, doc);
const written = (): void => writeFileSync(documents, JSON.stringify([...world.docs]));
const kill = (moment: string): void => {
  if (moment === die) process.kill(process.pid, 'SIGKILL');
};

const { send } = world.remediator;
const store = openLibsqlStore(file);
const workflow = createWorkflow({
  ...{
    store,
    notifier: silent,
    log: quiet,
    now: () => new Date(),
    sleep: (ms) => new Promise((wake) => setTimeout(wake, Math.min(ms, 5))),
  },
  settings: { policyFor: () => ({ ...policy, mode: 'auto' }), times: { lag: 0 } },
  remediator: {
    ...world.remediator,
    send: async (...call) => {
      kill('before');
      const result = await send(...call);
      written();
      kill('after');
      return result;
    },
  },
});
await workflow.observed({ assessment: await world.remediator.assess(world.resource('b'), [5]) });
await workflow.run({ untilIdle: true });
process.stdout.write((await store.finding('f-5-b'))?.state ?? 'none');
