import type { KnownBlock } from '@slack/types';
import type { Plan, ResourceRef } from '../../src/plan/plan.ts';
import { placeOf } from '../../src/plan/report.ts';
import { missingAsYaml, UNDO_WORDS } from '../../src/plan/words.ts';
import type { CallRecord, FindingRecord } from '../../src/store/records.ts';
import { context, section } from './blocks.ts';
import { changeLines } from './change.ts';
import type { Manner, MessageFacts } from './facts.ts';
import { limits } from './limits.ts';
import { code, fenced, moment, prose, shortName } from './text.ts';
import { plural, wordsFor } from './words.ts';

/** The pieces that messages, windows and thread replies are put together from. */

/** Lengths that leave room for everything else in a message. */
const most = { because: 400, title: 150, impact: 500, name: 200, reason: 1000 } as const;

/** What is wrong, on what. */
export function headline({ plan, findings }: MessageFacts): string {
  const wrong = findings.map(({ evaluation: { because, title } }) => because || title);
  const count = wrong.length > 1 ? `${wrong.length} findings: ` : '';
  return `${nameOf(plan.resource)}: ${count}${wrong.join('; ')}`;
}

/** What people call a resource. */
export const nameOf = ({ id, account }: ResourceRef): string => (id === account ? `account ${id}` : shortName(id));

/** Controls, resource, place and cause. */
export function identityLines(facts: MessageFacts, manner: Manner): string[] {
  const { resource } = facts.plan;
  const what = resource.id === resource.account ? [] : [code(shortName(resource.id), most.name)];
  const where = [...what, prose(typeInWords(resource.type), 80), prose(placeOf(resource), 80)];
  return [...controlLines(facts), where.join(' · '), causeLine(facts.findings[0], manner)];
}

const MOST_CONTROLS = 8;

function controlLines({ findings }: MessageFacts): string[] {
  const [first, ...others] = findings;
  if (others.length === 0) {
    const { control, title } = first.evaluation;
    return [`*Control ${control}*  ${prose(title, most.title)}`];
  }
  const lines = findings.slice(0, MOST_CONTROLS).map((one) => {
    const { control, title } = one.evaluation;
    const own = one.state === first.state ? '' : ` (${wordsFor(one).words})`;
    return `• ${control}  ${prose(title, most.title)}${own}`;
  });
  const rest = findings.slice(MOST_CONTROLS).map(({ evaluation }) => evaluation.control);
  return [
    `*${findings.length} controls, one fix*`,
    ...lines,
    ...(rest.length === 0 ? [] : [`• and ${numbered(rest)}`]),
  ];
}

const MOST_NUMBERS = 150;

function numbered(controls: readonly number[]): string {
  const left = controls.length - MOST_NUMBERS;
  return [...controls.slice(0, MOST_NUMBERS), ...(left > 0 ? [`${left} more`] : [])].join(', ');
}

/** `AWS::S3::Bucket` is `S3 Bucket`. */
const typeInWords = (type: string): string => type.replace(/^AWS::/, '').replaceAll('::', ' ');

/** Who did it, and when. */
export function causeLine({ cause }: FindingRecord, manner: Manner): string {
  if (cause === null) return 'Nobody is named as the cause: no event told of it.';
  const through = cause.tool === null ? '' : ` through ${cause.tool}`;
  return `Caused by ${mention(cause.by, manner)} with ${code(cause.event, 100)}${through}, ${moment(cause.at)}`;
}

/** A person, in mrkdwn that is never too long. */
export function mention(by: string, manner: Manner): string {
  const text = manner.mention(by);
  return text.length <= most.name ? text : prose(by, most.name);
}

/** Why a finding is where it is. Whoever is named in it is mentioned. */
export function because(text: string, by: string, manner: Manner, longest: number = most.because): string {
  const at = by === 'redress' || by === '' ? -1 : placeOfWord(by, text);
  if (at < 0) return prose(text, longest);
  const [before, after] = [text.slice(0, at), text.slice(at + by.length)];
  // A space at the edge of a part would be lost, as text from outside is trimmed.
  const start = `${prose(before, longest)}${/\s$/.test(before) ? ' ' : ''}${mention(by, manner)}`;
  const room = longest - start.length;
  return room < 20 ? start : `${start}${/^\s/.test(after) ? ' ' : ''}${prose(after, room)}`;
}

/** Where a name stands by itself: `sam` is not in `the same`. */
function placeOfWord(word: string, text: string): number {
  const isPart = (character: string | undefined): boolean =>
    character !== undefined && /[\p{L}\p{N}_-]/u.test(character);
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isPart(text[at - 1]) && !isPart(text[at + word.length])) return at;
  }
  return -1;
}

/** What the fix changes: the documents compared, or the calls where there is nothing to compare. */
export function changeBlocks(
  { plan }: MessageFacts,
  room: { readonly characters: number; readonly lines: number },
  title = 'Change',
): KnownBlock[] {
  const diff = changeLines(plan);
  if (diff.length === 0 || room.lines === 0) return [section([`*${title}*  ${callsInWords(plan)}`])];
  const { text, cut } = fenced(diff, { ...room, line: 160 });
  const more = cut === 0 ? [] : [`… ${plural(cut, 'more line')}, see Details`];
  return [section([`*${title}*  ${callsInWords(plan)}`, text, ...more])];
}

const MOST_CALLS = 6;

/** The calls of a plan, by name. */
function callsInWords({ steps }: Plan): string {
  if (steps.length === 0) return 'no calls';
  const names = steps.slice(0, MOST_CALLS).map(({ service, operation }) => code(`${service} ${operation}`, 60));
  const more = steps.length - names.length;
  return `${plural(steps.length, 'call')}: ${names.join(', ')}${more > 0 ? ` and ${more} more, see Details` : ''}`;
}

/** What may break, and how far back it goes. */
export function riskBlock({ plan }: MessageFacts): KnownBlock {
  const undo = plan.undo.class === 'none' ? `*${UNDO_WORDS.none}*` : UNDO_WORDS[plan.undo.class];
  return section([`*May break*  ${prose(plan.impact, most.impact) || 'nothing is known'}`, `*Undo*  ${undo}`]);
}

/** What the configuration lacks, ready to be pasted. */
export function missingBlocks({ plan }: MessageFacts): KnownBlock[] {
  if (plan.missing.length === 0) return [];
  const names = plan.missing.slice(0, 10).map((name) => code(name, 80));
  const yaml = fenced(missingAsYaml(plan), { characters: 2000 });
  return [section([`*Missing*  ${names.join(', ')}. Write into ${code('redress.yaml')}:`, yaml.text])];
}

/** A runbook as far as there is room for it, and how many steps are left. */
interface Runbook {
  readonly blocks: readonly KnownBlock[];
  readonly left: number;
}

/** What a person does by hand. */
export function runbookBlocks({ plan }: MessageFacts, longest: number): Runbook {
  const lines: string[] = [];
  let room = Math.min(longest, limits.text) - 100;
  let cut = 0;
  for (const [at, { text, cli }] of plan.guide.entries()) {
    const command = cli === undefined ? undefined : fenced([cli], { characters: 600 });
    const entry = [`*${at + 1}.* ${prose(text, most.because)}`, ...(command === undefined ? [] : [command.text])].join(
      '\n',
    );
    if (entry.length + 1 > room) break;
    lines.push(entry);
    room -= entry.length + 1;
    cut += text.length > most.because ? 1 : (command?.cut ?? 0);
  }
  const left = plan.guide.length - lines.length;
  const more = left === 0 ? [] : [`… ${plural(left, 'more step')}, see Details`];
  return { blocks: [section(['*Runbook*', ...lines, ...more])], left: left + cut };
}

/** How many calls are shown, and how much of an error. */
export interface Length {
  readonly calls: number;
  readonly error: number;
}
export const AT_LENGTH: Length = { calls: 12, error: 500 };
export const IN_SHORT: Length = { calls: 5, error: 160 };

/** The calls that were made for a purpose, with their request ids. */
export function callLines(calls: readonly CallRecord[], how: Length): string[] {
  const lines = calls.slice(0, how.calls).map((one) => `• ${callLine(one, how.error)}`);
  const more = calls.length - lines.length;
  return more > 0 ? [...lines, `… and ${plural(more, 'more call')}`] : lines;
}

function callLine({ service, operation, outcome }: CallRecord, longest: number): string {
  const name = code(`${service} ${operation}`, 100);
  switch (outcome.status) {
    case 'intent':
      return `${name} begun, no answer known`;
    case 'failed':
      return `${name} *failed*: ${prose(outcome.error, longest)}${request(outcome.requestId)}`;
    case 'done':
      return outcome.inferred ? `${name} done, as reading shows` : `${name} done${request(outcome.requestId)}`;
  }
}

const request = (id: string | null): string => (id === null ? '' : `, request ${code(id, 80)}`);

/** The calls of the latest application. */
export function latestCalls({ calls }: MessageFacts, purpose: CallRecord['purpose']): readonly CallRecord[] {
  const application = calls.reduce((latest, one) => Math.max(latest, one.application), 0);
  return calls.filter((one) => one.application === application && one.purpose === purpose);
}

/** Names to look things up by. */
export const idBlock = ({ plan, findings }: MessageFacts): KnownBlock =>
  context([`${code(findings[0].id, 60)} · plan ${code(plan.id, 60)}`]);
