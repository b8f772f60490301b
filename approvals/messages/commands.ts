import type { KnownBlock } from '@slack/types';
import type { Evaluation, Plan } from '../../src/plan/plan.ts';
import { MODE_WORDS, UNDO_WORDS } from '../../src/plan/words.ts';
import { COMMAND } from '../ids.ts';
import { context, divider, firstThatFits, header, section, sections } from './blocks.ts';
import { changeLines } from './change.ts';
import type { Manner, Message, Overview } from './facts.ts';
import { byPlan, findingLine, tally, writesLine } from './home.ts';
import { nameOf } from './parts.ts';
import { code, fenced, moment, prose } from './text.ts';
import { plural } from './words.ts';

/** What the slash command answers. Only the person who asked sees it. */

/** `/redress status`: whether anything is written, what waits, what ended. */
export function statusMessage(overview: Overview, manner: Manner): Message {
  const { waiting, lastDay } = overview;
  const oldest = waiting.map(({ updatedAt }) => updatedAt).sort()[0];
  const since = oldest === undefined ? '' : `, the oldest since ${moment(oldest)}`;
  const plans = byPlan(waiting).length;
  const lines = [
    writesLine(overview, manner),
    plans === 0 ? 'Nothing waits for you.' : `*${plural(plans, 'plan')}* waiting for you${since}`,
    lastDay.length === 0 ? 'Nothing ended within the last day.' : `Within the last day: ${tally(lastDay)}`,
  ];
  return {
    text: plans === 0 ? 'Nothing waits for you.' : `${plural(plans, 'plan')} waiting for you`,
    blocks: [section(lines)],
  };
}

const MOST_LISTED = 20;

/** `/redress findings`: what this person may decide, the most critical first. */
export function findingsMessage({ waiting }: Pick<Overview, 'waiting'>): Message {
  const plans = byPlan(waiting);
  if (plans.length === 0) return { text: 'Nothing waits for you.', blocks: [section(['Nothing waits for you.'])] };
  const title = `${plural(plans.length, 'plan')} waiting for you`;
  const lines = plans.slice(0, MOST_LISTED).map(([first, ...others]) => {
    const also = others.length === 0 ? '' : `, and ${plural(others.length, 'control')} more`;
    return `• ${findingLine(first)}${also}, since ${moment(first.updatedAt)}`;
  });
  const elsewhere = `${code('redress findings')} in a terminal`;
  return {
    text: title,
    blocks: firstThatFits(
      [lines.length, 12, 6].map((count) => () => [
        section([`*${title}*`]),
        ...sections(lines.slice(0, count)),
        ...(plans.length > count ? [context([`… and ${plans.length - count} more: ${elsewhere}`])] : []),
      ]),
    ),
  };
}

/** How much of each plan is shown. */
const ROOMS = [
  { plans: 5, lines: 16, characters: 1400 },
  { plans: 3, lines: 8, characters: 700 },
  { plans: 1, lines: 8, characters: 400 },
] as const;

/** `/redress plan <arn>`: what fails on a resource, and what would be done about it. Nothing is written or asked. */
export function planMessage(plans: readonly Plan[], evaluations: readonly Evaluation[]): Message {
  const resource = plans[0]?.resource ?? evaluations[0]?.resource;
  if (resource === undefined) {
    const text = 'No control looks at this resource, or it is not there.';
    return { text, blocks: [section([text])] };
  }
  const failing = evaluations.filter(({ verdict }) => verdict === 'fail');
  const title = `${nameOf(resource)}: ${failing.length === 0 ? 'nothing to set right' : `${plural(failing.length, 'control')} failing`}`;
  return {
    text: prose(title, 300),
    blocks: firstThatFits(
      ROOMS.map((room) => () => [
        header(title),
        ...sections([verdictLine(evaluations), ...unknownLines(evaluations)]),
        ...plans.slice(0, room.plans).flatMap((plan) => [divider, ...planBlocks(plan, failing, room)]),
        ...(plans.length > room.plans
          ? [context([`… and ${plural(plans.length - room.plans, 'more plan')}: ${code('redress scan')}`])]
          : []),
        context(['Nothing was changed, and nobody was asked.']),
      ]),
    ),
  };
}

function verdictLine(evaluations: readonly Evaluation[]): string {
  const words = { fail: 'failing', pass: 'passing', skip: 'do not apply', unknown: 'could not be judged' } as const;
  const counts = (['fail', 'pass', 'skip', 'unknown'] as const).map((verdict) => {
    const count = evaluations.filter((one) => one.verdict === verdict).length;
    return count === 0 ? [] : [`*${count}* ${words[verdict]}`];
  });
  return counts.flat().join(' · ') || 'No control looks at it.';
}

const MOST_UNKNOWN = 5;

function unknownLines(evaluations: readonly Evaluation[]): string[] {
  const unknown = evaluations.filter(({ verdict }) => verdict === 'unknown');
  return unknown
    .slice(0, MOST_UNKNOWN)
    .map(({ control, because }) => `• ${control} could not be judged: ${prose(because, 200)}`);
}

function planBlocks(plan: Plan, failing: readonly Evaluation[], room: (typeof ROOMS)[number]): KnownBlock[] {
  const own = failing.filter(({ finding }) => plan.findings.includes(finding));
  const wrong = own
    .slice(0, 6)
    .map(({ control, title, because }) => `• ${control}  ${prose(title, 120)}: ${prose(because, 160)}`);
  const diff = changeLines(plan);
  const shown = fenced(diff, { ...room, line: 160 });
  const commands = fenced(plan.cli.slice(0, 3), { characters: room.characters });
  const guide = plan.guide.slice(0, 6).map(({ text }, at) => `*${at + 1}.* ${prose(text, 160)}`);
  return [
    section([
      `*${plan.criticality}* · ${code(plan.id, 60)} · ${MODE_WORDS[plan.mode]}`,
      ...wrong,
      ...(own.length > wrong.length ? [`… and ${plural(own.length - wrong.length, 'more control')}`] : []),
      `*May break*  ${prose(plan.impact, 250) || 'nothing is known'}`,
      ...(plan.steps.length === 0 ? [] : [`*Undo*  ${UNDO_WORDS[plan.undo.class]}`]),
    ]),
    ...(diff.length === 0 ? [] : [section(['*Change*', shown.text, ...moreLines(shown.cut)])]),
    ...(plan.cli.length === 0
      ? []
      : [section(['*AWS CLI*', commands.text, ...moreLines(commands.cut + Math.max(0, plan.cli.length - 3))])]),
    ...(guide.length === 0 ? [] : [section(['*Runbook*', ...guide, ...moreLines(plan.guide.length - guide.length)])]),
  ];
}

const moreLines = (count: number): string[] =>
  count > 0 ? [`… ${plural(count, 'more line')}: ${code('redress scan')}`] : [];

const HELP = [
  ['status', 'whether anything is written, what waits for you, what ended within a day'],
  ['findings', 'what waits for you, the most critical first'],
  ['plan <arn>', 'judge a resource now and show what would be done; changes nothing'],
  ['stop [reason]', 'hold every write, at once'],
  ['resume', 'let writes go again'],
] as const;

/** `/redress help`. */
export function helpMessage(): Message {
  const lines = HELP.map(([command, does]) => `${code(`${COMMAND} ${command}`)}  ${does}`);
  const text = 'I plan fixes for AWS misconfigurations and ask before I apply them.';
  return { text, blocks: [section([text, ...lines])] };
}
