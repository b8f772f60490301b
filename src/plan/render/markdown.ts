import { awsCliScript } from '../aws-cli.ts';
import { documentDiff } from '../diff.ts';
import type { Evaluation, Plan } from '../plan.ts';
import { type Case, type Cause, casesOf, groupBy, placeOf, type Report, resourceKey, summaryLine } from '../report.ts';
import { visible } from '../shell.ts';
import { applyCommand, isApplicable, MODE_WORDS, missingAsYaml, UNDO_WORDS } from '../words.ts';

/**
 * A report as Markdown, for tickets and comments on pull requests. Whatever
 * comes from AWS (names, reasons, policies) is shown as it is and can neither
 * format, link nor mention anybody.
 */
export function renderMarkdown(report: Report): string {
  const blocks = [
    `**${summaryLine(report)}**`,
    ...casesOf(report).flatMap(caseBlocks),
    ...verdictBlocks(report),
    ...ignoredBlocks(report),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function caseBlocks({ criticality, resource, failing, causes, plan }: Case): string[] {
  return [
    `### ${criticality} · ${code(resource.id)}`,
    `${code(resource.type)} · ${text(placeOf(resource))} · ${code(resource.arn)}`,
    failing.map(({ control, title, because }) => `- **${control}** ${text(title)}: ${text(because)}`).join('\n'),
    ...causes.map((cause) => `Caused by ${causeText(cause)}`),
    ...(plan === undefined ? ['No plan could be made.'] : planBlocks(plan)),
  ].filter((block) => block !== '');
}

function causeText({ who, event, when, through }: Cause): string {
  return [code(who), code(event), text(when), ...(through === undefined ? [] : [`through ${text(through)}`])].join(
    ' · ',
  );
}

function planBlocks(plan: Plan): string[] {
  const diff = documentDiff(plan.before, plan.after).map((line) => `${line.sign} ${line.text}`);
  return [
    ...(diff.length > 0 ? [fenced('diff', diff)] : []),
    ...(plan.cli.length > 0 ? [fenced('sh', plan.cli)] : []),
    ...plan.guide.flatMap(({ text: line, cli }, at) => [
      `**${at + 1}.** ${text(line)}`,
      ...(cli === undefined ? [] : [fenced('sh', [cli])]),
    ]),
    ...missingBlocks(plan),
    facts(plan).join('\n'),
    ...undoBlocks(plan),
  ];
}

function missingBlocks(plan: Plan): string[] {
  if (plan.missing.length === 0) return [];
  const names = plan.missing.map(code).join(', ');
  return [`Nothing can be applied without ${names}. In ${code('redress.yaml')}:`, fenced('yaml', missingAsYaml(plan))];
}

function facts(plan: Plan): string[] {
  return [
    ...(plan.impact === '' ? [] : [`- Impact: ${text(plan.impact)}`]),
    ...(plan.steps.length === 0 ? [] : [`- Undo: ${UNDO_WORDS[plan.undo.class]}`]),
    `- Mode: ${MODE_WORDS[plan.mode]}`,
    ...(isApplicable(plan) ? [`- Apply: ${code(applyCommand(plan))}`] : []),
    `- Plan: ${code(plan.id)}`,
  ];
}

function undoBlocks({ undo }: Plan): string[] {
  if (undo.steps.length === 0) return [];
  return [`<details><summary>Undo</summary>\n\n${fenced('sh', awsCliScript(undo.steps))}\n\n</details>`];
}

const VERDICT_HEADINGS = [
  ['unknown', 'Could not be judged'],
  ['skip', 'Does not apply'],
  ['pass', 'As it should be'],
] as const;

function verdictBlocks({ evaluations }: Report): string[] {
  return VERDICT_HEADINGS.flatMap(([wanted, heading]) => {
    const those = evaluations.filter(({ verdict }) => verdict === wanted);
    if (those.length === 0) return [];
    const groups = groupBy(those, ({ resource, because }) => `${resourceKey(resource)} ${because}`);
    const lines = [...groups.values()].map(verdictLine);
    return [`<details><summary>${heading}: ${those.length}</summary>\n\n${lines.join('\n')}\n\n</details>`];
  });
}

function verdictLine(group: readonly Evaluation[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const because = first.because === '' ? '' : `: ${text(first.because)}`;
  return `- ${code(first.resource.id)} (${group.map(({ control }) => control).join(', ')})${because}`;
}

function ignoredBlocks({ ignored }: Report): string[] {
  if (ignored.length === 0) return [];
  const lines = [...groupBy(ignored, ({ because }) => because)].map(([because, group]) => {
    const names = [...groupBy(group, ({ event }) => event)].map(
      ([event, same]) => `${code(event)}${same.length === 1 ? '' : ` ×${same.length}`}`,
    );
    return `- ${text(because)}: ${names.join(', ')}`;
  });
  return [`<details><summary>Ignored events: ${ignored.length}</summary>\n\n${lines.join('\n')}\n\n</details>`];
}

/** Inline code, whatever backticks the content holds. A pipe would end a cell if the text is put into a table. */
function code(content: string): string {
  const shown = visible(content);
  const fence = '`'.repeat(longestRun(shown) + 1);
  const space = /^[` ]|[` ]$/.test(shown) || shown === '' ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}

function fenced(language: string, lines: readonly string[]): string {
  const shown = lines.map(visible);
  const fence = '`'.repeat(Math.max(3, longestRun(shown.join('\n')) + 1));
  return `${fence}${language}\n${shown.join('\n')}\n${fence}`;
}

function longestRun(content: string): number {
  // Not spread into Math.max: a policy may hold more runs than a call takes arguments.
  return (content.match(/`+/g) ?? []).reduce((longest, { length }) => Math.max(longest, length), 0);
}

/**
 * Prose within a line, its Markdown and HTML disarmed. Addresses, mentions
 * and references become code: escaped or not, some sites would link them.
 */
function text(content: string): string {
  return visible(content)
    .split(LINKED)
    .map((part, at) => (at % 2 === 1 ? code(part) : escaped(part)))
    .join('');
}

const LINKED = /((?:[a-z][a-z0-9+.-]*:\/\/|www\.)\S+|\S*@\S*|#\d+\S*)/i;

function escaped(content: string): string {
  return content
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
