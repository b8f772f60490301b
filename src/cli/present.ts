import type { Criticality } from '../control/verdict.ts';
import type { Ignored } from '../intake/ignored.ts';
import type { Evaluation, Plan } from '../plan/plan.ts';
import { renderCommands } from '../plan/render/commands.ts';
import { writePlanJson } from '../plan/render/json.ts';
import { renderMarkdown } from '../plan/render/markdown.ts';
import { renderText } from '../plan/render/text.ts';
import type { Cause } from '../plan/report.ts';
import type { Assessment } from '../workflow/remediator.ts';
import { hasColor, widthOf } from './output.ts';
import { createSpool } from './spool.ts';

export interface Found {
  readonly assessments: AsyncIterable<Assessment>;
  readonly ignored: readonly Ignored[];
  /** Who brought a finding about; filled while the assessments are read. */
  readonly causes?: ReadonlyMap<string, Cause>;
}

const AT_LEAST: Readonly<Record<Criticality, readonly Criticality[]>> = {
  HIGH: ['HIGH'],
  MEDIUM: ['HIGH', 'MEDIUM'],
  LOW: ['HIGH', 'MEDIUM', 'LOW'],
};

/**
 * Prints verdicts and plans on standard output. JSON is written as it comes,
 * whatever its length.
 *
 * @returns the exit status: 3 when `failOn` is given and a finding is at least that critical
 */
export async function present(found: Found, format: string, failOn: Criticality | undefined): Promise<0 | 3> {
  let alarming = false;
  const seen = (evaluation: Evaluation) => {
    const bad =
      evaluation.verdict === 'fail' && failOn !== undefined && AT_LEAST[failOn].includes(evaluation.criticality);
    alarming ||= bad;
  };
  if (format === 'json') await presentJson(found, seen);
  else await presentReport(found, format, seen);
  return alarming ? 3 : 0;
}

async function presentJson({ assessments, ignored }: Found, seen: (evaluation: Evaluation) => void): Promise<void> {
  const spool = await createSpool<Plan>();
  async function* evaluations(): AsyncGenerator<Evaluation> {
    for await (const assessment of assessments) {
      for (const plan of assessment.plans) await spool.add(plan);
      for (const evaluation of assessment.evaluations) {
        seen(evaluation);
        yield evaluation;
      }
    }
  }
  await writePlanJson(process.stdout, evaluations(), spool.drain(), ignored);
}

async function presentReport(
  { assessments, ignored, causes }: Found,
  format: string,
  seen: (evaluation: Evaluation) => void,
) {
  const evaluations: Evaluation[] = [];
  const plans: Plan[] = [];
  for await (const assessment of assessments) {
    evaluations.push(...assessment.evaluations);
    plans.push(...assessment.plans);
  }
  evaluations.forEach(seen);
  const report = { evaluations, plans, ignored, ...(causes ? { causes } : {}) };
  process.stdout.write(rendered(report, format));
}

function rendered(report: Parameters<typeof renderText>[0], format: string): string {
  if (format === 'markdown') return renderMarkdown(report);
  if (format === 'cli') return renderCommands(report);
  return renderText(report, { color: hasColor(process.stdout), width: widthOf(process.stdout) });
}
