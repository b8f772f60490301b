import { openState } from '../bot/state.ts';
import { createContext } from './context.ts';
import { onlyRecord, startWorkflow, terminalUser } from './workflow.ts';

interface Options {
  readonly config?: string;
}

/** `redress stop`: holds every write, of every process on this store, from now on. */
export async function stop(options: Options & { readonly reason: string }): Promise<void> {
  await turn(options, true, options.reason);
  process.stdout.write('Writes are stopped. `redress resume` lets them go again.\n');
}

/** `redress resume`: lets writes go again. */
export async function resume(options: Options): Promise<void> {
  await turn(options, false, 'resumed from the terminal');
  process.stdout.write('Writes may go again.\n');
}

async function turn(options: Options, on: boolean, because: string): Promise<void> {
  const { config, engine } = await createContext(options, 'dry-run');
  const store = await openState(config);
  try {
    const workflow = startWorkflow({ store, engine, settings: { policyFor: onlyRecord(config) } });
    await (on ? workflow.stop : workflow.resume)(terminalUser(), because);
  } finally {
    await store.close();
  }
}
