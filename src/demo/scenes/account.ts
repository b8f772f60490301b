import type { RecordedCall } from '../../aws/door.ts';
import { createEngine } from '../../engine.ts';
import type { Evaluation } from '../../plan/plan.ts';
import { labelled } from '../../plan/render/page.ts';
import { groupBy, plural } from '../../plan/report.ts';
import type { Scene } from '../scene.ts';
import { tableLines } from '../show.ts';
import { CONFIG } from '../stage.ts';

type Verdict = Evaluation['verdict'];

/** The account as it is, judged by an engine that cannot write. */
export const account: Scene = async ({ account: { port, world }, catalogue, clock, place }, { scene, tell, page }) => {
  await scene(`The account as it is: ${world.account}, ${world.region}`);
  await tell([
    '  What you see really happens: rules, plans, workflow and audit trail are those of the bot.',
    '  Only AWS is played, in memory: no credentials, no network, nothing on disk.',
  ]);
  const calls: RecordedCall[] = [];
  const engine = createEngine({ port, catalogue, mode: 'dry-run', now: clock.now, onCall: (call) => calls.push(call) });
  const evaluations: Evaluation[] = [];
  for await (const assessment of engine.scan(place, {})) evaluations.push(...assessment.evaluations);
  const rows = [...groupBy(evaluations, ({ resource }) => resource.type)].map(([type, group]) => {
    const resources = new Set(group.map(({ resource }) => `${resource.arn} ${resource.region}`));
    const failing = new Set(group.filter(({ verdict }) => verdict === 'fail').map(({ control }) => control));
    const count = (wanted: Verdict) => String(group.filter(({ verdict }) => verdict === wanted).length);
    const controls = [...failing].sort((a, b) => a - b).join(', ');
    return [type, String(resources.size), count('pass'), count('skip'), count('fail'), controls];
  });
  const reads = calls.filter(({ kind }) => kind === 'read').length;
  await tell(['', ...tableLines(page, ['type', 'there are', 'pass', 'skip', 'fail', 'controls that fail'], rows)]);
  const [apply = '', approvers = ''] = CONFIG.split('\n');
  await tell([
    '',
    ...labelled(
      page,
      'scan',
      `${plural(catalogue.size, 'control')}, ${plural(evaluations.length, 'verdict')}, ${plural(reads, 'read')}, ${plural(calls.length - reads, 'write')}: in dry-run nothing can be written`,
    ),
    ...labelled(page, 'config', `${apply}   (left out, it is false: dry-run is the default)`),
    ...labelled(page, '', approvers),
  ]);
};
