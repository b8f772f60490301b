import type { Engine } from '../engine.ts';
import { type Gathered, lastCause } from '../intake/coalesce.ts';
import type { Workflow } from '../workflow/driver.ts';
import { undecided } from '../workflow/remediator.ts';

/** Thrown when a verdict is unknown for now: the events have to come again. */
export class UndecidedError extends Error {
  override readonly name = 'UndecidedError';
}

/** Judges a resource for the events that asked for it; without any, because a sweep did. */
export type Judge = (gathered: Gathered) => Promise<void>;

/**
 * Makes the function that judges a resource and hands the verdicts to the
 * workflow.
 *
 * It throws UndecidedError when a verdict is unknown for now, and StoreError
 * when nothing could be stored: then the events have to come again, which
 * changes nothing about what was stored already.
 */
export function createJudge(
  engine: Pick<Engine, 'assessSubjects'>,
  workflow: Pick<Workflow, 'isOwnEvent' | 'observed'>,
): Judge {
  return async (gathered) => {
    const own = await Promise.all(gathered.causes.map((event) => workflow.isOwnEvent(event)));
    // Our own write confirms itself in the workflow; it starts nothing.
    const causes = gathered.causes.filter((_, index) => !own[index]);
    const cause = lastCause({ ...gathered, causes });
    if (cause === undefined && gathered.causes.length > 0) return;
    const open: string[] = [];
    for await (const assessment of engine.assessSubjects([gathered.subject])) {
      await workflow.observed({ assessment, ...(cause ? { cause } : {}) });
      // The rest does not come again by itself: the next sweep sees it.
      const unknown = undecided(assessment);
      open.push(...unknown.map(({ control, resource, because }) => `control ${control} on ${resource.id}: ${because}`));
    }
    if (open.length > 0) throw new UndecidedError(open.join('; '));
  };
}
