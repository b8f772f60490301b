import { verifyAudit } from '../audit.ts';
import { openState } from '../bot/state.ts';
import { loadConfig } from '../config.ts';
import { catalogue } from '../redress.ts';
import { CommandError } from './errors.ts';
import { printJson } from './output.ts';

/** `redress audit verify`: checks that no entry of the audit trail was changed, removed or put in. */
export async function verify({ format, config }: { format: string; config?: string }): Promise<void> {
  const store = await openState(await loadConfig(config, catalogue));
  try {
    const verdict = await verifyAudit(store);
    if (format === 'json') printJson(verdict);
    if (!verdict.ok) throw new CommandError(`The audit trail is broken at entry ${verdict.seq}: ${verdict.because}`);
    if (format !== 'json') process.stdout.write(`The audit trail is whole: ${verdict.count} entries.\n`);
  } finally {
    await store.close();
  }
}
