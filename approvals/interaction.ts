import { z } from 'zod';

/** What a button stands for: a finding, and the digest of the plan that the person saw. Nothing in it is trusted. */
const target = z.strictObject({ finding: z.string().max(40), digest: z.string().max(100) });
export type Target = z.infer<typeof target>;

/** Slack allows 3,000 characters of metadata in a modal: so many targets fit, and so many a list may offer. */
export const MOST_TARGETS = 30;
const targets = z.array(target).min(1).max(MOST_TARGETS);

/** Who did it, as Slack's signed request says. */
const actor = z.strictObject({
  user: z.string().min(1),
  /** The workspace that the request came from. */
  team: z.string().min(1),
  /** The workspace that the person belongs to: another one in a channel shared between companies. */
  home: z.string().min(1),
});
export type Actor = z.infer<typeof actor>;

/** The message that was clicked. */
const origin = z.strictObject({ channel: z.string().min(1), message: z.string().min(1) });
export type Origin = z.infer<typeof origin>;

const responseUrl = z.url().nullable();

/** Decisions that a click alone takes. */
const click = z.enum(['approve', 'undo', 'done']);
/** Windows that a click opens. */
const view = z.enum(['details', 'deny', 'snooze', 'exempt']);
/** Decisions that need words, and take them in a window. */
const worded = z.enum(['deny', 'snooze', 'exempt']);
/** What can be asked with the slash command. */
export const command = z.enum(['status', 'findings', 'stop', 'resume', 'plan', 'help']);

export type Click = z.infer<typeof click>;
export type View = z.infer<typeof view>;
export type Worded = z.infer<typeof worded>;
export type CommandName = z.infer<typeof command>;

/**
 * What a person did in Slack: all that a listener hands over, and all that is
 * known of it later. Plain JSON; read back with {@link interactionSchema}.
 */
export const interactionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('decide'), actor, decision: click, targets, origin, responseUrl }),
  z.strictObject({
    ...{ kind: z.literal('open'), actor, view, targets, origin: origin.nullable(), responseUrl },
    /** Opens a window; good for three seconds. */
    triggerId: z.string().min(1),
  }),
  z.strictObject({
    ...{ kind: z.literal('submit'), actor, decision: worded, targets, origin: origin.nullable() },
    reason: z.string(),
    /** For snooze and exempt: a moment or a day. */
    until: z.string().optional(),
    /** For exempt: who answers for it. */
    owner: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('home'), actor }),
  z.strictObject({
    kind: z.literal('command'),
    actor,
    command,
    argument: z.string(),
    channel: z.string(),
    responseUrl,
  }),
]);
export type Interaction = z.infer<typeof interactionSchema>;

/** Puts an interaction where it survives this process. Once it resolves, the click counts as received. */
export type HandOver = (interaction: Interaction) => Promise<void>;
