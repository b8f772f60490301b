import type { HomeView, KnownBlock, SectionBlock } from '@slack/types';
import type { FindingRecord } from '../../src/store/records.ts';
import { actionIds, COMMAND, writeTarget } from '../ids.ts';
import { button, context, divider, header, section, sections } from './blocks.ts';
import type { Manner, Overview } from './facts.ts';
import { mention, nameOf } from './parts.ts';
import { code, moment, prose } from './text.ts';
import { plural, wordsFor } from './words.ts';

/** More than so many are not looked through on one page; together far less than the hundred blocks Slack takes. */
const most = { waiting: 40, lastDay: 30 } as const;

/**
 * App Home: whether anything is written at all, what waits for this person,
 * and what ended within a day. Decisions are taken on the messages, where the
 * change is shown; here is the way to the details.
 */
export function homeView({ writes, stop, waiting, lastDay }: Overview, manner: Manner): HomeView {
  const plans = byPlan(waiting);
  const shown = plans.slice(0, most.waiting);
  const left = plans.length - shown.length;
  return {
    type: 'home',
    blocks: [
      section([writesLine({ writes, stop }, manner)]),
      header(`Waiting for you: ${plans.length}`),
      ...(shown.length === 0 ? [section(['Nothing waits for you. Enjoy the quiet.'])] : shown.map(waitingBlock)),
      ...(left > 0 ? [context([`… and ${left} more: ${code(`${COMMAND} findings`)}`])] : []),
      divider,
      header('The last day'),
      ...lastDayBlocks(lastDay, manner),
    ],
  };
}

/** Whether Redress may write at all, in a line. */
export function writesLine({ writes, stop }: Pick<Overview, 'writes' | 'stop'>, manner: Manner): string {
  if (stop.on) {
    const who = mention(stop.by, manner);
    return `🛑 *Every write is stopped* by ${who}, ${moment(stop.at)}: ${prose(stop.because, 500) || 'no reason given'}`;
  }
  if (writes === 'dry-run') return '📝 *Dry-run:* everything is planned, nothing is written.';
  return '🟢 *Writes are on.* Each is approved, or may apply itself, as redress.yaml says.';
}

type Group = readonly [FindingRecord, ...FindingRecord[]];

/** Findings of one plan are one decision. */
export function byPlan(records: readonly FindingRecord[]): Group[] {
  const groups = new Map<string, Group>();
  for (const record of records) {
    const key = record.plan ?? record.id;
    const group = groups.get(key);
    groups.set(key, group === undefined ? [record] : [...group, record]);
  }
  return [...groups.values()];
}

function waitingBlock([record, ...others]: Group): KnownBlock {
  const { context: machine } = record.machine;
  const also = others.length === 0 ? [] : [`and ${plural(others.length, 'control')} more in the same plan`];
  const block: SectionBlock = section([
    findingLine(record),
    [`since ${moment(record.updatedAt)}`, code(record.id, 60), ...also].join(' · '),
  ]);
  const digest = machine.plan?.digest;
  if (digest === undefined) return block;
  const value = writeTarget({ finding: record.id, digest });
  return { ...block, accessory: button('Details', actionIds.details, { value }) };
}

/** What is wrong with what, and where it stands. */
export function findingLine(record: FindingRecord): string {
  const { evaluation, state } = record;
  const { criticality, control, because: why, title, resource } = evaluation;
  const stands = state === 'waiting' ? '' : ` · ${wordsFor(record).words}`;
  return `*${criticality}* ${code(nameOf(resource), 120)} · ${control}: ${prose(why || title, 250)}${stands}`;
}

function lastDayBlocks(lastDay: readonly FindingRecord[], manner: Manner): KnownBlock[] {
  if (lastDay.length === 0) return [section(['Nothing ended.'])];
  const lines = lastDay.slice(0, most.lastDay).map((record) => `• ${endedLine(record, manner)}`);
  const left = lastDay.length - lines.length;
  return sections([tally(lastDay), ...lines, ...(left > 0 ? [`… and ${plural(left, 'more finding')}`] : [])]);
}

function endedLine(record: FindingRecord, manner: Manner): string {
  const { evaluation, machine, updatedAt } = record;
  const { words } = wordsFor(record);
  const { by } = machine.context;
  const what =
    by === 'redress' ? words : `${words.replace(' by somebody else meanwhile', '')} by ${mention(by, manner)}`;
  return `${moment(updatedAt)}  ${code(nameOf(evaluation.resource), 120)} · ${evaluation.control}: ${what}`;
}

/** `3 fixed and verified, 1 denied`. */
export function tally(records: readonly FindingRecord[]): string {
  const counts = new Map<string, number>();
  for (const record of records) {
    const { words } = wordsFor(record);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts]
    .map(([words, count]) => `*${count}* ${words.charAt(0).toLowerCase()}${words.slice(1)}`)
    .join(' · ');
}
