import type { Plan } from '../plan/plan.ts';
import type { Change } from '../store/port.ts';
import type { Policy } from './finding.ts';

/** The clock hour of a moment, which writes are counted in. */
export const hourOf = (moment: Date): string => moment.toISOString().slice(0, 13);

/** When the next clock hour begins. */
export function nextHour(moment: Date): string {
  const hour = 3_600_000;
  return new Date((Math.floor(moment.getTime() / hour) + 1) * hour).toISOString();
}

/**
 * Counts writes of a plan, per control and for the account. With a policy they
 * are refused beyond its limits, in the same transaction that starts them:
 * two workers cannot both take the last one. Taking a fix back is counted
 * but never refused: a limit must not keep a bad change in place.
 */
export function countWrites(plan: Plan, moment: Date, writes: number, policy: Policy | undefined): readonly Change[] {
  const hour = hourOf(moment);
  const count = (counter: string, most: number | undefined): Change => ({
    kind: 'count',
    counter,
    window: hour,
    add: writes,
    most: most ?? null,
  });
  return [
    ...plan.controls.map((control) => count(`control:${control}`, policy?.limits.perControl)),
    count(`account:${plan.resource.account}`, policy?.limits.perAccount),
  ];
}

/** A counter in words, for the person who wonders why nothing happens. */
export function limitInWords(counter: string, policy: Policy): string {
  const [kind, name] = counter.split(':');
  return kind === 'control'
    ? `the limit of ${policy.limits.perControl} writes an hour for control ${name} is reached`
    : `the limit of ${policy.limits.perAccount} writes an hour for account ${name} is reached`;
}
