import { openState } from '../bot/state.ts';
import { confirmed } from './confirm.ts';
import { createContext, reachable } from './context.ts';
import { CommandError } from './errors.ts';
import { madeCalls, presentResults, type Result, refusedResult } from './results.ts';
import { personal, startWorkflow, terminalUser } from './workflow.ts';

interface Options {
  readonly yes: boolean;
  readonly format: string;
  readonly config?: string;
}

/** `redress undo`: takes an applied plan back, if nobody has changed the resource since. */
export async function undo(finding: string, options: Options): Promise<void> {
  const { config, engine, port } = await createContext(options, 'apply');
  const store = await openState(config);
  try {
    const record = await store.finding(finding);
    if (record === undefined)
      throw new CommandError(`There is no finding ${finding}; \`redress findings\` lists those there are.`);
    const stored = record.plan === null ? undefined : await store.plan(record.plan);
    if (stored === undefined) throw new CommandError(`Nothing was applied for ${finding}.`);
    const { plan } = stored;
    await reachable(port);
    const workflow = startWorkflow({
      store,
      engine,
      settings: personal(config, new Set([plan.id])),
    });
    await workflow.run({ untilIdle: true, findings: plan.findings });
    const lines = plan.undo.steps.map(({ service, operation }) => `  ${service} ${operation}`).join('\n');
    const question = `Undo plan ${plan.id} on ${plan.resource.id} (${plan.undo.class})?\n${lines}\n`;
    if (!options.yes && !(await confirmed(question)))
      return presentResults([refusedResult(plan, 'you said no')], options.format);
    const decided = await workflow.decide({ finding, decision: 'undo', by: terminalUser() });
    if (decided.outcome === 'refused') return presentResults([refusedResult(plan, decided.because)], options.format);
    await workflow.run({ untilIdle: true, findings: plan.findings });
    const after = await store.finding(finding);
    const done = after?.state === 'rolledBack';
    const result: Result = {
      plan: plan.id,
      controls: plan.controls,
      outcome: done ? 'rolled-back' : 'failed',
      because: after?.machine.context.because ?? 'the finding is not in the store',
      calls: await madeCalls(store, plan.id, 'undo'),
      verified: done,
    };
    presentResults([result], options.format, 'rolled-back');
  } finally {
    await store.close();
  }
}
