import { createSdkPort } from '../aws/sdk-port.ts';
import { openState } from '../bot/state.ts';
import { loadConfig } from '../config.ts';
import { toAsff } from '../export/asff.ts';
import { toOcsf } from '../export/ocsf.ts';
import { catalogue, version } from '../redress.ts';
import { herePlace } from './context.ts';
import { asState } from './findings.ts';
import { printJson } from './output.ts';

interface ExportOptions {
  readonly control?: readonly number[];
  readonly state?: readonly string[];
  readonly format: 'asff' | 'ocsf';
  readonly config?: string;
}

/** `redress export`: what is known, in a format of other programs. One JSON list on standard output. */
export async function exportFindings({ control, state, format, config }: ExportOptions): Promise<void> {
  const states = (state ?? []).map(asState);
  const store = await openState(await loadConfig(config, catalogue));
  try {
    const records = (await store.findings(states.length > 0 ? { states } : {})).filter(
      (one) => control === undefined || control.includes(one.evaluation.control),
    );
    if (format === 'ocsf') return printJson(records.map((record) => toOcsf(record, version)));
    // ASFF names the Security Hub that it is for: that of the account whose credentials are in use.
    const hub = await herePlace(createSdkPort({ userAgent: `redress/${version}` }));
    printJson(records.map((record) => toAsff(record, hub)));
  } finally {
    await store.close();
  }
}
