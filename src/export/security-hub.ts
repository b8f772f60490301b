import type { Answer, AwsPort, Target } from '../aws/port.ts';
import { NotPublishedError } from '../notify/publish.ts';
import { oneLine } from '../one-line.ts';
import type { FindingRecord } from '../store/records.ts';
import type { Notifier } from '../workflow/notifier.ts';
import { toAsff } from './asff.ts';

/** BatchImportFindings takes no more at once. */
const mostAtOnce = 100;
/**
 * Keeps Security Hub up to date: each step in the life of a finding imports it
 * as it stands at the time of delivery.
 *
 * @param hub account and region of the Security Hub
 */
export function securityHubNotifier(port: Pick<AwsPort, 'send'>, hub: Target): Notifier {
  return {
    // Being asked is a step, too, that is told of by itself.
    async ask() {},
    /** @throws NotPublishedError when Security Hub did not take it, else AWS's own errors: the outbox tries again */
    async changed(finding, events) {
      if (events.length > 0) await importFindings(port, [finding], hub);
    },
  };
}

/**
 * Imports findings into Security Hub, a hundred at a time.
 *
 * @throws NotPublishedError when some were not taken, after all were tried; AWS's own errors at once
 */
export async function importFindings(
  port: Pick<AwsPort, 'send'>,
  records: readonly FindingRecord[],
  hub: Target,
): Promise<void> {
  const refused: string[] = [];
  for (let start = 0; start < records.length; start += mostAtOnce) {
    const Findings = records.slice(start, start + mostAtOnce).map((record) => toAsff(record, hub));
    const { output } = await port.send({
      target: hub,
      service: 'securityhub',
      operation: 'BatchImportFindings',
      input: { Findings },
    });
    refused.push(...refusalsIn(output));
  }
  const [first] = refused;
  if (first === undefined) return;
  const others = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  throw new NotPublishedError(`Security Hub did not take ${first}${others}`);
}

/** BatchImportFindings answers 200 even when it took nothing. */
function refusalsIn(output: Answer['output']): readonly string[] {
  if (output.FailedCount === undefined || output.FailedCount === 0) return [];
  const failed: unknown[] = Array.isArray(output.FailedFindings) ? output.FailedFindings : [];
  if (failed.length === 0) return ['a finding: no reason given'];
  return failed.map((one) => {
    if (typeof one !== 'object' || one === null) return 'a finding: no reason given';
    const [id, code, message] = ['Id', 'ErrorCode', 'ErrorMessage'].map((key) => String(Reflect.get(one, key) ?? ''));
    return oneLine(`${id}: ${code}: ${message}`);
  });
}
