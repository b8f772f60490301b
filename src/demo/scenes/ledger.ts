import { verifyAudit } from '../../audit.ts';
import { labelled } from '../../plan/render/page.ts';
import { plural } from '../../plan/report.ts';
import type { Scene } from '../scene.ts';
import { deciderOf, tableLines } from '../show.ts';
import type { Stage } from '../stage.ts';

const MOST_ROWS = 14;

/** What is left of it all: the findings, the journal, the audit trail. */
export const ledger: Scene = async (stage, { scene, tell, page }) => {
  stage.clock.moveTo('09:00');
  await scene('The ledger');
  const records = [...(await stage.store.findings())].reverse();
  const rows = records.map((record) => [
    record.id,
    String(record.evaluation.control),
    record.evaluation.resource.id.split(':').at(-1) ?? '',
    record.state,
    deciderOf(record),
    record.plan ?? '',
  ]);
  const head = ['finding', 'control', 'resource', 'state', 'decided by', 'plan'];
  await tell(tableLines(page, head, rows.slice(0, MOST_ROWS)));
  if (rows.length > MOST_ROWS) await tell([`  … and ${rows.length - MOST_ROWS} more`]);

  const { reads, writes, journal } = await counts(stage);
  const audit = await verifyAudit(stage.store);
  const trail = audit.ok
    ? `${audit.count} entries, chain whole, ends in ${audit.head.slice(0, 16)}…`
    : `broken at entry ${audit.seq}: ${audit.because}`;
  await tell([
    '',
    ...labelled(
      page,
      'the door',
      `${plural(reads, 'read')}, ${plural(writes, 'write')}; the audit trail has ${journal} of them, with request id`,
    ),
    ...labelled(page, 'audit', trail, audit.ok ? 'green' : 'red'),
  ]);
  await tell([
    '',
    '  On your own account (dry-run is the default, and these only read):',
    '    redress scan                 judge what is there, and plan what to do',
    '    redress plan --event FILE    the same for CloudTrail events',
    '    redress doctor               what works, what does not, how to mend it',
    '',
  ]);
};

/** What went through the door, and how many of the writes the journal knows as done. */
async function counts({ atTheDoor, store }: Stage) {
  const writes = atTheDoor.filter(({ kind }) => kind === 'write').length;
  const rows = await store.auditRows(0, Number.MAX_SAFE_INTEGER);
  const entries: { what: string; detail?: { requestId?: string } }[] = rows.map(({ entry }) => JSON.parse(entry));
  const journal = entries.filter(({ what, detail }) => what === 'call made' && detail?.requestId).length;
  return { reads: atTheDoor.length - writes, writes, journal };
}
