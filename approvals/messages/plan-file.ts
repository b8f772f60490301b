import type { PlannedCall } from '../../src/plan/plan.ts';
import { visible } from '../../src/plan/shell.ts';
import { MODE_WORDS, missingAsYaml, UNDO_WORDS } from '../../src/plan/words.ts';
import { changeLines } from './change.ts';
import { fileName, isTooLong } from './details.ts';
import type { MessageFacts } from './facts.ts';

/** Whether the plan is too long for a message and a window. */
export const needsFile = (facts: MessageFacts): boolean => isTooLong(facts);

/** The whole plan as Markdown, for the thread: nothing in it is cut. */
export function planFile(facts: MessageFacts): { readonly name: string; readonly content: string } {
  const { plan, findings } = facts;
  const diff = changeLines(plan);
  const parts = [
    `# Plan ${plan.id}`,
    [
      `- Resource: ${oneLine(plan.resource.arn)}`,
      `- Account and region: ${plan.resource.account}, ${plan.resource.region}`,
      `- Criticality: ${plan.criticality}`,
      `- May break: ${oneLine(plan.impact)}`,
      `- Undo: ${UNDO_WORDS[plan.undo.class]}`,
      `- Mode: ${MODE_WORDS[plan.mode]}`,
      `- Digest: ${plan.digest}`,
    ].join('\n'),
    '## What is wrong',
    findings
      .map(({ id, judgedAt, evaluation: { control, title, because } }) => {
        return `- Control ${control}, ${oneLine(title)}: ${oneLine(because)} (${id}, judged ${judgedAt})`;
      })
      .join('\n'),
    ...causeParts(facts),
    ...(diff.length === 0 ? [] : ['## Change', fence('diff', diff)]),
    ...callParts('Exact calls', plan.steps),
    ...(plan.cli.length === 0 ? [] : ['## AWS CLI', fence('sh', plan.cli)]),
    ...callParts('Undo', plan.undo.steps),
    ...guideParts(facts),
    ...(plan.missing.length === 0 ? [] : ['## Missing in redress.yaml', fence('yaml', missingAsYaml(plan))]),
    ...(plan.permissions.length === 0 ? [] : ['## Permissions', fence('', plan.permissions)]),
  ];
  return { name: fileName(facts), content: `${parts.join('\n\n')}\n` };
}

function causeParts({ findings: [{ cause }] }: MessageFacts): string[] {
  if (cause === null) return [];
  const through = cause.tool === null ? '' : ` through ${cause.tool}`;
  return [`Caused by ${oneLine(cause.by)} with ${oneLine(cause.event)}${through}, ${cause.at}, event ${cause.eventId}`];
}

function callParts(title: string, calls: readonly PlannedCall[]): string[] {
  if (calls.length === 0) return [];
  const each = calls.flatMap(({ service, operation, region, input }, at) => [
    `${at + 1}. ${service} ${operation} in ${region}`,
    fence('json', JSON.stringify(input, null, 2).split('\n')),
  ]);
  return [`## ${title}`, ...each];
}

function guideParts({ plan: { guide } }: MessageFacts): string[] {
  if (guide.length === 0) return [];
  const each = guide.flatMap(({ text, cli }, at) => [
    `${at + 1}. ${oneLine(text)}`,
    ...(cli === undefined ? [] : [fence('sh', [cli])]),
  ]);
  return ['## Runbook', ...each];
}

const oneLine = (text: string): string => visible(text.replace(/\s+/g, ' ').trim());

/** A code block whose fence is longer than any inside. */
function fence(language: string, lines: readonly string[]): string {
  const content = lines.map(visible).join('\n');
  // No spread: a document may hold more backticks than a call takes arguments.
  const longest = (content.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 2);
  const marks = '`'.repeat(longest + 1);
  return `${marks}${language}\n${content}\n${marks}`;
}
