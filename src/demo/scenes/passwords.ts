import { createEngine } from '../../engine.ts';
import type { Evaluation } from '../../plan/plan.ts';
import { labelled } from '../../plan/render/page.ts';
import { plural } from '../../plan/report.ts';
import { cloudTrailRecord, consoleUser } from '../sample/cloudtrail.ts';
import { createSampleAccount } from '../sample-account.ts';
import { approve, caughtBy, type Scene } from '../scene.ts';
import { additionLines, causeLines, commandLines, findingLines, madeLines, pathLines } from '../show.ts';
import type { Stage } from '../stage.ts';

const CONTROL = 7;
const bob = { ...consoleUser('bob'), userAgent: 'aws-cli/2.31.0 md/Botocore#1.40.2' };

/** Several controls edit one document that is written whole: they become one plan and one write. */
export const passwords: Scene = async (stage, { scene, tell, page }) => {
  const { clock, place, somebodyElse } = stage;
  clock.moveTo('08:36');
  await scene('Several flags of one document: one plan, one write');
  // As the CLI does with --minimum-password-length 16 alone: whatever is left out is switched off.
  await somebodyElse('iam', 'UpdateAccountPasswordPolicy', { MinimumPasswordLength: 16 });
  const record = cloudTrailRecord({
    source: 'iam',
    name: 'UpdateAccountPasswordPolicy',
    account: place.account,
    region: 'us-east-1',
    at: clock.now(),
    by: bob,
    requestParameters: { minimumPasswordLength: 16 },
  });
  const caught = caughtBy(CONTROL, await stage.arrives(record));
  const { plan, evaluations } = caught;
  const waiting = await stage.finding(plan.findings[0]);
  await tell(causeLines(page, waiting));
  await tell(['', ...findingLines(page, caught)]);

  const naive = await oneByOne(stage, evaluations);
  const trap = `tried on a copy of the account: ${naive.calls} fixes planned from one scan and written one after the other. Every call succeeds, each replaces the whole policy, and in the end these still fail: ${naive.stillFailing.join(', ') || 'none'}.`;
  await tell(['', ...labelled(page, 'the trap', trap, 'yellow')]);

  await tell(['', ...additionLines(page, plan.before, plan.after), ...commandLines(page, plan)]);
  await approve(stage, plan, 'casey');
  const after = await Promise.all(plan.findings.map((id) => stage.finding(id)));
  const calls = await stage.callsOf(plan, 'apply');
  const resolved = after.filter(({ state }) => state === 'resolved').length;
  await tell(['', ...pathLines(page, await stage.finding(waiting.id), waiting.history.length)]);
  await tell(madeLines(page, calls));
  const result = `${plural(calls.length, 'write')}, ${resolved} of ${plural(after.length, 'finding')} resolved`;
  await tell(labelled(page, 'result', result, 'green'));
};

/** What a fixer for each control would do, on a copy of the account: plans from one scan, written one by one. */
async function oneByOne({ account, catalogue, clock }: Stage, evaluations: readonly Evaluation[]) {
  const copy = createSampleAccount({ now: clock.now });
  copy.world.iam.passwordPolicy = structuredClone(account.world.iam.passwordPolicy);
  const engine = createEngine({ port: copy.port, catalogue, mode: 'apply', now: clock.now });
  const assessments = await Promise.all(evaluations.map(({ resource, control }) => engine.assess(resource, [control])));
  let calls = 0;
  for (const plan of assessments.flatMap(({ plans }) => plans)) {
    const permit = engine.permit(plan, 'apply');
    for (const call of plan.steps) {
      await engine.send(permit, plan, call, {});
      calls += 1;
    }
  }
  const numbers = evaluations.map(({ control }) => control);
  const again = await Promise.all(evaluations.slice(0, 1).map(({ resource }) => engine.assess(resource, numbers)));
  const verdicts = again.flatMap((one) => one.evaluations);
  return { calls, stillFailing: verdicts.filter(({ verdict }) => verdict === 'fail').map(({ control }) => control) };
}
