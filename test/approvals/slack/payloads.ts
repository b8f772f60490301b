import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import { newResponseUrl, newTrigger, type Post, type ShownView, type State } from './state.ts';

/** Who acts, and what they fill in or change about what is sent. */
export interface Acting {
  readonly user: string;
  /** The workspace that the request comes from, and the one that the person belongs to. */
  readonly team?: string;
  readonly home?: string;
}

export interface Clicking extends Acting {
  /** Instead of what the button carries: a click that no honest client sends. */
  readonly value?: string;
  /** The values of the boxes that are ticked. */
  readonly choose?: readonly string[];
  /** Instead of what follows from {@link choose}. */
  readonly state?: unknown;
}

export type Payload = Readonly<Record<string, unknown>>;

const option = z.looseObject({ value: z.string(), text: z.looseObject({ text: z.string() }).optional() });
const element = z.looseObject({
  ...{ type: z.string(), action_id: z.string(), value: z.string().optional() },
  options: z.array(option).optional(),
  ...{ initial_value: z.string().optional(), initial_date: z.string().optional(), initial_option: option.optional() },
});
type Element = z.output<typeof element> & { readonly block: string };

/** Everything in the blocks that can be clicked or filled in. */
function elementsOf(blocks: readonly unknown[]): Element[] {
  return blocks.flatMap((block, position) => {
    const shape = z.looseObject({
      ...{ block_id: z.string().default(`block-${position}`), elements: z.array(z.unknown()).default([]) },
      ...{ accessory: z.unknown().optional(), element: z.unknown().optional() },
    });
    const { block_id, elements, accessory, element: field } = shape.parse(block);
    return [...elements, accessory, field].flatMap((one) => {
      const found = element.safeParse(one);
      return found.success ? [{ ...found.data, block: block_id }] : [];
    });
  });
}

/** Slack gives every block an id. */
const withIds = (blocks: readonly KnownBlock[]): readonly KnownBlock[] =>
  blocks.map((block, position) => ({ block_id: `block-${position}`, ...block }));

const common = ({ app, options }: State) => ({
  ...{ api_app_id: app.id, token: 'deprecated', enterprise: null, is_enterprise_install: false },
  action_ts: (options.now() / 1000).toFixed(6),
});

function userOf(state: State, { user, team, home }: Acting) {
  const name = state.options.users.find(({ id }) => id === user)?.name ?? user.toLowerCase();
  return { id: user, username: name, name, team_id: home ?? team ?? state.team };
}

const nameOf = (state: State, channel: string) =>
  state.options.channels.find(({ id }) => id === channel)?.name ?? 'directmessage';

/** A click on a button or a box, in a message or in a view. */
export function blockActions(state: State, on: Post | ShownView, actionId: string, by: Clicking): Payload {
  const blocks = 'view' in on ? on.view.blocks : on.blocks;
  const elements = elementsOf(blocks);
  const clicked = elements.find(({ action_id }) => action_id === actionId);
  if (clicked === undefined && by.value === undefined) throw new Error(`Nothing here is called ${actionId}.`);
  const { action_ts, ...rest } = common(state);
  const chosen = optionsOf(clicked, by.choose ?? []);
  const action = {
    ...{ type: clicked?.type ?? 'button', action_id: actionId, block_id: clicked?.block ?? 'block-0', action_ts },
    ...(clicked?.type === 'checkboxes' ? { selected_options: chosen } : { value: by.value ?? clicked?.value }),
  };
  const team = by.team ?? state.team;
  return {
    ...{ type: 'block_actions', ...rest, user: userOf(state, by), team: { id: team, domain: 'home' } },
    trigger_id: newTrigger(state, by.user, team),
    ...placeOf(state, on, by.user),
    state: by.state ?? { values: boxes(elements, by.choose ?? []) },
    actions: [action],
  };
}

function placeOf(state: State, on: Post | ShownView, user: string): Payload {
  if ('view' in on) return { container: { type: 'view', view_id: on.id }, view: viewOf(state, on, {}) };
  return {
    container: { type: 'message', message_ts: on.ts, channel_id: on.channel, is_ephemeral: false },
    channel: { id: on.channel, name: nameOf(state, on.channel) },
    message: {
      ...{ type: 'message', user: state.app.user, bot_id: state.app.bot, app_id: state.app.id, team: state.team },
      ...{ ts: on.ts, text: on.text, blocks: withIds(on.blocks), metadata: on.metadata, thread_ts: on.threadTs },
    },
    response_url: newResponseUrl(state, on.channel, user, on.ts),
  };
}

const optionsOf = (box: Element | undefined, values: readonly string[]) =>
  (box?.options ?? []).filter(({ value }) => values.includes(value));

/** What is ticked, as Slack tells it: by block and action. */
function boxes(elements: readonly Element[], values: readonly string[]): Payload {
  const found = elements.filter(({ type }) => type === 'checkboxes');
  return Object.fromEntries(
    found.map((box) => [box.block, { [box.action_id]: { type: box.type, selected_options: optionsOf(box, values) } }]),
  );
}

/** A window that is sent off; `values` by the action id of its fields. */
export function viewSubmission(state: State, on: ShownView, values: Payload, by: Acting): Payload {
  const { action_ts: _, ...rest } = common(state);
  const team = by.team ?? state.team;
  const filled = elementsOf(on.view.blocks).map((field) => [
    field.block,
    { [field.action_id]: filledIn(field, values[field.action_id]) },
  ]);
  return {
    ...{ type: 'view_submission', ...rest, user: userOf(state, by), team: { id: team, domain: 'home' } },
    trigger_id: newTrigger(state, by.user, team),
    view: viewOf(state, on, Object.fromEntries(filled)),
    response_urls: [],
  };
}

/** A field that is left alone keeps what it began with. Options go by their value or by their words. */
function filledIn(field: Element, given: unknown): Payload {
  const { type, initial_value, initial_date, initial_option, options = [] } = field;
  switch (type) {
    case 'datepicker':
      return { type, selected_date: given ?? initial_date ?? null };
    case 'users_select':
      return { type, selected_user: given ?? null };
    case 'static_select':
    case 'radio_buttons': {
      const chosen = options.find(({ value, text }) => value === given || text?.text === given);
      return { type, selected_option: chosen ?? (given === undefined ? initial_option : undefined) ?? null };
    }
    default:
      return { type, value: given ?? initial_value ?? null };
  }
}

function viewOf(state: State, { id, hash, view }: ShownView, values: Payload): Payload {
  return {
    ...{ private_metadata: '', callback_id: '', title: null, close: null, submit: null },
    ...{ clear_on_close: false, notify_on_close: false, previous_view_id: null, external_id: '' },
    ...view,
    ...{ id, hash, root_view_id: id, blocks: withIds(blocksOf(view)), state: { values } },
    ...{ team_id: state.team, app_id: state.app.id, app_installed_team_id: state.team, bot_id: state.app.bot },
  };
}

const blocksOf = (view: ShownView['view']): readonly KnownBlock[] => z.array(z.custom<KnownBlock>()).parse(view.blocks);

/** `/redress …`, as the form that Slack sends. */
export function slashCommand(state: State, line: string, by: Acting & { readonly channel?: string }) {
  const [command = '', ...words] = line.trim().split(' ');
  const { api_app_id, token } = common(state);
  const team = by.team ?? state.team;
  const channel = by.channel ?? state.options.channels[0]?.id ?? 'D0';
  return {
    ...{ token, team_id: team, team_domain: 'home', channel_id: channel, channel_name: nameOf(state, channel) },
    ...{ user_id: by.user, user_name: userOf(state, by).name, command, text: words.join(' ') },
    ...{ api_app_id, is_enterprise_install: 'false', trigger_id: newTrigger(state, by.user, team) },
    response_url: newResponseUrl(state, channel, by.user, undefined),
  };
}

/** Somebody looks at the app's home page. */
export function homeOpened(state: State, by: Acting): Payload {
  const { api_app_id, token } = common(state);
  const team = by.team ?? state.team;
  const seconds = Math.floor(state.options.now() / 1000);
  const before = state.homes.get(by.user);
  return {
    ...{ type: 'event_callback', token, api_app_id, team_id: team, is_ext_shared_channel: false },
    event: {
      ...{ type: 'app_home_opened', user: by.user, channel: `D${by.user.slice(1)}`, tab: 'home' },
      ...{ event_ts: `${seconds}.000000`, ...(before === undefined ? {} : { view: viewOf(state, before, {}) }) },
    },
    ...{ event_id: state.next('Ev'), event_time: seconds },
    authorizations: [
      ...[{ enterprise_id: null, team_id: team, user_id: state.app.user, is_bot: true, is_enterprise_install: false }],
    ],
  };
}
