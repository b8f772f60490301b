import { documentDiff } from '../../src/plan/diff.ts';
import type { Plan } from '../../src/plan/plan.ts';

/** A plan never changes, and comparing long documents takes a while: once is enough. */
const known = new WeakMap<Plan, readonly string[]>();

/** What a plan changes, as the lines of a diff; none where there is nothing to compare. */
export function changeLines(plan: Plan): readonly string[] {
  const found = known.get(plan);
  if (found !== undefined) return found;
  const lines = documentDiff(plan.before, plan.after).map(({ sign, text }) => `${sign} ${text}`);
  known.set(plan, lines);
  return lines;
}
