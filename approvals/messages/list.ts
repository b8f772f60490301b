import type { Checkboxes, KnownBlock, PlainTextOption, StaticSelect } from '@slack/types';
import { actionIds, writeTarget } from '../ids.ts';
import { actions, button, confirmation, divider, firstThatFits, header, section, sections } from './blocks.ts';
import { undoButton } from './buttons.ts';
import type { ListFacts, Manner, Message, MessageFacts } from './facts.ts';
import { limits } from './limits.ts';
import { changeBlocks, mention, nameOf } from './parts.ts';
import { code, moment, plain, prose, shortName } from './text.ts';
import { OVERTAKEN, plural, wordsFor } from './words.ts';

/** How much is said of each plan. What does not fit into a message is left out, from the first to the last. */
const MANNERS = [
  { example: 10, boxes: 'described', look: true, undo: true },
  { example: 6, boxes: 'described', look: false, undo: true },
  { example: 6, boxes: 'named', look: false, undo: false },
  { example: 0, boxes: 'named', look: false, undo: false },
] as const;
type HowMuch = (typeof MANNERS)[number];

/**
 * The message about a storm: what its findings have in common, a box for each
 * that waits, and one decision for those that are ticked. Those that are
 * decided become lines that say where they stand.
 */
export function listMessage({ about, items }: ListFacts, manner: Manner): Message {
  const open = items.filter(isOpen);
  const rest = items.filter((one) => !isOpen(one));
  const title = `${aboutInWords(about)}: ${plural(items.length, 'finding')}`;
  const waiting = open.length > 0 ? `${open.length} waiting for approval` : 'nothing waits any more';
  const blocks = firstThatFits(
    MANNERS.map((how) => () => [
      header(`${open.length > 0 ? '⏳' : '☑️'} ${title}`),
      section(commonLines({ about, items }, open, manner)),
      ...exampleBlocks(open, about, how),
      ...openBlocks(open, about, how),
      ...(open.length > 0 && rest.length > 0 ? [divider] : []),
      ...restBlocks(rest, how),
    ]),
  );
  return { text: `${prose(title, 300)}, ${waiting}`, blocks };
}

const isOpen = ({ current, findings: [{ state }] }: MessageFacts): boolean => current && state === 'waiting';

const aboutInWords = (about: ListFacts['about']): string =>
  about.kind === 'control' ? `Control ${about.control}, ${about.title}` : `Changes by ${shortName(about.by)}`;

function commonLines({ about, items }: ListFacts, open: readonly MessageFacts[], manner: Manner): string[] {
  const counts = [`*${open.length} of ${items.length}* waiting for approval`, ...expiry(open)].join(' · ');
  const cause = about.kind === 'actor' ? [`All caused by ${mention(about.by, manner)}`] : [];
  const how = 'Tick what you have judged. Each is a plan of its own: approved, applied and verified on its own.';
  return [counts, ...cause, ...impactLines(open), ...(open.length === 0 ? [] : [how])];
}

const MOST_IMPACTS = 3;

/** Findings of one control mostly break the same. */
function impactLines(open: readonly MessageFacts[]): string[] {
  const impacts = [...new Set(open.map(({ plan: { impact } }) => impact))];
  const lines = impacts
    .slice(0, MOST_IMPACTS)
    .map((impact) => `*May break*  ${prose(impact, 300) || 'nothing is known'}`);
  const more = impacts.length - lines.length;
  return more > 0 ? [...lines, `… and ${more} other ways, see the details of each`] : lines;
}

/** Until when the first of them has to be decided. */
function expiry(open: readonly MessageFacts[]): string[] {
  const [first] = open.flatMap(({ expires }) => expires ?? []).sort();
  return first === undefined ? [] : [`the first offer ends ${moment(first)}`];
}

/** What changes, shown on the first: fixes of one control are alike. */
function exampleBlocks(
  [first]: readonly MessageFacts[],
  about: ListFacts['about'],
  { example }: HowMuch,
): KnownBlock[] {
  if (first === undefined || about.kind !== 'control' || example === 0) return [];
  const [block, ...more] = changeBlocks(first, { characters: 900, lines: example });
  if (block?.type !== 'section' || block.text === undefined) return [];
  return [section([`For example on ${code(nameOf(first.plan.resource), 120)}:`, block.text.text]), ...more];
}

function openBlocks(open: readonly MessageFacts[], about: ListFacts['about'], how: HowMuch): KnownBlock[] {
  if (open.length === 0) return [];
  const options = open.map((one) => optionFor(one, about, how.boxes));
  const groups: PlainTextOption[][] = [];
  for (let at = 0; at < options.length; at += limits.checkboxes) groups.push(options.slice(at, at + limits.checkboxes));
  const boxes = groups.map((group, at) => {
    const element: Checkboxes = { type: 'checkboxes', action_id: actionIds.choose, options: group };
    return { ...actions([element]), block_id: `${actionIds.choose}.${at}` };
  });
  return [...boxes, actions([...buttonsFor(open), ...(how.look ? [lookAtOne(open)] : [])])];
}

function optionFor(facts: MessageFacts, about: ListFacts['about'], boxes: HowMuch['boxes']): PlainTextOption {
  const { plan, findings } = facts;
  const { because, control, title } = findings[0].evaluation;
  const forever = plan.undo.class === 'none' ? 'cannot be undone · ' : '';
  const what = about.kind === 'control' ? because : `${control} ${title}`;
  return {
    text: plain(placeOf(facts), limits.option.text),
    value: targetOf(facts),
    ...(boxes === 'named' && forever === ''
      ? {}
      : { description: plain(`${forever}${what}`, limits.option.description) }),
  };
}

function placeOf({ plan: { resource } }: MessageFacts): string {
  const place = resource.id === resource.account ? resource.region : `${resource.account} · ${resource.region}`;
  return `${nameOf(resource)} · ${place}`;
}

const targetOf = ({ plan, findings }: MessageFacts): string =>
  writeTarget({ finding: findings[0].id, digest: plan.digest });

function buttonsFor(open: readonly MessageFacts[]) {
  const names = open.filter(({ plan }) => plan.undo.class === 'none').map(({ plan }) => nameOf(plan.resource));
  const question = `AWS offers no way back on: ${names.join(', ')}`;
  const confirm = confirmation('Some of these cannot be undone', question, 'Approve', 'danger');
  return [
    button('Approve chosen', actionIds.approveChosen, { style: 'primary', ...(names.length === 0 ? {} : { confirm }) }),
    button('Deny chosen', actionIds.denyChosen),
  ];
}

/** Opens the details of one plan. */
const lookAtOne = (open: readonly MessageFacts[]): StaticSelect => ({
  type: 'static_select',
  action_id: actionIds.details,
  placeholder: plain('Details of …', limits.input.placeholder),
  options: open.map((one) => ({ text: plain(placeOf(one), limits.option.text), value: targetOf(one) })),
});

function restBlocks(rest: readonly MessageFacts[], { undo }: HowMuch): KnownBlock[] {
  const withUndo = undo ? rest.filter(({ current, undoable }) => current && undoable) : [];
  const lines = rest.filter((one) => !withUndo.includes(one)).map(lineFor);
  return [...sections(lines), ...withUndo.map((one) => ({ ...section([lineFor(one)]), accessory: undoButton(one) }))];
}

function lineFor({ plan, findings: [record], current }: MessageFacts): string {
  const { words } = current ? wordsFor(record) : OVERTAKEN;
  return `• ${code(nameOf(plan.resource), 120)}  ${words}`;
}
