import type { KnownBlock } from '@slack/types';
import type { FindingContext } from '../../src/workflow/finding.ts';
import { yesesNeeded } from '../../src/workflow/guards.ts';
import { actions, firstThatFits, header, section } from './blocks.ts';
import { buttonsFor } from './buttons.ts';
import type { Manner, Message, MessageFacts } from './facts.ts';
import {
  because,
  callLines,
  changeBlocks,
  headline,
  IN_SHORT,
  idBlock,
  identityLines,
  latestCalls,
  mention,
  missingBlocks,
  riskBlock,
  runbookBlocks,
} from './parts.ts';
import { moment, prose } from './text.ts';
import { OVERTAKEN, plural, type StateWords, wordsFor } from './words.ts';

/** How much of the change is shown; what does not fit into a message gets less. */
const ROOMS = [
  { characters: 2400, lines: 24 },
  { characters: 1400, lines: 16 },
  { characters: 600, lines: 8 },
  { characters: 0, lines: 0 },
] as const;

/**
 * The message about one plan, in whatever state its findings are: what is
 * wrong, where, through whom, what changes, what may break, how far back it
 * goes, and the buttons for what can be done now. The same facts give the same
 * message, so that it can be updated in place.
 */
export function findingMessage(facts: MessageFacts, manner: Manner): Message {
  const title = headline(facts);
  const { sign, words } = stateOf(facts);
  const buttons = buttonsFor(facts);
  const blocks = firstThatFits(
    ROOMS.map((room) => () => [
      header(`${sign} ${facts.plan.criticality} · ${title}`),
      section(statusLines(facts, manner)),
      section(identityLines(facts, manner)),
      ...bodyBlocks(facts, room),
      ...(buttons.length === 0 ? [] : [actions(buttons)]),
      idBlock(facts),
    ]),
  );
  return { text: `${words}: ${prose(title, 300)}`, blocks };
}

function bodyBlocks(facts: MessageFacts, room: (typeof ROOMS)[number]): KnownBlock[] {
  if (!facts.current) return [];
  const { plan } = facts;
  switch (facts.findings[0].state) {
    case 'proposed':
    case 'waiting':
      return [...changeBlocks(facts, room), riskBlock(facts), ...missingBlocks(facts)];
    case 'needsPerson':
      return [
        ...(plan.guide.length > 0 ? runbookBlocks(facts, room.characters).blocks : changeBlocks(facts, room)),
        ...missingBlocks(facts),
      ];
    case 'guided':
      return [...runbookBlocks(facts, Math.max(room.characters, 400)).blocks];
    case 'resolved':
      return facts.findings[0].machine.context.fixedByUs ? changeBlocks(facts, room) : [];
    case 'approved':
    case 'applying':
    case 'verifying':
      return changeBlocks(facts, room);
    case 'rollingBack':
      return changeBlocks(facts, room, 'Change, being taken back');
    case 'rolledBack':
      return changeBlocks(facts, room, 'Change, taken back');
    default:
      return [];
  }
}

const stateOf = ({ current, findings: [record] }: MessageFacts): StateWords => (current ? wordsFor(record) : OVERTAKEN);

/** Where it stands and, in a few more words, why. */
function statusLines(facts: MessageFacts, manner: Manner): string[] {
  const [more, ...lines] = facts.current ? statusOf(facts, manner) : overtakenLines(facts, manner);
  return [[`*${stateOf(facts).words}*`, ...(more ? [more] : [])].join(' · '), ...lines];
}

function overtakenLines({ findings: [record] }: MessageFacts, manner: Manner): string[] {
  const why = record.history.findLast(({ to }) => to === 'superseded');
  const lines = why === undefined ? [] : [because(why.because, why.by, manner)];
  return ['nothing can be decided here any more, look for the newest message', ...lines];
}

/** What stands beside the state, and the lines under it. */
function statusOf(facts: MessageFacts, manner: Manner): string[] {
  const [record] = facts.findings;
  const { context } = record.machine;
  const why = because(context.because, context.by, manner);
  switch (record.state) {
    case 'waiting':
      return [
        [approvals(facts, manner), ...untilWhen(facts.expires, 'the offer stands until')].join(' · '),
        ...(context.handsOff === null
          ? []
          : [`*Asks first, because* ${because(context.handsOff, context.by, manner)}`]),
      ];
    case 'approved':
      return [`${decidedBy(facts, manner)}, about to be applied`, ...heldLines(facts, manner)];
    case 'applying':
    case 'verifying':
      return [approvedBy(facts, manner), ...heldLines(facts, manner)];
    case 'resolved':
      return resolvedLines(facts, manner);
    case 'rolledBack':
      return ['', why, ...callLines(latestCalls(facts, 'undo'), IN_SHORT)];
    case 'needsPerson':
      return [
        '',
        why,
        ...callLines(
          latestCalls(facts, 'apply').filter(({ outcome }) => outcome.status !== 'done'),
          IN_SHORT,
        ),
        ...callLines(latestCalls(facts, 'undo'), IN_SHORT),
      ];
    case 'denied':
      return [`by ${mention(context.by, manner)}`, `Reason: ${prose(reasonIn(context), MOST_REASON)}`];
    case 'snoozed':
      return [
        [...untilWhen(context.until, 'until'), `by ${mention(context.by, manner)}`].join(' · '),
        `Reason: ${prose(reasonIn(context), MOST_REASON)}`,
      ];
    case 'exempted':
      return [[...untilWhen(context.until, 'until'), `by ${mention(context.by, manner)}`].join(' · '), why];
    case 'guided': {
      const note = 'Redress never does this itself. Press Done when it is done: then it is judged again.';
      return [untilWhen(facts.expires, 'open until').join(''), context.markedDone ? why : note];
    }
    case 'proposed':
    case 'expired':
      return [why];
    default:
      return ['', why];
  }
}

const MOST_REASON = 600;

/** A reason as a person has entered it. The machine puts who said it before. */
export const reasonIn = ({ because, by }: Pick<FindingContext, 'because' | 'by'>): string =>
  ['denied', 'snoozed'].reduce((text, what) => without(`${what} by ${by}: `, text), because);

const without = (prefix: string, text: string): string => (text.startsWith(prefix) ? text.slice(prefix.length) : text);

/** Why the fix does not go on, where something holds it. */
function heldLines({ findings: [record] }: MessageFacts, manner: Manner): string[] {
  const { because: why, by } = record.machine.context;
  // Its last words are those of the step before, unless somebody had to say why it waits.
  const isNews = record.history.every((entry) => entry.because !== why || entry.event === 'held');
  return isNews && why !== record.evaluation.because ? [`*Held:* ${because(why, by, manner)}`] : [];
}

function resolvedLines(facts: MessageFacts, manner: Manner): string[] {
  const [record] = facts.findings;
  const { context } = record.machine;
  const why = because(context.because, context.by, manner);
  if (!context.fixedByUs) return ['', why];
  const notUndone = context.takingBack === 'undo' ? [`*Not undone:* ${why}`] : [];
  const resolved = record.history.findLast(({ event }) => event === 'verified');
  return [
    [approvedBy(facts, manner), ...(resolved === undefined ? [] : [moment(resolved.at)])].join(' · '),
    ...callLines(latestCalls(facts, 'apply'), IN_SHORT),
    ...notUndone,
  ];
}

/** `1 of 2 approvals (@sam)`. */
function approvals({ findings: [{ machine }] }: MessageFacts, manner: Manner): string {
  const needed = yesesNeeded(machine.context);
  const given = approversIn(machine.context, manner);
  const who = given === '' ? '' : ` (${given})`;
  return `${machine.context.approvals.length} of ${plural(needed, 'approval')}${who}`;
}

const MOST_NAMED = 5;

const approversIn = ({ approvals }: FindingContext, manner: Manner): string =>
  approvals
    .slice(0, MOST_NAMED)
    .map(({ by }) => mention(by, manner))
    .join(', ');

function decidedBy({ findings: [{ machine }] }: MessageFacts, manner: Manner): string {
  const given = approversIn(machine.context, manner);
  return given === '' ? 'by itself' : `by ${given}`;
}

function approvedBy({ findings: [{ machine }] }: MessageFacts, manner: Manner): string {
  const given = approversIn(machine.context, manner);
  return given === '' ? 'by itself' : `approved by ${given}`;
}

const untilWhen = (iso: string | null, words: string): string[] => (iso === null ? [] : [`${words} ${moment(iso)}`]);
