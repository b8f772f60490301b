import { openState } from '../bot/state.ts';
import { isIntact } from '../plan/digest.ts';
import type { Plan } from '../plan/plan.ts';
import { renderText } from '../plan/render/text.ts';
import type { Store } from '../store/port.ts';
import type { Workflow } from '../workflow/driver.ts';
import { confirmed } from './confirm.ts';
import { type Context, createContext, reachable } from './context.ts';
import { knownControls } from './controls.ts';
import { hasColor, say, widthOf } from './output.ts';
import { readPlans } from './plan-file.ts';
import { madeCalls, outcomeOf, presentResults, type Result, refusedResult } from './results.ts';
import { personal, startWorkflow, terminalUser } from './workflow.ts';

interface Options {
  readonly control?: readonly number[];
  readonly yes: boolean;
  readonly format: string;
  readonly config?: string;
}

/**
 * `redress apply`: applies plans that `plan` or `scan` printed. Each is planned
 * again on fresh reads first; one whose digest no longer holds is refused.
 */
export async function apply(file: string, options: Options): Promise<void> {
  knownControls(options.control);
  const plans = (await readPlans(file)).filter(
    ({ controls }) => options.control === undefined || controls.some((one) => options.control?.includes(one)),
  );
  if (plans.length === 0) {
    say(
      `redress: ${file} holds no plan${options.control ? ` for control ${options.control.join(', ')}` : ''}: nothing to do.`,
    );
    return presentResults([], options.format);
  }
  const context = await createContext(options, 'apply');
  await reachable(context.port);
  const store = await openState(context.config);
  try {
    const chosen = new Set(plans.map(({ id }) => id));
    const workflow = startWorkflow({ store, engine: context.engine, settings: personal(context.config, chosen) });
    const choose: Choose = (plan) => chosen.add(plan.id);
    const results: Result[] = [];
    for (const plan of plans) {
      // What a crash left unfinished comes first.
      await workflow.run({ untilIdle: true, findings: plan.findings });
      results.push(await applyOne(plan, options, context, store, workflow, choose));
    }
    presentResults(results, options.format);
  } finally {
    await store.close();
  }
}

/** Notes that a person has said yes to a plan. */
type Choose = (plan: Plan) => void;

/** Why nothing at all may be written now, or nothing if it may. */
async function whyStopped(store: Store): Promise<string | undefined> {
  const { on, by, at, because } = await store.stopSwitch();
  return on
    ? `every write is held by ${by} since ${at} (${because}); \`redress resume\` lets them go again`
    : undefined;
}

async function applyOne(
  plan: Plan,
  options: Options,
  { engine }: Context,
  store: Store,
  workflow: Workflow,
  choose: Choose,
): Promise<Result> {
  const stopped = await whyStopped(store);
  if (stopped !== undefined) return refusedResult(plan, stopped);
  if (!isIntact(plan))
    return refusedResult(plan, 'the plan was changed after it was made: its digest does not hold. Make a new one');
  const wanted = plan.controls.filter((one) => options.control === undefined || options.control.includes(one));
  const now = await engine.assess(plan.resource, plan.controls);
  const unreadable = now.evaluations.find(({ verdict }) => verdict === 'unknown');
  if (unreadable !== undefined) return refusedResult(plan, unreadable.because);
  const open = now.evaluations.filter(({ control, verdict }) => verdict === 'fail' && wanted.includes(control));
  if (open.length === 0) {
    return {
      plan: plan.id,
      controls: wanted,
      outcome: 'nothing-to-do',
      because: now.evaluations.find(({ verdict }) => verdict === 'skip')?.because ?? 'the control passes already',
      calls: [],
      verified: true,
    };
  }
  const same = now.plans.find(({ digest }) => digest === plan.digest);
  if (same === undefined)
    return refusedResult(plan, 'the resource has changed since the plan was made. Make a new one and look at it');

  // Of a plan for several controls only those that were asked for are written.
  const assessment = wanted.length === plan.controls.length ? now : await engine.assess(plan.resource, wanted);
  const chosen =
    wanted.length === plan.controls.length
      ? same
      : assessment.plans.find(({ controls }) => controls.every((one) => wanted.includes(one)));
  if (chosen === undefined) return refusedResult(plan, `no plan for control ${wanted.join(', ')} alone could be made`);
  const refusal = whyNotApplicable(chosen);
  if (refusal !== undefined) return refusedResult(plan, refusal);
  if (!options.yes && !(await confirmed(question(chosen, assessment)))) return refusedResult(plan, 'you said no');
  choose(chosen);

  const ofPlan = {
    evaluations: assessment.evaluations.filter(({ finding }) => chosen.findings.includes(finding)),
    plans: [chosen],
  };
  await workflow.observed({ assessment: ofPlan, reopen: true });
  const [finding = ''] = chosen.findings;
  // A plan that was approved before, and held, is on its way already.
  if ((await store.finding(finding))?.state !== 'approved') {
    const decided = await workflow.decide({ finding, digest: chosen.digest, decision: 'approve', by: terminalUser() });
    if (decided.outcome === 'refused') return refusedResult(plan, decided.because);
  }
  await workflow.run({ untilIdle: true, findings: chosen.findings });
  const record = await store.finding(finding);
  if (record === undefined) return refusedResult(plan, `finding ${finding} is not in the store`);
  const outcome = outcomeOf(record);
  return {
    plan: plan.id,
    controls: chosen.controls,
    outcome,
    because: record.machine.context.because,
    calls: await madeCalls(store, chosen.id, 'apply'),
    verified: outcome === 'resolved',
  };
}

function whyNotApplicable({ mode, missing, kind, guide }: Plan): string | undefined {
  if (mode === 'off') return 'the control is switched off in the configuration';
  if (missing.length > 0) return `it needs ${missing.join(', ')}: set it under controls in redress.yaml`;
  if (kind === 'guide' || mode === 'guided') return `a person has to do this: ${guide[0]?.text ?? 'see the plan'}`;
  return undefined;
}

function question(
  plan: Plan,
  { evaluations }: { evaluations: Parameters<typeof renderText>[0]['evaluations'] },
): string {
  const page = { color: hasColor(process.stderr), width: widthOf(process.stderr) };
  process.stderr.write(renderText({ evaluations, plans: [plan], ignored: [] }, page));
  return `Apply this plan to ${plan.resource.id} now?`;
}
