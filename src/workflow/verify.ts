import type { Evaluation, Plan } from '../plan/plan.ts';
import { applied } from './apply.ts';
import { rejudge } from './decide.ts';
import { conclude, dismiss, type Held, keep, later, lockOwner, type PlanNow, readPlan, unlock } from './held.ts';
import { at, type Kit, reason } from './kit.ts';

const states = ['verifying'] as const;

/**
 * Reads again, and comes back until the controls of the plan pass or the time
 * is up. Only this makes a finding resolved: that a call returned proves
 * nothing.
 *
 * @throws LeaseLostError when another worker has taken over
 */
export async function performVerify(held: Held): Promise<void> {
  const { kit, effect } = held;
  const { mine, stored } = await readPlan(held, states);
  if (mine.length === 0) return dismiss(held, states);
  const { plan } = stored;
  const owner = lockOwner(plan.id, stored.applications);
  await keep(held, plan.locks, owner);
  const seen = await look(kit, plan);
  const age = kit.now().getTime() - new Date(effect.createdAt).getTime();
  const isLate = age >= kit.times.verify.most;
  if (seen.verdict === 'pass' && (seen.state !== undefined || isLate)) return resolve(held, seen.state, owner);
  if (isLate) return giveUp(held, plan, seen.because, seen.verdict === 'fail', owner);
  // The longer it takes, the rarer it is looked at: after 1, 2, 4 … seconds.
  return later(held, Math.min(Math.max(age, kit.times.verify.first), kit.times.verify.longest), seen.because);
}

interface Look {
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly because: string;
  /** What an undo will start from. */
  readonly state?: unknown;
}

async function look(kit: Kit, plan: Plan): Promise<Look> {
  try {
    const { evaluations } = await kit.remediator.assess(plan.resource, plan.controls);
    const own = plan.findings.map((id) => evaluations.find(({ finding }) => finding === id));
    const failing = own.filter((one) => one?.verdict === 'fail');
    if (failing.length > 0) return { verdict: 'fail', because: failing.map(describe).join('; ') };
    const unread = own.filter((one) => one === undefined || one.verdict === 'unknown');
    if (unread.length > 0) return { verdict: 'unknown', because: unread.map(describe).join('; ') };
    return { verdict: 'pass', because: '', state: await kit.remediator.observe(plan).catch(() => undefined) };
  } catch (error) {
    return { verdict: 'unknown', because: reason(error) };
  }
}

const describe = (one: Evaluation | undefined): string =>
  one === undefined ? 'no verdict was given' : `control ${one.control}: ${one.because}`;

async function resolve(held: Held, state: unknown, owner: string): Promise<void> {
  const { kit, planId } = held;
  const now = at(kit);
  const others = await othersOfResource(held);
  await conclude(held, {
    states,
    event: () => ({ type: 'verified', at: now, plan: planId, because: 'fixed, and read again: the control passes' }),
    also: ({ stored }) => [
      applied(stored, stored.applications, state, now),
      ...unlock(stored, owner),
      // What else waits for this resource may have been set right with it, or needs a new plan.
      ...others.map((finding) => rejudge(kit, finding, `${planId}#${stored.applications}`)),
    ],
  });
}

/** One finding that waits on the same resource for another plan, if there is any. */
async function othersOfResource(held: Held): Promise<readonly string[]> {
  const { stored } = await readPlan(held, states);
  const records = await held.kit.store.findings({
    arn: stored.plan.resource.arn,
    states: ['judged', 'proposed', 'waiting', 'superseded', 'guided'],
  });
  return records
    .filter(({ id }) => !stored.plan.findings.includes(id))
    .map(({ id }) => id)
    .slice(0, 1);
}

async function giveUp(held: Held, plan: Plan, because: string, readable: boolean, owner: string): Promise<void> {
  const text = readable
    ? `every call was made, but it still fails: ${because}`
    : `every call was made, but ${plan.resource.id} cannot be read to verify it: ${because}`;
  await conclude(held, {
    states,
    event: () => ({ type: 'unverified', at: at(held.kit), plan: plan.id, because: text, readable }),
    // The locks stay for taking it back; where nothing more happens they are given back.
    also: ({ stored }: PlanNow) => (readable ? [] : unlock(stored, owner)),
  });
}
