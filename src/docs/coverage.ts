import type { ControlSummary } from '../control-summary.ts';
import { groupBy, plural } from '../plan/report.ts';

/** What the closed loop on the emulator has shown of a control. */
export type Shown = 'whole loop' | 'runbook' | 'never fails' | `lacks ${string}` | 'nothing';

/**
 * Reads the proof page: of each control the best that a scenario has shown.
 *
 * @param proof the text of docs/proof.md
 */
export function readProof(proof: string): ReadonlyMap<number, Shown> {
  const shown = new Map<number, Shown>();
  for (const line of proof.split('\n')) {
    const [, control = '', , judged = '', , applied = ''] = line.split('|').map((cell) => cell.trim());
    if (!/^\d+$/.test(control)) continue;
    const what = shownBy(judged, applied);
    if (!better(shown.get(Number(control)), what)) shown.set(Number(control), what);
  }
  return shown;
}

function shownBy(judged: string, applied: string): Shown {
  const [, lacking] = /^the emulator lacks (.+)$/.exec(judged) ?? [];
  if (lacking !== undefined) return `lacks ${lacking}`;
  if (judged === 'skip') return 'never fails';
  return applied.startsWith('refused') ? 'runbook' : 'whole loop';
}

/** A control with several scenarios has what the best of them showed. */
const better = (known: Shown | undefined, found: Shown): boolean =>
  known === 'whole loop' || (known === 'runbook' && found !== 'whole loop');

/** Every control on one line: how it is triggered, judged, fixed, undone and proven, with the counts. */
export function coverageMarkdown(controls: readonly ControlSummary[], proof: ReadonlyMap<number, Shown>): string {
  const shownOf = ({ control }: ControlSummary): Shown => proof.get(control) ?? 'nothing';
  const rows = controls.map((one) =>
    row([
      ...[
        String(one.control),
        one.service,
        one.resourceType.replace('AWS::', ''),
        plural(one.triggers.length, 'event'),
      ],
      ...[plural(one.reads.length, 'read'), fixOf(one), one.mode, undoOf(one), shownOf(one)],
    ]),
  );
  return [
    '# Coverage',
    '',
    'How each control is triggered, judged, fixed, undone and proven. Made by `npm run generate` from the definitions',
    'and from [the proof](proof.md); do not edit.',
    '',
    ...counts(controls, shownOf),
    '',
    row(['control', 'service', 'resource', 'triggers', 'judged by', 'fixed by', 'mode', 'undo', 'on the emulator']),
    '|---:|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function fixOf({ kind, writes }: ControlSummary): string {
  if (kind === 'guide') return 'a runbook';
  return writes.map(({ operation }) => `\`${operation}\``).join(' ');
}

const undoOf = ({ kind, undo }: ControlSummary): string => (kind === 'guide' ? '–' : undo);

function counts(controls: readonly ControlSummary[], shownOf: (one: ControlSummary) => Shown): string[] {
  const count = (key: (one: ControlSummary) => string): string =>
    [...groupBy(controls, key)].map(([name, group]) => `${group.length} ${name}`).join(', ');
  const kinds: Readonly<Record<string, string>> = {
    edit: 'edit a document in place',
    steps: 'take steps',
    guide: 'guide a person with a runbook',
  };
  return [
    `${controls.length} controls of ${new Set(controls.map(({ service }) => service)).size} services.`,
    '',
    `- Fixes: ${count(({ kind }) => kinds[kind] ?? kind)}.`,
    `- Modes: ${count(({ mode }) => mode)}.`,
    `- Undo of fixes: ${[
      ...groupBy(
        controls.filter(({ kind }) => kind !== 'guide'),
        ({ undo }) => undo,
      ),
    ]
      .map(([name, group]) => `${group.length} ${name}`)
      .join(', ')}.`,
    `- On the emulator: ${count((one) => shownOf(one).replace(/^lacks .*/, 'cannot run for want of an operation'))}.`,
  ];
}

/** What the policy document gets wrong, and what Redress does instead: the notes of all controls that have one. */
export function errataMarkdown(controls: readonly ControlSummary[]): string {
  const noted = controls.filter(({ note }) => note !== '');
  const services = [...groupBy(noted, ({ service }) => service)].sort(([one], [other]) => one.localeCompare(other));
  return [
    '# Errata',
    '',
    'Where the policy document is wrong, dangerous, outdated or contradicts itself, and what Redress does instead. Made by',
    '`npm run generate` from the notes of the controls; do not edit.',
    '',
    `${noted.length} of ${controls.length} controls have a note.`,
    '',
    ...services.flatMap(([service, group]) => [
      `## ${service}`,
      '',
      ...group.flatMap(({ control, title, note }) => [`**${control} · ${title}.** ${note}`, '']),
    ]),
  ].join('\n');
}
