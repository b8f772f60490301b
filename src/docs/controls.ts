import type { ControlSummary } from '../control-summary.ts';

/** The table of controls for the docs, made from the definitions. */
export function controlsMarkdown(controls: readonly ControlSummary[]): string {
  const rows = controls.map(
    (one) =>
      `| ${one.control} | ${cell(one.title)} | ${one.criticality} | ${one.service} | ${one.mode} | ${one.undo} | ${names(one.triggers.map(({ event }) => event))} | ${names(one.writes.map(({ operation }) => operation))} |`,
  );
  return [
    '# Controls',
    '',
    `${controls.length} controls, as defined in \`detectors/\` and \`remediations/\`. Made by \`npm run generate\`; do not edit.`,
    '',
    '| control | what is wanted | criticality | service | mode | undo | events | calls |',
    '|---:|---|---|---|---|---|---|---|',
    ...rows,
    '',
    '## Notes',
    '',
    'Where the policy document is wrong, dangerous or outdated, what Redress does, and what a fix may break.',
    '',
    ...controls.flatMap((one) => [
      `### ${one.control} · ${one.title}`,
      '',
      `Impact: ${one.impact}.`,
      '',
      ...(one.parameters.length === 0
        ? []
        : [...one.parameters.map((p) => `- \`${p.name}\`${p.required ? ' (required)' : ''}: ${p.description}`), '']),
      ...(one.note ? [one.note, ''] : []),
    ]),
  ].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const names = (list: readonly string[]): string => list.map((name) => `\`${name}\``).join(' ');
