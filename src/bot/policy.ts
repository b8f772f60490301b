import { type Config, policyOf } from '../config.ts';
import type { Plan } from '../plan/plan.ts';
import { catalogue } from '../redress.ts';
import type { Policy } from '../workflow/finding.ts';

/** What the configuration says about applying a plan by itself. Dry-run where it says nothing. */
export const asConfigured =
  (config: Config) =>
  (plan: Plan): Policy => {
    const controls = plan.controls.flatMap((number) => catalogue.get(number) ?? []);
    if (controls.length < plan.controls.length) {
      throw new Error(`Plan ${plan.id} is for a control that this version does not know.`);
    }
    return { ...policyOf(config, controls, plan.resource), mode: plan.mode };
  };

/** Whether anything in the configuration lets Redress write. */
export function mayWrite({ apply, accounts, controls }: Config): boolean {
  const inAccounts = Object.values(accounts).flatMap((one) => [
    one.apply,
    ...Object.values(one.controls).map((own) => own.apply),
  ]);
  return [apply, ...Object.values(controls).map((one) => one.apply), ...inAccounts].some((one) => one === true);
}
