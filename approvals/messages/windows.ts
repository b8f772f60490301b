import type { InputBlock, ModalView, SectionBlock } from '@slack/types';
import { endOf } from '../../src/workflow/exemptions.ts';
import { callbackIds, fields, writeMetadata } from '../ids.ts';
import type { Origin, Target, Worded } from '../interaction.ts';
import { section } from './blocks.ts';
import type { MessageFacts } from './facts.ts';
import { limits } from './limits.ts';
import { headline } from './parts.ts';
import { plain, prose } from './text.ts';
import { plural } from './words.ts';

/** The windows that ask for words before a decision, and what is wrong with what was filled in. */

const most = { reason: 1000, owner: 100 } as const;
const hour = 60 * 60 * 1000;
const day = 24 * hour;

/** What a window is about. */
export interface Asking {
  readonly targets: readonly Target[];
  /** The message that was clicked. */
  readonly origin: Origin | null;
  /** The plan, where it is one. */
  readonly about?: MessageFacts;
}

/** Which plan it is, so that nobody decides on another by mistake. */
function aboutBlocks({ targets, about }: Asking): SectionBlock[] {
  return targets.length === 1 && about !== undefined ? [section([`*${prose(headline(about), 500)}*`])] : [];
}

/** Asks why not. */
export function denyView(asking: Asking): ModalView {
  const { targets } = asking;
  const what = targets.length === 1 ? 'this plan' : `these ${targets.length} plans`;
  return windowOf(asking, callbackIds.deny, 'Deny', 'Deny', [
    section([`Nothing is changed in AWS, and ${what} will not be put up again unless something changes.`]),
    reasonInput('Why not?', 'Goes into the message and the audit trail.', 'required'),
  ]);
}

const SNOOZES = [
  ['4 hours', 4 * hour],
  ['1 day', day],
  ['3 days', 3 * day],
  ['1 week', 7 * day],
] as const;

/** Asks for how long. The choices are moments, counted from now. */
export function snoozeView({ now, ...asking }: Asking & { readonly now: Date }): ModalView {
  const options = SNOOZES.map(([label, length]) => ({
    text: plain(label, limits.option.text),
    value: new Date(now.getTime() + length).toISOString(),
  }));
  const [first] = options;
  return windowOf(asking, callbackIds.snooze, 'Snooze', 'Snooze', [
    section(['Nothing is changed in AWS. When the time is over, it is judged again, and asked again if need be.']),
    input(fields.until, 'For how long?', {
      ...{ type: 'static_select', action_id: fields.until, options },
      ...(first === undefined ? {} : { initial_option: first }),
    }),
    reasonInput('Why?', 'Goes into the message and the audit trail.', 'optional'),
  ]);
}

/** Exemptions are looked at again after a season unless somebody says otherwise. */
const EXEMPTION = 90 * day;

/** Asks why a finding is accepted, for how long, and who answers for it. */
export function exemptView({
  now,
  owner,
  ...asking
}: Asking & { readonly now: Date; readonly owner?: string }): ModalView {
  return windowOf(asking, callbackIds.exempt, 'Exempt', 'Exempt', [
    section([exemptionInWords(asking)]),
    reasonInput('Why is it accepted?', 'Auditors read this.', 'required'),
    input(
      fields.until,
      'Until when?',
      {
        ...{ type: 'datepicker', action_id: fields.until },
        initial_date: new Date(now.getTime() + EXEMPTION).toISOString().slice(0, 10),
      },
      { hint: 'The last day, until midnight UTC.' },
    ),
    input(fields.owner, 'Who answers for it?', {
      ...{ type: 'plain_text_input', action_id: fields.owner, max_length: most.owner },
      ...(owner === undefined ? {} : { initial_value: owner.slice(0, most.owner) }),
      placeholder: plain('A team or a person', limits.input.placeholder),
    }),
  ]);
}

function exemptionInWords({ about }: Asking): string {
  const [control, ...others] = about?.findings.map(({ evaluation }) => evaluation.control) ?? [];
  const what = control === undefined ? 'This control' : `Control ${control}`;
  const rest = others.length === 0 ? '' : ' The other controls of the plan are planned again without it.';
  return `${what} is accepted on this resource until the day below, and asked about again after it.${rest}`;
}

function windowOf(
  asking: Asking,
  callback_id: string,
  title: string,
  submit: string,
  blocks: ModalView['blocks'],
): ModalView {
  const count = asking.targets.length > 1 ? ` ${plural(asking.targets.length, 'plan')}` : '';
  return {
    type: 'modal',
    callback_id,
    private_metadata: writeMetadata({ targets: asking.targets, origin: asking.origin }),
    title: plain(`${title}${count}`, limits.view.title),
    submit: plain(submit, limits.view.title),
    close: plain('Back', limits.view.title),
    blocks: [...aboutBlocks(asking), ...blocks],
  };
}

function input(
  field: string,
  label: string,
  element: InputBlock['element'],
  { hint, optional }: { readonly hint?: string; readonly optional?: boolean } = {},
): InputBlock {
  return {
    ...{ type: 'input', block_id: field, label: plain(label, limits.input.label), element },
    ...(hint === undefined ? {} : { hint: plain(hint, limits.input.hint) }),
    ...(optional === undefined ? {} : { optional }),
  };
}

/** Slack refuses an empty field by itself, but not one that holds nothing but spaces. */
const reasonInput = (label: string, hint: string, need: 'required' | 'optional'): InputBlock =>
  input(
    fields.reason,
    label,
    { type: 'plain_text_input', action_id: fields.reason, multiline: true, max_length: most.reason },
    { hint, ...(need === 'optional' ? { optional: true } : {}) },
  );

/** What was filled in, by the names of the fields. */
type Values = Readonly<Record<string, string>>;

/** What a person answered in a window. */
export type Answer =
  | { readonly decision: 'deny'; readonly reason: string }
  | { readonly decision: 'snooze'; readonly reason: string; readonly until: string }
  | { readonly decision: 'exempt'; readonly reason: string; readonly until: string; readonly owner: string };

/** An answer, or what is wrong with it, by field. */
export type Reading =
  | { readonly outcome: 'answered'; readonly answer: Answer }
  | { readonly outcome: 'wrong'; readonly problems: Readonly<Record<string, string>> };

const decisions: Readonly<Record<string, Worded>> = {
  [callbackIds.deny]: 'deny',
  [callbackIds.snooze]: 'snooze',
  [callbackIds.exempt]: 'exempt',
};

/** Reads what was filled in. A window that asks nothing has no answer, and nothing wrong. */
export function readAnswer(callbackId: string, values: Values, now: Date): Reading | undefined {
  const decision = Object.hasOwn(decisions, callbackId) ? decisions[callbackId] : undefined;
  if (decision === undefined) return undefined;
  const { reason, until, owner } = trimmed(values);
  const checks: Readonly<Record<Worded, readonly (readonly [string, string | undefined])[]>> = {
    deny: [[fields.reason, reasonProblem(reason)]],
    snooze: [
      [fields.reason, tooLong(reason)],
      [fields.until, untilProblem(until, now)],
    ],
    exempt: [
      [fields.reason, reasonProblem(reason)],
      [fields.until, untilProblem(until, now)],
      [fields.owner, ownerProblem(owner)],
    ],
  };
  const problems = checks[decision].flatMap(([field, problem]) => (problem === undefined ? [] : [[field, problem]]));
  if (problems.length > 0) return { outcome: 'wrong', problems: Object.fromEntries(problems) };
  return { outcome: 'answered', answer: answerFor(decision, { reason, until, owner }) };
}

/** What is wrong with what was filled in, by field; nothing when it can be taken. */
export function problemsOf(callbackId: string, values: Values, now: Date): Readonly<Record<string, string>> {
  const reading = readAnswer(callbackId, values, now);
  return reading?.outcome === 'wrong' ? reading.problems : {};
}

const trimmed = ({ reason = '', until = '', owner = '' }: Values) => ({
  reason: reason.trim(),
  until: until.trim(),
  owner: owner.trim(),
});

function answerFor(decision: Worded, { reason, until, owner }: ReturnType<typeof trimmed>): Answer {
  switch (decision) {
    case 'deny':
      return { decision, reason };
    case 'snooze':
      return { decision, reason, until };
    case 'exempt':
      return { decision, reason, until, owner };
  }
}

const tooLong = (reason: string): string | undefined =>
  reason.length > most.reason ? `Please say it in ${most.reason} characters.` : undefined;

const reasonProblem = (reason: string): string | undefined =>
  reason === '' ? 'Please say why. The audit trail keeps it.' : tooLong(reason);

function ownerProblem(owner: string): string | undefined {
  if (owner === '') return 'Please name a team or a person who answers for it.';
  return owner.length > most.owner ? `Please name them in ${most.owner} characters.` : undefined;
}

/** Days and moments as Slack and our own windows write them, and no others. */
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{3})?Z)?$/;

function untilProblem(until: string, now: Date): string | undefined {
  if (until === '') return 'Please choose until when.';
  if (!isRealDate(until)) return 'Please choose a date from the calendar.';
  const end = endOf({ until, control: 0, resource: '', owner: '', reason: '', by: '' });
  return end > now ? undefined : 'This is over already. Please choose a date in the future.';
}

/** A day that the calendar does not have, such as 30 February, would become another one. */
function isRealDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text.slice(0, 10));
}
