import { approverRefusal } from '../../approvals/approvers.ts';
import { nameOf } from '../../approvals/people.ts';
import { asConfigured } from '../bot/policy.ts';
import { groupsFor } from '../bot/slack.ts';
import { openState } from '../bot/state.ts';
import { exemptionsOf } from '../config.ts';
import type { Question } from '../workflow/decide.ts';
import { type Context, createContext } from './context.ts';
import { CommandError } from './errors.ts';
import { printJson } from './output.ts';
import { startWorkflow, terminalUser } from './workflow.ts';

interface Options {
  readonly format: string;
  readonly config?: string;
}

/** `redress approve` and `redress deny`: decide from the terminal, as an approver named in the configuration. */
export async function decide(
  decision: 'approve' | 'deny',
  finding: string,
  options: Options & { readonly reason?: string; readonly as?: string },
): Promise<void> {
  const by = options.as ?? terminalUser();
  await ask({ finding, decision, by, ...(options.reason ? { reason: options.reason } : {}) }, options);
}

/** `redress exempt`: accept a finding for a time. */
export async function exempt(
  finding: string,
  options: Options & { readonly until: string; readonly owner: string; readonly reason: string },
): Promise<void> {
  const { until, owner, reason } = options;
  await ask({ finding, decision: 'exempt', by: terminalUser(), until, owner, reason }, options);
}

/** The decision is written down; whoever runs the workflow (`redress serve`) carries it out. */
async function ask(question: Question, options: Options): Promise<void> {
  const { config, engine }: Context = await createContext(options, 'dry-run');
  const store = await openState(config);
  try {
    const mayDecide = approverRefusal(config, await groupsFor(config), (id) => store.finding(id));
    const settings = { policyFor: asConfigured(config), exemptions: exemptionsOf(config), mayDecide };
    const by = nameOf(config, question.by);
    const decided = await startWorkflow({ store, engine, settings }).decide({ ...question, by });
    if (decided.outcome === 'refused') throw new CommandError(decided.because);
    const states = decided.findings.map(({ id, state }) => ({ finding: id, state }));
    if (options.format === 'json')
      return printJson({ decision: question.decision, because: decided.because, findings: states });
    process.stdout.write(`${question.decision}: ${decided.because}\n`);
  } finally {
    await store.close();
  }
}
