import { labelled } from '../../plan/render/page.ts';
import { plural } from '../../plan/report.ts';
import { addedStatements, approve, caughtBy, type Scene, statementIds } from '../scene.ts';
import { causeLines, findingLines, madeLines, pathLines } from '../show.ts';
import type { Stage } from '../stage.ts';

const CONTROL = 182;

/** A plan is approved, but the resource has changed meanwhile: nothing is written, and the new plan is asked about. */
export const topic: Scene = async (stage, { scene, tell, page }) => {
  stage.clock.moveTo('08:45');
  await scene('Approved too late: the resource has changed');
  const caught = caughtBy(CONTROL, await stage.arrives(stage.recordOf('SetTopicAttributes')));
  const { plan: old } = caught;
  const seen = await stage.finding(old.findings[0]);
  await tell(causeLines(page, seen));
  await tell(['', ...findingLines(page, caught)]);
  await tell(labelled(page, 'plan', `${old.id} would write ${statementIds(old.after).join(', ')}`));

  stage.clock.moveTo('08:47');
  await changeByBob(stage, old.resource.id);
  await tell([
    '',
    ...labelled(page, 'meanwhile', 'bob adds a statement for a partner; CloudTrail has not told of it yet'),
  ]);
  const writesBefore = writesOf(stage);
  await approve(stage, old, 'casey');
  const again = await stage.finding(seen.id);
  const entries = again.history.slice(seen.history.length);
  const because = entries.find(({ to }) => to === 'superseded')?.because ?? 'no, applied';
  const refused = `${because}; ${plural(writesOf(stage) - writesBefore, 'write')}`;
  await tell(labelled(page, 'casey', `approves ${old.id}`));
  await tell([...labelled(page, 'refused', refused, 'yellow'), ...pathLines(page, again, seen.history.length)]);

  const plan = stage.asked.at(-1);
  if (plan === undefined || plan.id === old.id) throw new Error('Nobody was asked again.');
  await tell(['', ...labelled(page, 'new plan', `${plan.id} would write ${statementIds(plan.after).join(', ')}`)]);
  await tell(labelled(page, 'kept', addedStatements(old.after, plan.after).join('; '), 'green'));
  await approve(stage, plan, 'casey');
  await tell(['', ...pathLines(page, await stage.finding(seen.id), again.history.length)]);
  await tell(madeLines(page, await stage.callsOf(plan, 'apply')));
};

const writesOf = ({ atTheDoor }: Stage): number => atTheDoor.filter(({ kind }) => kind === 'write').length;

/** Somebody who may do so changes the policy of the topic. */
export async function changeByBob({ somebodyElse }: Stage, TopicArn: string): Promise<void> {
  const { output } = await somebodyElse('sns', 'GetTopicAttributes', { TopicArn });
  const attributes: { Policy?: string } = { ...(typeof output.Attributes === 'object' ? output.Attributes : {}) };
  const policy = JSON.parse(attributes.Policy ?? '{}');
  const partner = {
    Sid: 'PartnerPublishes',
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::999988887777:root' },
    Action: 'SNS:Publish',
    Resource: TopicArn,
  };
  const AttributeValue = JSON.stringify({ ...policy, Statement: [...policy.Statement, partner] });
  await somebodyElse('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
}
