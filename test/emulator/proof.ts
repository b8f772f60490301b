import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const PROOF = fileURLToPath(new URL('../../docs/proof.md', import.meta.url));

/** The steps of the loop, in order: the columns of the proof. */
export const STEPS = [
  'judged',
  'dry run wrote nothing',
  'applied',
  'judged again',
  'neighbours kept',
  'again: no calls',
  'undone',
] as const;
export type StepName = (typeof STEPS)[number];

/** One scenario's run: what each step showed, or why the loop could not run. */
export interface Row {
  readonly control: number;
  readonly variant: string | undefined;
  readonly kind: 'fix' | 'guide' | 'skip';
  readonly steps: Partial<Record<StepName, string>>;
  readonly lacks: string | undefined;
}

/**
 * The proof as a page: one row a scenario, one column a step. The same run gives the same text.
 *
 * @param without controls that have no scenario, so that they are not passed over in silence
 */
export function renderProof(rows: readonly Row[], without: readonly number[]): string {
  const complete = rows.filter((row) => row.kind === 'fix' && row.lacks === undefined && isComplete(row));
  const controls = new Set(complete.map(({ control }) => control));
  const lines = rows.map(({ control, variant = '', steps, lacks }) =>
    lacks === undefined
      ? [control, variant, ...STEPS.map((step) => steps[step] ?? 'did not get here')]
      : [control, variant, `the emulator lacks ${lacks}`, ...STEPS.slice(1).map(() => '–')],
  );
  return [
    '# Proof: the closed loop',
    '',
    'Written by `npm run test:emulator` against a third party’s emulator of AWS (moto’s server); do not edit.',
    'Each row makes one control fail on a resource that has other settings worth keeping, hands the CloudTrail',
    'record to the command line, applies the plan it prints, and undoes it again. Every step reads the state through',
    'clients that are not Redress’s own.',
    '',
    `${controls.size} controls ran the whole loop, in ${complete.length} scenarios. “exactly” means that after the undo`,
    'nothing that was read differs from before the fix.',
    ...(without.length === 0 ? [] : ['', `Not shown here, for want of a scenario: ${without.join(', ')}.`]),
    '',
    table(['control', 'case', ...STEPS]),
    table(['--:', ...['case', ...STEPS].map(() => '---')]),
    ...lines.map(table),
    '',
  ].join('\n');
}

function table(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Whether every step of the loop has something to show, or cannot have. */
export function isComplete({ lacks, steps }: Row): boolean {
  return lacks !== undefined || STEPS.every((step) => steps[step] !== undefined);
}

/** Writes the page when asked to by `REDRESS_WRITE_PROOF=1`; returns what is committed otherwise. */
export async function committedProof(text: string): Promise<string> {
  if (process.env.REDRESS_WRITE_PROOF === '1') await writeFile(PROOF, text);
  return readFile(PROOF, 'utf8').catch(() => '');
}
