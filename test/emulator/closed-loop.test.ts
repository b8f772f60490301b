import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connect } from './clients.ts';
import { commandLine, type LoopDriver, type Planned, runRedress } from './loop-driver.ts';
import { resetMoto } from './moto.ts';
import { committedProof, isComplete, type Row, renderProof, type StepName } from './proof.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';

const endpoint = process.env.AWS_ENDPOINT_URL ?? '';
const aws = connect(endpoint);
const rows = new Map<Scenario, Row>();
let driver: LoopDriver | undefined;

/** Every twentieth scenario goes through processes of their own, as an operator's commands do. */
const throughProcess = new Set(scenarios.filter((_, index) => index % 20 === 0));

beforeEach(() => resetMoto(endpoint));
afterEach(async () => {
  await driver?.close();
  driver = undefined;
});

const nameOf = ({ control, variant }: Scenario) => [`control ${control}`, ...(variant ? [variant] : [])].join(', ');

describe('fails, is fixed, and can be undone', () => {
  it.each(scenarios.filter(({ lacks }) => lacks === undefined).map((one) => [nameOf(one), one] as const))(
    '%s',
    async (_, one) => {
      const row = startRow(one);
      const { id, event, parameters, daysLater } = await one.arrange(aws);
      const run = throughProcess.has(one) ? runRedress : undefined;
      driver = await commandLine({ control: one.control, parameters, daysLater, off: one.off, run });
      const before = await one.state(aws, id);

      const planned = await driver.plan(event);
      if (one.kind === 'skip') {
        expect(await one.state(aws, id)).toEqual(before);
        return skipped(planned, one.control, id, row);
      }
      expect(verdictOf(planned, one.control, id)).toBe('fail');
      row('judged', 'fail');
      expect(await one.state(aws, id)).toEqual(before);
      row('dry run wrote nothing', 'yes');

      if (one.kind === 'guide') return guided(driver, one, planned, row);
      const plan = planFor(planned, one.control);
      expect(plan.missing).toEqual([]);
      const asked = [one.control, ...(one.also ?? [])];
      expect(plan.controls).toEqual([...asked, ...(one.leaves ?? [])]);

      const applied = resultFor(await driver.apply(planned, asked), one.control);
      expect(applied).toMatchObject({ outcome: 'resolved', verified: true });
      expect(applied.calls.map(({ operation }) => operation)).toEqual(plan.steps.map(({ operation }) => operation));
      row('applied', applied.calls.map(({ service, operation }) => `${service}:${operation}`).join(', '));

      expect(await one.state(aws, id)).toEqual(one.expected(before, id));
      row('neighbours kept', 'yes');

      const again = await driver.plan(event);
      const verdict = one.removes ? 'skip' : 'pass';
      expect(verdictOf(again, one.control, id)).toBe(verdict);
      expect(again.plans.filter(({ controls }) => controls.includes(one.control))).toEqual([]);
      row('judged again', one.removes ? 'it is gone' : 'pass');

      const twice = resultFor(await driver.apply(planned, asked), one.control);
      expect(twice).toMatchObject({ outcome: 'nothing-to-do', calls: [] });
      expect(await one.state(aws, id)).toEqual(one.expected(before, id));
      row('again: no calls', 'yes');

      if (one.noUndoHere !== undefined) return row('undone', `cannot be tried: ${one.noUndoHere}`);
      await driver.undo(findingOf(planned, one.control, id));
      expect(await one.state(aws, id)).toEqual(one.undone?.(before) ?? before);
      // A plan that promises an exact undo has no excuse.
      if (one.undone !== undefined) expect(plan.undo.class).not.toBe('exact');
      row('undone', one.undone === undefined ? 'exactly' : 'as far as AWS goes back');
    },
  );
});

/** A runbook is written for this resource, and applying the plan is refused without a call. */
async function guided(loop: LoopDriver, one: Scenario, planned: Planned, row: Note): Promise<void> {
  const plan = planFor(planned, one.control);
  expect(plan).toMatchObject({ kind: 'guide', steps: [] });
  expect(plan.guide.length).toBeGreaterThan(0);
  const result = resultFor(await loop.apply(planned, [one.control]), one.control);
  expect(result).toMatchObject({ outcome: 'refused', calls: [] });
  row('applied', 'refused: a person follows the runbook');
  for (const step of ['judged again', 'neighbours kept', 'again: no calls', 'undone'] as const) row(step, '–');
}

/** The control does not apply, which is said, and nothing is planned. */
function skipped(planned: Planned, control: number, id: string, row: Note): void {
  const { verdict, because } = evaluationOf(planned, control, id);
  expect(verdict).toBe('skip');
  expect(planned.plans.filter(({ controls }) => controls.includes(control))).toEqual([]);
  row('judged', 'skip');
  row('dry run wrote nothing', 'yes');
  row('applied', `nothing to set right: ${because}`);
  for (const step of ['judged again', 'neighbours kept', 'again: no calls', 'undone'] as const) row(step, '–');
}

describe('cannot run here, because the emulator lacks an operation', () => {
  it.each(scenarios.flatMap((one) => (one.lacks ? [[nameOf(one), one, one.lacks] as const] : [])))(
    '%s',
    async (_, one, { operation, ask, refusal }) => {
      rows.set(one, { control: one.control, variant: one.variant, kind: 'fix', steps: {}, lacks: operation });
      // Once the emulator has it, this fails, and the scenario can run.
      const expected = refusal === undefined ? { $metadata: { httpStatusCode: 500 } } : { name: refusal };
      await expect(ask(aws)).rejects.toMatchObject(expected);
    },
  );
});

describe('docs/proof.md', () => {
  it('says what this run showed', async () => {
    // A loop that broke off proves nothing: then the page stays as it is.
    expect([...rows.values()].filter((row) => !isComplete(row)).map(({ control }) => control)).toEqual([]);
    const { output } = await runRedress(['controls', '--format', 'json']);
    const catalogue: readonly { control: number }[] = JSON.parse(output);
    const shown = new Set(scenarios.map(({ control }) => control));
    const without = catalogue.map(({ control }) => control).filter((control) => !shown.has(control));
    const text = renderProof(
      scenarios.flatMap((one) => rows.get(one) ?? []),
      without,
    );
    expect(await committedProof(text)).toBe(text);
  });
});

afterAll(() => {
  for (const client of Object.values(aws)) client.destroy();
});

type Note = (step: StepName, showed: string) => void;

function startRow(one: Scenario): Note {
  const steps: Partial<Record<StepName, string>> = {};
  rows.set(one, { control: one.control, variant: one.variant, kind: one.kind ?? 'fix', steps, lacks: undefined });
  return (step, showed) => {
    steps[step] = showed;
  };
}

function evaluationOf(planned: Planned, control: number, id: string) {
  const found = planned.evaluations.find((one) => one.control === control && one.resource.id.endsWith(id));
  if (found === undefined) {
    throw new Error(
      `Control ${control} was not judged on ${id}: ${JSON.stringify(planned, undefined, 2).slice(0, 2000)}`,
    );
  }
  return found;
}

const verdictOf = (planned: Planned, control: number, id: string) => evaluationOf(planned, control, id).verdict;
const findingOf = (planned: Planned, control: number, id: string) => evaluationOf(planned, control, id).finding;

function planFor(planned: Planned, control: number) {
  const [plan, ...more] = planned.plans.filter(({ controls }) => controls.includes(control));
  if (plan === undefined || more.length > 0) throw new Error(`Expected one plan for control ${control}.`);
  return plan;
}

function resultFor({ results }: Awaited<ReturnType<LoopDriver['apply']>>, control: number) {
  const [result, ...more] = results.filter(({ controls }) => controls.includes(control));
  if (result === undefined || more.length > 0) throw new Error(`Expected one result for control ${control}.`);
  return result;
}
