import { z } from 'zod';

/**
 * Slack's own rules of Block Kit and views, as docs.slack.dev/reference/block-kit
 * and /reference/views state them. Written apart from the limits that the messages
 * keep to, so that a wrong number there is noticed here.
 */

const text = (most: number) => z.string().min(1).max(most);
const plain = (most: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: text(most), emoji: z.boolean().optional() });
const mrkdwn = (most: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: text(most), verbatim: z.boolean().optional() });
const either = (most: number) => z.discriminatedUnion('type', [plain(most), mrkdwn(most)]);

const id = text(255);
const style = z.enum(['primary', 'danger']);

const confirm = z.strictObject({
  title: plain(100),
  text: either(300),
  confirm: plain(30),
  deny: plain(30),
  style: style.optional(),
});

const option = <T extends z.ZodType>(words: T) =>
  z.strictObject({ text: words, value: text(150), description: either(75).optional() });

const action = { action_id: id, confirm: confirm.optional(), focus_on_load: z.boolean().optional() };
const placeholder = plain(150).optional();

const button = z.strictObject({
  type: z.literal('button'),
  text: plain(75),
  action_id: id,
  value: text(2000).optional(),
  url: text(3000).optional(),
  style: style.optional(),
  confirm: confirm.optional(),
  accessibility_label: text(75).optional(),
});

const choices = z
  .array(option(either(75)))
  .min(1)
  .max(10);
const checkboxes = z.strictObject({
  ...{ type: z.literal('checkboxes'), ...action, options: choices },
  initial_options: choices.optional(),
});
const radioButtons = z.strictObject({
  ...{ type: z.literal('radio_buttons'), ...action, options: choices },
  initial_option: option(either(75)).optional(),
});
const staticSelect = z.strictObject({
  ...{ type: z.literal('static_select'), ...action, placeholder },
  options: z
    .array(option(plain(75)))
    .min(1)
    .max(100),
  initial_option: option(plain(75)).optional(),
});
const overflow = z.strictObject({
  ...{ type: z.literal('overflow'), action_id: id, confirm: confirm.optional() },
  options: z
    .array(option(plain(75)))
    .min(1)
    .max(5),
});
const datepicker = z.strictObject({
  ...{ type: z.literal('datepicker'), ...action, placeholder },
  initial_date: z.iso.date().optional(),
});
const plainTextInput = z.strictObject({
  ...{ type: z.literal('plain_text_input'), action_id: id, focus_on_load: action.focus_on_load, placeholder },
  initial_value: z.string().max(3000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.int().min(0).max(3000).optional(),
  max_length: z.int().min(1).max(3000).optional(),
});
const image = z.strictObject({ type: z.literal('image'), image_url: text(3000), alt_text: text(2000) });

const interactive = [button, checkboxes, radioButtons, staticSelect, overflow, datepicker] as const;

const block_id = id.optional();
const block = z.discriminatedUnion('type', [
  z
    .strictObject({
      ...{ type: z.literal('section'), block_id },
      text: either(3000).optional(),
      fields: z.array(either(2000)).min(1).max(10).optional(),
      accessory: z.discriminatedUnion('type', [...interactive, image]).optional(),
      expand: z.boolean().optional(),
    })
    .refine((one) => one.text !== undefined || one.fields !== undefined, 'a section needs a text or fields'),
  z.strictObject({ type: z.literal('header'), block_id, text: plain(150) }),
  z.strictObject({ type: z.literal('divider'), block_id }),
  z.strictObject({
    ...{ type: z.literal('context'), block_id },
    elements: z
      .array(z.discriminatedUnion('type', [plain(3000), mrkdwn(3000), image]))
      .min(1)
      .max(10),
  }),
  z.strictObject({
    ...{ type: z.literal('actions'), block_id },
    elements: z.array(z.discriminatedUnion('type', interactive)).min(1).max(25),
  }),
  z.strictObject({
    ...{ type: z.literal('input'), block_id, label: plain(2000) },
    element: z.discriminatedUnion('type', [plainTextInput, datepicker, staticSelect, radioButtons, checkboxes]),
    hint: plain(2000).optional(),
    optional: z.boolean().optional(),
    dispatch_action: z.boolean().optional(),
  }),
]);
type Block = z.infer<typeof block>;

/**
 * Slack refuses a message with `msg_blocks_too_long` when its blocks hold too much
 * in all. The number is nowhere in the reference; its people speak of 12,000
 * characters and room for the containers (slackapi/bolt-js#2509).
 */
const MOST_IN_A_MESSAGE = 12_000;

const message = z
  .array(block)
  .min(1)
  .max(50)
  .superRefine(checkIds)
  .refine((blocks) => JSON.stringify(blocks).length <= MOST_IN_A_MESSAGE, 'msg_blocks_too_long');

const inView = z.array(block).max(100).superRefine(checkIds);
const viewCommon = {
  blocks: inView,
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
};

const modal = z
  .strictObject({
    ...{ type: z.literal('modal'), ...viewCommon, title: plain(24) },
    close: plain(24).optional(),
    submit: plain(24).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
  })
  .refine(
    ({ blocks, submit }) => submit !== undefined || blocks.every(({ type }) => type !== 'input'),
    'a modal with an input needs a submit',
  );
const view = z
  .discriminatedUnion('type', [modal, z.strictObject({ type: z.literal('home'), ...viewCommon })])
  .refine((one) => Buffer.byteLength(JSON.stringify(one)) <= 250_000, 'view_too_large');

/** Block ids differ within a message or view, action ids within a block, and chosen options are on offer. */
function checkIds(blocks: readonly Block[], context: z.RefinementCtx): void {
  const complain = (message: string) => context.addIssue({ code: 'custom', message });
  for (const twice of repeated(blocks.flatMap((one) => one.block_id ?? []))) complain(`block_id ${twice} twice`);
  for (const one of blocks) {
    const elements = elementsOf(one);
    for (const twice of repeated(elements.map((element) => element.action_id))) complain(`action_id ${twice} twice`);
    for (const element of elements) {
      if (!('options' in element)) continue;
      const values = element.options.map(({ value }) => value);
      for (const twice of repeated(values)) complain(`option value ${twice} twice`);
      for (const { value } of initialOf(element)) {
        if (!values.includes(value)) complain(`initial option ${value} is not on offer`);
      }
    }
  }
  const focused = blocks.flatMap(elementsOf).filter((one) => 'focus_on_load' in one && one.focus_on_load === true);
  if (focused.length > 1) complain('focus_on_load more than once');
}

type Interactive = z.infer<(typeof interactive)[number]> | z.infer<typeof plainTextInput>;

function elementsOf(one: Block): Interactive[] {
  if (one.type === 'actions') return one.elements;
  if (one.type === 'input') return [one.element];
  if (one.type === 'section' && one.accessory !== undefined && one.accessory.type !== 'image') return [one.accessory];
  return [];
}

function initialOf(element: Interactive): readonly { readonly value: string }[] {
  if (element.type === 'checkboxes') return element.initial_options ?? [];
  if (element.type !== 'radio_buttons' && element.type !== 'static_select') return [];
  return element.initial_option === undefined ? [] : [element.initial_option];
}

const repeated = (ids: readonly string[]): string[] => ids.filter((one, at) => ids.indexOf(one) !== at);

/**
 * Which of Slack's rules the blocks of a message, or a view (modal or App Home), break.
 *
 * @returns one line for each, with its place; none when Slack would take them
 */
export function brokenRules(blocksOrView: unknown): string[] {
  const result = Array.isArray(blocksOrView) ? message.safeParse(blocksOrView) : view.safeParse(blocksOrView);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}
