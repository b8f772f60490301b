import { isDeepStrictEqual } from 'node:util';
import type { Plan } from '../../plan/plan.ts';
import { labelled, type Page, paint } from '../../plan/render/page.ts';
import { PRESS_KIT } from '../beginning.ts';
import type { Narrator } from '../narrator.ts';
import { assumedRole, cloudTrailRecord } from '../sample/cloudtrail.ts';
import { approve, caughtBy, type Scene, statementIds } from '../scene.ts';
import {
  causeLines,
  commandLines,
  differenceLines,
  findingLines,
  impactLines,
  madeLines,
  modeLines,
  pathLines,
  refusalLines,
} from '../show.ts';
import type { Stage } from '../stage.ts';

const CONTROL = 46;
const bucket = { Bucket: PRESS_KIT };

/** Alice opens a bucket to the world. It is caught and explained; closing it cuts people off, so it waits. */
export const opened: Scene = async (stage, { scene, tell, page }) => {
  stage.clock.moveTo('08:06');
  await scene('Alice opens a bucket to the world');
  await tell(await witnessLines(stage, page));
  await stage.somebodyElse('s3', 'PutBucketPolicy', { ...bucket, Policy: stage.openPolicy });
  const caught = caughtBy(CONTROL, await stage.arrives(stage.recordOf('PutBucketPolicy')));
  const { plan } = caught;
  const record = await stage.finding(plan.findings[0]);
  await tell([...causeLines(page, record), ...(await witnessLines(stage, page))]);
  await tell(['', ...findingLines(page, caught), ...differenceLines(page, plan.before, plan.after)]);
  await tell(['', ...commandLines(page, plan)]);
  await tell(['', ...impactLines(page, plan), ...modeLines(page, plan), ...pathLines(page, record)]);
};

/** The plan is approved, applied and read again: the bucket is private, and what else its policy said still stands. */
export const approved: Scene = async (stage, narrator) => {
  const { scene, tell, page } = narrator;
  stage.clock.moveTo('08:33');
  await scene('The bucket: approved, fixed, read again');
  const plan = planOf(stage);
  const { id, history, state } = await stage.finding(plan.findings[0]);
  await tell([
    ...labelled(page, 'finding', `${id}, ${state}`),
    ...labelled(page, 'plan', `${plan.id}  ${plan.digest}`),
  ]);

  await decide(stage, narrator, plan);
  await tell(pathLines(page, await stage.finding(id), history.length));
  await tell(madeLines(page, await stage.callsOf(plan, 'apply')));
  await tell([...(await witnessLines(stage, page)), ...(await policyLines(stage, page, plan))]);
};

/** What comes a second time (a click, the event of our own call) changes nothing. */
export const repeated: Scene = async (stage, { tell, page }) => {
  const plan = planOf(stage);
  const { id, machine } = await stage.finding(plan.findings[0]);
  const by = machine.context.approvals[0]?.by;
  if (by === undefined) return;
  const again = await stage.workflow.decide({ finding: id, digest: plan.digest, decision: 'approve', by });
  await tell(['', ...refusalLines(page, 'click', `${by} clicks a second time`, again)]);
  await tell(await echoLines(stage, page, plan));
};

/** The plan for the bucket that people were asked about. */
function planOf({ asked }: Stage): Plan {
  const plan = asked.find(({ controls }) => controls.includes(CONTROL));
  if (plan === undefined) throw new Error('Nobody was asked about the bucket.');
  return plan;
}

/** Asks on the terminal. Where nobody answers, the other approver does, and it is said. */
async function decide(stage: Stage, { ask, tell, page }: Narrator, plan: Plan): Promise<void> {
  const calls = plan.steps.map(({ service, operation }) => `${service} ${operation}`).join(', ');
  const reply = await ask(`\n  You are sam, an approver. Approve ${calls} on ${plan.resource.id}?`);
  if (reply.answer === 'no') {
    const finding = plan.findings[0] ?? '';
    await stage.workflow.decide({
      finding,
      digest: plan.digest,
      decision: 'deny',
      by: 'sam',
      reason: 'a no in the terminal',
    });
    await stage.settle();
    await tell([
      '',
      ...labelled(page, 'answer', 'no: nothing is written, and this plan is not put up again', 'yellow'),
    ]);
    return;
  }
  const by = reply.answer === 'yes' ? 'sam' : 'casey';
  const who = reply.answer === 'none' ? `${reply.because}; casey, the other approver, says yes` : 'yes';
  await tell(['', ...labelled(page, 'answer', who)]);
  await approve(stage, plan, by);
}

/** What S3 itself says of the bucket, asked past Redress. */
async function witnessLines({ somebodyElse }: Stage, page: Page): Promise<string[]> {
  const { output } = await somebodyElse('s3', 'GetBucketPolicyStatus', bucket);
  const isPublic = isDeepStrictEqual(output, { PolicyStatus: { IsPublic: true } });
  const text = `GetBucketPolicyStatus ${PRESS_KIT}: IsPublic ${isPublic}`;
  return labelled(page, 'S3 says', text, isPublic ? 'red' : 'green');
}

/** Which statements the policy had, and which it has now. */
async function policyLines({ somebodyElse }: Stage, page: Page, { before }: Plan): Promise<string[]> {
  const { output } = await somebodyElse('s3', 'GetBucketPolicy', bucket);
  const now = statementIds(output.Policy);
  const all = statementIds(before).map((id) => (now.includes(id) ? `${id} stays` : paint(page, 'red', `${id} gone`)));
  return labelled(page, 'policy', all.join(', '));
}

/** CloudTrail tells of every call, of ours too. */
async function echoLines(stage: Stage, page: Page, plan: Plan): Promise<string[]> {
  const { account, clock, place } = stage;
  const [call] = await stage.callsOf(plan, 'apply');
  if (call?.outcome.status !== 'done') return [];
  const { requestId } = call.outcome;
  const record = cloudTrailRecord({
    source: 's3',
    name: call.operation,
    account: place.account,
    region: place.region,
    at: clock.now(),
    by: assumedRole('RedressRemediate', plan.id, 'redress'),
    requestParameters: {
      bucketName: PRESS_KIT,
      bucketPolicy: JSON.parse(account.world.s3.buckets[PRESS_KIT]?.policy ?? '{}'),
    },
  });
  const { kind } = await stage.arrives({ ...record, requestID: requestId });
  const what = kind === 'own' ? 'our own call, known by its request id; starts nothing' : 'judged';
  return labelled(page, 'event', `${call.operation} by RedressRemediate/${plan.id}: ${what}`);
}
