import { isDeepStrictEqual } from 'node:util';
import { labelled } from '../../plan/render/page.ts';
import { sampleIds } from '../sample-account.ts';
import { approve, caughtBy, type Scene } from '../scene.ts';
import { causeLines, commandLines, differenceLines, findingLines, impactLines, madeLines, pathLines } from '../show.ts';
import type { Stage } from '../stage.ts';

const CONTROL = 322;

/** A fix turns out to break something. It is taken back, exactly, and the finding is accepted for a time. */
export const instance: Scene = async (stage, { scene, tell, page }) => {
  stage.clock.moveTo('08:52');
  await scene('A fix is taken back, exactly');
  const before = await describe(stage);
  const caught = caughtBy(CONTROL, await stage.arrives(stage.recordOf('RunInstances')));
  const { plan } = caught;
  const waiting = await stage.finding(plan.findings[0]);
  await tell([
    ...causeLines(page, waiting),
    ...labelled(page, '', 'delivered late and out of order, as CloudTrail may'),
  ]);
  await tell(['', ...findingLines(page, caught), ...differenceLines(page, plan.before, plan.after)]);
  await tell(['', ...commandLines(page, plan), ...impactLines(page, plan)]);
  await approve(stage, plan, 'casey');
  const fixed = await stage.finding(waiting.id);
  await tell([
    '',
    ...pathLines(page, fixed, waiting.history.length),
    ...madeLines(page, await stage.callsOf(plan, 'apply')),
  ]);

  const reason = 'an agent on web-1 speaks IMDSv1 only';
  const decided = await stage.workflow.decide({ finding: waiting.id, decision: 'undo', by: 'casey', reason });
  if (decided.outcome === 'refused') throw new Error(decided.because);
  await stage.settle();
  const undone = await stage.finding(waiting.id);
  await tell([
    '',
    ...labelled(page, 'undo', `asked by casey: ${reason}`),
    ...pathLines(page, undone, fixed.history.length),
  ]);
  await tell(madeLines(page, await stage.callsOf(plan, 'undo')));
  const same = isDeepStrictEqual(await describe(stage), before);
  await tell(
    labelled(
      page,
      'EC2 says',
      `DescribeInstances ${same ? 'answers the same as before, in every field' : 'answers something else than before'}`,
      same ? 'green' : 'red',
    ),
  );

  const exempted = await stage.workflow.decide({
    finding: waiting.id,
    decision: 'exempt',
    by: 'casey',
    owner: 'shop',
    until: '2027-01-31',
    reason: 'agent is replaced in January',
  });
  await stage.settle();
  await tell(labelled(page, 'exempt', exempted.because));
};

async function describe({ somebodyElse }: Stage): Promise<unknown> {
  return (await somebodyElse('ec2', 'DescribeInstances', { InstanceIds: [sampleIds.web1] })).output;
}
