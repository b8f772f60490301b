import { z } from 'zod';
import { interactionSchema, type Origin, type Target } from './interaction.ts';

/** The names by which Slack tells what was clicked. */
export const actionIds = {
  approve: 'redress.approve',
  undo: 'redress.undo',
  done: 'redress.done',
  details: 'redress.details',
  deny: 'redress.deny',
  snooze: 'redress.snooze',
  exempt: 'redress.exempt',
  /** The boxes of a list; their choice comes with the click on a button below. */
  choose: 'redress.choose',
  approveChosen: 'redress.approve-chosen',
  denyChosen: 'redress.deny-chosen',
} as const;

/** The names of the windows. */
export const callbackIds = {
  details: 'redress.details',
  deny: 'redress.deny',
  snooze: 'redress.snooze',
  exempt: 'redress.exempt',
} as const;

/** Fields of the windows: block id and action id are the same. */
export const fields = { reason: 'reason', until: 'until', owner: 'owner' } as const;

/** The name of the slash command. */
export const COMMAND = '/redress';

const [decide, open] = interactionSchema.options;
const metadata = z.strictObject({ targets: decide.shape.targets, origin: open.shape.origin });
/** Slack takes 3,000 characters: of thirty plans, their names alone. */
const packed = z.strictObject({ targets: z.array(z.tuple([z.string(), z.string()])), origin: open.shape.origin });

/** What a button or a box carries. */
export const writeTarget = (target: Target): string => JSON.stringify(target);

/** @returns nothing when it is not what {@link writeTarget} writes */
export function readTarget(value: string | undefined): Target | undefined {
  return parsed(decide.shape.targets.element, value);
}

/** What a window carries from the click that opened it to its submission. */
export function writeMetadata({ targets, origin }: { targets: readonly Target[]; origin: Origin | null }): string {
  return JSON.stringify({ targets: targets.map(({ finding, digest }) => [finding, digest]), origin });
}

/** @returns nothing when it is not what {@link writeMetadata} writes */
export function readMetadata(value: string | undefined): z.infer<typeof metadata> | undefined {
  const read = parsed(packed, value);
  if (read === undefined) return undefined;
  const targets = read.targets.map(([finding, digest]) => ({ finding, digest }));
  return metadata.safeParse({ targets, origin: read.origin }).data;
}

function parsed<T>(schema: z.ZodType<T>, text = ''): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
