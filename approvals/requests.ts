import { z } from 'zod';
import { actionIds, callbackIds, readMetadata, readTarget } from './ids.ts';
import { type Actor, command, type Interaction, interactionSchema, MOST_TARGETS, type Target } from './interaction.ts';

/** What becomes of a request: an interaction to hand over, nothing to do, or something to tell the person. */
export type Reading =
  | { readonly kind: 'interaction'; readonly interaction: Interaction }
  | { readonly kind: 'nothing'; readonly because: string }
  | { readonly kind: 'refused'; readonly because: string; readonly answer: string };

/** What was filled in, by the names of `fields`. */
export type Values = Readonly<Record<string, string>>;

const LONGEST_ARGUMENT = 2000;

const answers = {
  button: 'I cannot read this button any more. Please use the newest message about this finding.',
  window: 'I cannot read this window any more. Please close it and click the button again.',
  none: 'Choose at least one plan first, then click again.',
  many: `I can take ${MOST_TARGETS} plans at once. Please choose fewer.`,
  message: 'I cannot see which message this button belongs to. Please use the newest message about this finding.',
} as const;

const refused = (because: string, answer: string): Reading => ({ kind: 'refused', because, answer });

const name = z.string().min(1);
const team = z.object({ id: name }).nullish();
const user = z.object({ id: name, team_id: name.optional() });
const people = z.object({ user, team });

/** The workspace of a request may be missing in organisations; then it is the person's. */
function actorOf({ user, team }: z.infer<typeof people>): Actor | undefined {
  const from = team?.id ?? user.team_id;
  if (from === undefined) return undefined;
  return { user: user.id, team: from, home: user.team_id ?? from };
}

const ticked = z.record(z.string(), z.record(z.string(), z.unknown()));
const option = z.looseObject({ value: z.string() });
const boxes = z.looseObject({ selected_options: z.array(option).nullish() });

const click = people.extend({
  trigger_id: name,
  response_url: z.string().nullish(),
  container: z.looseObject({ channel_id: z.string().optional(), message_ts: z.string().optional() }).optional(),
  state: z.looseObject({ values: ticked }).nullish(),
  actions: z.tuple([
    z.looseObject({ action_id: name, value: z.string().optional(), selected_option: option.nullish() }),
  ]),
});
type Clicked = z.infer<typeof click>;

/** What each button does, and whether it stands for one plan or for those that are ticked. */
const buttons: Readonly<Record<string, Button>> = {
  [actionIds.approve]: { decision: 'approve', on: 'one' },
  [actionIds.undo]: { decision: 'undo', on: 'one' },
  [actionIds.done]: { decision: 'done', on: 'one' },
  [actionIds.details]: { view: 'details', on: 'one' },
  [actionIds.deny]: { view: 'deny', on: 'one' },
  [actionIds.snooze]: { view: 'snooze', on: 'one' },
  [actionIds.exempt]: { view: 'exempt', on: 'one' },
  [actionIds.approveChosen]: { decision: 'approve', on: 'chosen' },
  [actionIds.denyChosen]: { view: 'deny', on: 'chosen' },
};
type Button = { readonly on: 'one' | 'chosen' } & (
  | { readonly decision: 'approve' | 'undo' | 'done' }
  | { readonly view: 'details' | 'deny' | 'snooze' | 'exempt' }
);

/** Reads a click on anything in a message or on the home page. */
export function readClick(body: unknown): Reading {
  const read = click.safeParse(body);
  if (!read.success) return refused(shape(read.error), answers.button);
  const [{ action_id: id, selected_option: selected, value = selected?.value }] = read.data.actions;
  // Ticking a box says nothing yet; its choice comes with the button.
  if (id === actionIds.choose) return { kind: 'nothing', because: 'a box' };
  const button = Object.hasOwn(buttons, id) ? buttons[id] : undefined;
  if (button === undefined) return { kind: 'nothing', because: 'not ours' };
  const actor = actorOf(read.data);
  if (actor === undefined) return refused('no workspace', answers.button);
  if (button.on === 'chosen') return readChosen(read.data, actor, button);
  const target = readTarget(value);
  if (target === undefined) return refused('its value is no plan', answers.button);
  return clicked(read.data, actor, button, [target]);
}

function readChosen(body: Clicked, actor: Actor, button: Button): Reading {
  const values = chosenIn(body);
  const targets = [...new Set(values)].map(readTarget);
  const readable = targets.filter((target) => target !== undefined);
  if (readable.length < targets.length) return refused('a box holds no plan', answers.button);
  if (readable.length === 0) return refused('nothing is chosen', answers.none);
  if (readable.length > MOST_TARGETS) return refused('too much is chosen', answers.many);
  return clicked(body, actor, button, readable);
}

/** The values of all boxes that are ticked, over all blocks. */
function chosenIn({ state }: Clicked): string[] {
  return Object.values(state?.values ?? {}).flatMap((block) => {
    const found = boxes.safeParse(block[actionIds.choose]);
    return found.success ? (found.data.selected_options ?? []).map(({ value }) => value) : [];
  });
}

function clicked(body: Clicked, actor: Actor, button: Button, targets: readonly Target[]): Reading {
  const { channel_id: channel, message_ts: message } = body.container ?? {};
  const origin = channel === undefined || message === undefined ? null : { channel, message };
  const responseUrl = body.response_url ?? null;
  if ('view' in button) {
    const { trigger_id: triggerId } = body;
    return checked({ kind: 'open', actor, view: button.view, targets, origin, responseUrl, triggerId }, answers.button);
  }
  if (origin === null) return refused('a decision outside a message', answers.message);
  return checked({ kind: 'decide', actor, decision: button.decision, targets, origin, responseUrl }, answers.button);
}

const filled = z.looseObject({
  ...{ value: z.string().nullish(), selected_date: z.string().nullish(), selected_user: z.string().nullish() },
  selected_option: option.nullish(),
});
const submission = people.extend({
  view: z.looseObject({
    callback_id: name,
    private_metadata: z.string().default(''),
    state: z.looseObject({ values: ticked }),
  }),
});

/** A window that was sent off: which, and what is in its fields. */
export interface Submitted {
  readonly callbackId: string;
  readonly values: Values;
}

/** @returns nothing when it is no submission of a window */
export function readSubmitted(body: unknown): Submitted | undefined {
  const read = submission.safeParse(body);
  if (!read.success) return undefined;
  const { callback_id: callbackId, state } = read.data.view;
  const fields = Object.values(state.values).flatMap((block) => Object.entries(block));
  const values = fields.flatMap(([field, given]) => {
    const one = filled.safeParse(given).data;
    const value = one?.value ?? one?.selected_date ?? one?.selected_user ?? one?.selected_option?.value;
    return value === undefined || value === null ? [] : [[field, value.trim()]];
  });
  return { callbackId, values: Object.fromEntries(values) };
}

const worded = {
  [callbackIds.deny]: 'deny',
  [callbackIds.snooze]: 'snooze',
  [callbackIds.exempt]: 'exempt',
} as const;
const isWorded = (id: string): id is keyof typeof worded => Object.hasOwn(worded, id);

/** Reads the submission of a window. Its fields were looked at before. */
export function readSubmission(body: unknown, { reason = '', until, owner }: Values): Reading {
  const read = submission.safeParse(body);
  if (!read.success) return refused(shape(read.error), answers.window);
  const { callback_id: id, private_metadata: metadata } = read.data.view;
  if (!isWorded(id)) return { kind: 'nothing', because: 'not ours' };
  const actor = actorOf(read.data);
  const carried = readMetadata(metadata);
  if (actor === undefined || carried === undefined) return refused('its metadata is no plan', answers.window);
  const rest = { ...(until === undefined ? {} : { until }), ...(owner === undefined ? {} : { owner }) };
  return checked({ kind: 'submit', actor, decision: worded[id], ...carried, reason, ...rest }, answers.window);
}

const slashCommand = z.object({
  ...{ team_id: name, user_id: name, channel_id: name, text: z.string().default('') },
  response_url: z.string().nullish(),
});

/** Reads a slash command. What it does not know is a call for help. */
export function readCommand(body: unknown): Reading {
  const read = slashCommand.safeParse(body);
  if (!read.success) return refused(shape(read.error), 'I cannot read this command. Try `/redress help`.');
  const { team_id: team, user_id: user, channel_id: channel, text, response_url: responseUrl = null } = read.data;
  const [word = '', ...rest] = text.trim().split(/\s+/);
  const known = command.safeParse(word.toLowerCase());
  const argument = known.success ? rest.join(' ') : text.trim();
  return checked(
    {
      ...{ kind: 'command', actor: { user, team, home: team }, command: known.data ?? 'help' },
      ...{ argument: argument.slice(0, LONGEST_ARGUMENT), channel, responseUrl },
    },
    'I cannot read this command. Try `/redress help`.',
  );
}

const homeOpened = z.object({
  team_id: name,
  event: z.looseObject({ user: name, tab: z.string().default('home') }),
});

/** Reads that somebody looks at the home page. */
export function readHome(body: unknown): Reading {
  const read = homeOpened.safeParse(body);
  if (!read.success) return { kind: 'nothing', because: shape(read.error) };
  const { team_id: team, event } = read.data;
  if (event.tab !== 'home') return { kind: 'nothing', because: 'another tab' };
  return checked({ kind: 'home', actor: { user: event.user, team, home: team } }, '');
}

/** What is handed over is read back by this schema; so it is held against it before. */
function checked(interaction: unknown, answer: string): Reading {
  const read = interactionSchema.safeParse(interaction);
  return read.success ? { kind: 'interaction', interaction: read.data } : refused(shape(read.error), answer);
}

/** Which part of a request is not as Slack sends it; never what is in it. */
const shape = ({ issues }: z.ZodError): string =>
  `not as Slack sends it: ${issues.map(({ path, code }) => `${path.join('.')} ${code}`).join(', ')}`;
