import type { KnownBlock, ModalView } from '@slack/types';
import type { PlannedCall } from '../../src/plan/plan.ts';
import { UNDO_WORDS } from '../../src/plan/words.ts';
import type { FindingRecord, HistoryEntry } from '../../src/store/records.ts';
import { callbackIds } from '../ids.ts';
import { context, divider, section, sections } from './blocks.ts';
import { changeLines } from './change.ts';
import type { Manner, MessageFacts } from './facts.ts';
import { limits } from './limits.ts';
import {
  AT_LENGTH,
  because,
  callLines,
  causeLine,
  headline,
  latestCalls,
  mention,
  missingBlocks,
  runbookBlocks,
} from './parts.ts';
import { code, fenced, moment, plain, prose } from './text.ts';
import { plural, wordsFor } from './words.ts';

/** How much of everything a window shows: together less than Slack takes, whatever the characters are. */
const most = {
  change: 2700,
  calls: 10,
  call: 2000,
  commands: 8,
  command: 1500,
  undo: 8,
  permissions: 60,
  history: 15,
} as const;

/** Blocks, and whether they show all there is. */
interface Shown {
  readonly blocks: readonly KnownBlock[];
  readonly whole: boolean;
}

/**
 * The window with all there is to know: the exact calls, the commands, the
 * permissions, the evidence and the history. What is too long is cut, and the
 * window says that the file in the thread has it whole.
 */
export function detailsView(facts: MessageFacts, manner: Manner): ModalView {
  const planned = plannedParts(facts);
  const isWhole = planned.every(({ whole }) => whole);
  return {
    type: 'modal',
    callback_id: callbackIds.details,
    title: plain('Details', limits.view.title),
    close: plain('Close', limits.view.title),
    blocks: [
      section(headLines(facts)),
      ...(isWhole ? [] : [context([`This plan is too long for a window. ${whereTheRestIs(facts)}`])]),
      ...evidenceBlocks(facts, manner),
      ...planned.flatMap(({ blocks }) => blocks),
      divider,
      ...madeBlocks(facts),
      ...historyBlocks(facts.findings[0], manner),
    ],
  };
}

/** Whether the window cannot show the whole plan, so that the thread needs it as a file. */
export const isTooLong = (facts: MessageFacts): boolean => plannedParts(facts).some(({ whole }) => !whole);

/** The name of the file that has the whole plan. */
export const fileName = ({ plan }: MessageFacts): string => `${plan.id.replace(/[^\w-]/g, '')}.md`;

const whereTheRestIs = (facts: MessageFacts): string => `${code(fileName(facts), 80)} in the thread has all of it.`;

function headLines(facts: MessageFacts): string[] {
  const { plan, findings } = facts;
  const ids = findings.slice(0, 12).map(({ id }) => code(id, 40));
  return [
    `*${prose(headline(facts), 500)}*`,
    [wordsFor(findings[0]).words, plan.criticality, ids.join(', ')].join(' · '),
    code(plan.resource.arn, 400),
    `Plan ${code(plan.id, 60)}, ${code(plan.digest, 100)}`,
  ];
}

/** Why it is judged as it is, and what led to it. */
function evidenceBlocks({ findings }: MessageFacts, manner: Manner): KnownBlock[] {
  const [first] = findings;
  const verdicts = findings.slice(0, 10).map(({ evaluation: { control, title, because: why } }) => {
    return `• ${control}  ${prose(title, 150)}: ${prose(why, 500) || '–'}`;
  });
  const more = findings.length - verdicts.length;
  const event = first.cause === null ? '' : `, event ${code(first.cause.eventId, 80)}`;
  const cause = `${causeLine(first, manner)}${event}`;
  const who = first.cause?.by.startsWith('arn:') ? [code(first.cause.by, 300)] : [];
  return sections([
    `*Evidence*  judged ${moment(first.judgedAt)}`,
    ...verdicts,
    ...(more > 0 ? [`… and ${plural(more, 'more finding')}`] : []),
    cause,
    ...who,
  ]);
}

/** What belongs to the plan, and so to its file. */
function plannedParts(facts: MessageFacts): Shown[] {
  const { plan } = facts;
  return [
    changeShown(facts),
    callBlocks('Exact calls', plan.steps, most.calls),
    commandBlocks(plan.cli),
    callBlocks(`Undo: ${UNDO_WORDS[plan.undo.class]}`, plan.undo.steps, most.undo),
    permissionBlocks(plan.permissions),
    ...(plan.guide.length === 0 ? [] : [guideBlocks(facts)]),
    { blocks: missingBlocks(facts), whole: true },
  ];
}

function changeShown({ plan }: MessageFacts): Shown {
  const diff = changeLines(plan);
  if (diff.length === 0) return { blocks: [], whole: true };
  const { text, cut } = fenced(diff, { characters: most.change });
  return { blocks: [section(['*Change*', text, ...cutLine(cut)])], whole: cut === 0 };
}

function callBlocks(title: string, calls: readonly PlannedCall[], mostCalls: number): Shown {
  if (calls.length === 0) return { blocks: [], whole: true };
  let whole = calls.length <= mostCalls;
  const blocks = calls.slice(0, mostCalls).map(({ service, operation, region, input }, at) => {
    const json = fenced(JSON.stringify(input, null, 2).split('\n'), { characters: most.call });
    if (json.cut > 0) whole = false;
    const head = `*${at + 1}.* ${code(`${service} ${operation}`, 100)} in ${code(region, 40)}`;
    return section([...(at === 0 ? [`*${title}*`] : []), head, json.text, ...cutLine(json.cut)]);
  });
  const left = calls.length - blocks.length;
  return {
    blocks: [...blocks, ...(left > 0 ? [context([`… ${plural(left, 'more call')}, in the file`])] : [])],
    whole,
  };
}

const cutLine = (cut: number): string[] => (cut > 0 ? [`… ${plural(cut, 'more line')}, in the file`] : []);

function commandBlocks(cli: readonly string[]): Shown {
  if (cli.length === 0) return { blocks: [], whole: true };
  let whole = cli.length <= most.commands;
  const blocks = cli.slice(0, most.commands).map((command, at) => {
    const shown = fenced([command], { characters: most.command });
    if (shown.cut > 0) whole = false;
    return section([...(at === 0 ? ['*AWS CLI*'] : []), shown.text, ...cutLine(shown.cut)]);
  });
  const left = cli.length - blocks.length;
  return {
    blocks: [...blocks, ...(left > 0 ? [context([`… ${plural(left, 'more command')}, in the file`])] : [])],
    whole,
  };
}

function permissionBlocks(permissions: readonly string[]): Shown {
  if (permissions.length === 0) return { blocks: [], whole: true };
  const names = permissions.slice(0, most.permissions).map((name) => code(name, 100));
  const left = permissions.length - names.length;
  const more = left > 0 ? [`… ${plural(left, 'more')}, in the file`] : [];
  return { blocks: sections(['*Permissions*', ...names.map((name) => `• ${name}`), ...more]), whole: left <= 0 };
}

function guideBlocks(facts: MessageFacts): Shown {
  const shown = runbookBlocks(facts, limits.text);
  return { blocks: shown.blocks, whole: shown.left === 0 };
}

function madeBlocks(facts: MessageFacts): KnownBlock[] {
  const applied = latestCalls(facts, 'apply');
  const undone = latestCalls(facts, 'undo');
  return [
    ...(applied.length === 0 ? [] : sections(['*Calls made*', ...callLines(applied, AT_LENGTH)])),
    ...(undone.length === 0 ? [] : sections(['*Calls made to undo*', ...callLines(undone, AT_LENGTH)])),
  ];
}

function historyBlocks({ id, history }: FindingRecord, manner: Manner): KnownBlock[] {
  const lines = history.slice(-most.history).map((entry) => `• ${moment(entry.at)}  ${entryInWords(entry, manner)}`);
  const earlier = history.length - lines.length;
  const note = earlier > 0 ? [`… ${earlier} before: ${code(`redress show ${id}`, 80)}`] : [];
  return sections(['*History*', ...note, ...lines]);
}

/** What a person decided is theirs; of everything else the reason says enough. */
const BY_PERSONS = ['approve', 'deny', 'snooze', 'exempt', 'undo', 'done'];

function entryInWords({ event, to, by, because: why }: HistoryEntry, manner: Manner): string {
  const who = BY_PERSONS.includes(event) && !why.includes(by) ? ` by ${mention(by, manner)}` : '';
  const state = to.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `*${state}*${who}: ${because(why, by, manner, 300)}`;
}
