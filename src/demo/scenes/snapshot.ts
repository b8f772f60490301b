import { labelled } from '../../plan/render/page.ts';
import { sampleIds } from '../sample-account.ts';
import { caughtBy, type Scene } from '../scene.ts';
import {
  causeLines,
  changeLines,
  commandLines,
  findingLines,
  impactLines,
  madeLines,
  modeLines,
  pathLines,
} from '../show.ts';

const CONTROL = 146;

/** A snapshot that everyone may copy. Closing it breaks nothing and can be undone: that happens by itself. */
export const snapshot: Scene = async (stage, { scene, tell, page }) => {
  stage.clock.moveTo('08:30');
  await scene('Meanwhile, a fix that needs nobody');
  const caught = caughtBy(CONTROL, await stage.arrives(stage.recordOf('ModifySnapshotAttribute')));
  const { plan } = caught;
  const record = await stage.finding(plan.findings[0]);
  await tell(causeLines(page, record));
  await tell(['', ...findingLines(page, caught), ...changeLines(page, plan.before, plan.after)]);
  await tell(['', ...commandLines(page, plan), ...impactLines(page, plan), ...modeLines(page, plan)]);
  await tell(['', ...pathLines(page, record), ...madeLines(page, await stage.callsOf(plan, 'apply'))]);
  const { output } = await stage.somebodyElse('ec2', 'DescribeSnapshotAttribute', {
    SnapshotId: sampleIds.ordersSnapshot,
    Attribute: 'createVolumePermission',
  });
  await tell(labelled(page, 'EC2 says', `shared with ${JSON.stringify(output.CreateVolumePermissions)}`));
};
