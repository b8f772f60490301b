import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { asConfigured } from '../bot/policy.ts';
import { type Config, exemptionsOf, timesOf } from '../config.ts';
import type { Engine } from '../engine.ts';
import type { Plan } from '../plan/plan.ts';
import type { Store } from '../store/port.ts';
import { createWorkflow, type Workflow } from '../workflow/driver.ts';
import type { Policy } from '../workflow/finding.ts';
import type { Log } from '../workflow/kit.ts';
import { silent } from '../workflow/notifier.ts';
import type { WorkflowSettings } from '../workflow/settings.ts';

/** Who sits at the terminal: the login name, for approvals and the audit trail. */
export const terminalUser = (): string => process.env.REDRESS_USER ?? process.env.USER ?? userInfo().username;

/** Nothing is logged by commands that a person runs: they print what happened. */
export const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Nothing is applied: verdicts and plans are only written down. */
export const onlyRecord =
  (config: Config) =>
  (plan: Plan): Policy => ({ ...asConfigured(config)(plan), apply: false });

/**
 * A person at the terminal applies these very plans: their word stands for the
 * approval, and the brakes made for a bot that works alone do not bind them.
 * Every other plan stays as it is configured.
 */
const byPerson =
  (config: Config, chosen: ReadonlySet<string>) =>
  (plan: Plan): Policy => {
    const configured = asConfigured(config)(plan);
    if (!chosen.has(plan.id)) return configured;
    return {
      ...configured,
      apply: true,
      mode: 'approve',
      approvalsNeeded: 1,
      limits: { perControl: Number.MAX_SAFE_INTEGER, perAccount: Number.MAX_SAFE_INTEGER },
    };
  };

/**
 * The settings of a workflow that a person runs at the terminal.
 *
 * @param chosen ids of the plans that they have chosen; looked at each time
 */
export const personal = (config: Config, chosen: ReadonlySet<string>): WorkflowSettings => ({
  policyFor: byPerson(config, chosen),
  exemptions: exemptionsOf(config),
  times: timesOf(config),
});

export function startWorkflow(options: { store: Store; engine: Engine; settings: WorkflowSettings }): Workflow {
  return createWorkflow({
    store: options.store,
    remediator: options.engine,
    settings: options.settings,
    notifier: silent,
    log: quiet,
    now: () => new Date(),
    sleep: async (milliseconds) => {
      await sleep(milliseconds);
    },
  });
}
