import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { messageOf } from '../one-line.ts';
import type { Plan } from '../plan/plan.ts';
import { CommandError } from './errors.ts';

const plannedCall = z.looseObject({
  service: z.string(),
  operation: z.string(),
  region: z.string(),
  input: z.object({}).loose(),
});

/** As much of a plan as has to be there to look it up again. The digest answers for the rest. */
const planSchema = z.looseObject({
  id: z.string(),
  digest: z.string(),
  controls: z.array(z.int()).nonempty(),
  findings: z.array(z.string()),
  mode: z.enum(['auto', 'approve', 'guided', 'off']),
  missing: z.array(z.string()),
  steps: z.array(plannedCall),
  resource: z.looseObject({
    type: z.string(),
    id: z.string(),
    arn: z.string(),
    partition: z.string(),
    account: z.string(),
    region: z.string(),
  }),
});

const fileSchema = z.union([z.looseObject({ plans: z.array(planSchema) }), z.array(planSchema), planSchema]);

/**
 * Reads plans from a file that `plan` or `scan` printed, or from standard input for `-`.
 *
 * @throws CommandError when it cannot be read or holds no plans
 */
export async function readPlans(file: string): Promise<Plan[]> {
  const name = file === '-' ? 'standard input' : file;
  const content = await contentOf(file).catch((error) => {
    throw new CommandError(`Plans cannot be read from ${name}: ${messageOf(error)}`);
  });
  if (content.trim() === '')
    throw new CommandError(`${name} is empty. Give it what \`redress plan --format json\` printed.`);
  const parsed = fileSchema.safeParse(json(content, name));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new CommandError(
      `${name} holds no plans (${issue?.message ?? 'unknown shape'}). Give it what \`redress plan --format json\` printed.`,
    );
  }
  const plans = 'plans' in parsed.data ? parsed.data.plans : Array.isArray(parsed.data) ? parsed.data : [parsed.data];
  // The rest of a plan is only believed if its digest holds, which is checked before it is used.
  return plans as unknown as Plan[];
}

const contentOf = (file: string): Promise<string> => (file === '-' ? text(process.stdin) : readFile(file, 'utf8'));

function json(content: string, name: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new CommandError(`${name} is no JSON: ${messageOf(error)}`);
  }
}
