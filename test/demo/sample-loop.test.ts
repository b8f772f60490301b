import { describe, expect, it } from 'vitest';
import { detectorTables } from '../../detectors/index.ts';
import { remediationTables } from '../../remediations/index.ts';
import { joinCatalogue } from '../../src/catalogue.ts';
import { createSampleAccount, type SampleAccount, sampleEvents, sampleIds } from '../../src/demo/sample-account.ts';
import { playableIn } from '../../src/demo/stage.ts';
import { createEngine } from '../../src/engine.ts';
import { gather } from '../../src/intake/coalesce.ts';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import type { Evaluation, Plan, PlannedCall } from '../../src/plan/plan.ts';
import { asDefined } from '../../src/plan/settings.ts';

// Other controls cannot be played here: the sample account does not answer their calls.
const catalogue = playableIn(joinCatalogue(detectorTables, remediationTables));
const router = createRouter(catalogue);
const settings = {
  ...asDefined,
  mode: () => undefined,
  parameters: (control: number) => PARAMETERS[control] ?? {},
};
const PARAMETERS: Readonly<Record<number, Record<string, string>>> = {
  47: { logBucket: 'acme-access-logs' },
  339: { volumeKeyArn: `arn:aws:kms:us-east-1:123456789012:key/${sampleIds.volumeKey}` },
};

function engineOf({ port, world }: SampleAccount) {
  return createEngine({ port, catalogue, mode: 'apply', settings, now: world.now });
}

/** Everything that the account's own events lead to. */
async function judge(account: SampleAccount): Promise<{ evaluations: Evaluation[]; plans: Plan[] }> {
  const { arrivals } = takeIn(JSON.stringify({ Records: sampleEvents(account.world) }), router);
  const evaluations: Evaluation[] = [];
  const plans: Plan[] = [];
  const subjects = gather(arrivals).map(({ subject }) => subject);
  for await (const assessment of engineOf(account).assessSubjects(subjects)) {
    evaluations.push(...assessment.evaluations);
    plans.push(...assessment.plans);
  }
  return { evaluations, plans };
}

async function make(account: SampleAccount, plan: Plan, purpose: 'apply' | 'undo', calls: readonly PlannedCall[]) {
  const engine = engineOf(account);
  const permit = engine.permit(plan, purpose);
  const outputs: Record<string, unknown> = {};
  for (const call of calls) outputs[call.name] = (await engine.send(permit, plan, call, outputs)).output;
}

describe('the sample account and the engine', () => {
  it('every event of its story breaks a control, and nothing stays unknown', async () => {
    const { evaluations } = await judge(createSampleAccount());
    const failing = new Set(evaluations.filter(({ verdict }) => verdict === 'fail').map(({ control }) => control));
    const told = [3, 7, 13, 17, 45, 46, 47, 48, 57, 63, 65, 114, 115, 146, 182, 196, 289, 322, 339, 436, 464];
    expect([...failing]).toEqual(expect.arrayContaining(told));
    expect(evaluations.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
  });

  it('every plan that can be applied sets its controls right, and its undo brings the account back', async () => {
    const { plans } = await judge(createSampleAccount());
    const applicable = plans.filter(({ kind, missing }) => kind !== 'guide' && missing.length === 0);
    expect(applicable.length).toBeGreaterThan(12);
    for (const plan of applicable) {
      const account = createSampleAccount();
      const before = structuredClone({ ...account.world, now: undefined });
      await make(account, plan, 'apply', plan.steps);
      const { evaluations } = await engineOf(account).assess(plan.resource, plan.controls);
      expect({ plan: plan.titles, verdicts: evaluations.map(({ verdict }) => verdict) }).toEqual({
        plan: plan.titles,
        verdicts: plan.controls.map(() => 'pass'),
      });
      await make(account, plan, 'undo', plan.undo.steps);
      if (plan.undo.class !== 'exact') continue;
      expect({ plan: plan.titles, world: { ...account.world, now: undefined } }).toEqual({
        plan: plan.titles,
        world: before,
      });
    }
  });
});
