import { oneLine } from '../one-line.ts';

/** A record that leads to nothing, and why. */
export interface Ignored {
  /** The event's name as it was recorded, or where the record stood when it has none. */
  readonly event: string;
  /** `failed call`, `read-only`, `data event`, `insight event`, `network event`, `not watched` or `unparseable: …`. */
  readonly because: string;
  readonly source?: string;
  readonly eventID?: string;
}

const UNPARSEABLE = 'unparseable: ';

/** Something that should have been a record and cannot be read as one. */
export function unparseable(event: string, why: string): Ignored {
  return { event: oneLine(event, 100), because: `${UNPARSEABLE}${oneLine(why)}` };
}

/** Whether this belongs in the dead-letter place: it could not be read, so nobody knows what it was. */
export function isUnparseable({ because }: Ignored): boolean {
  return because.startsWith(UNPARSEABLE);
}

/** Thrown by a queue handler when parts of a message could not be read; the rest of it has been handled. */
export class UnparseableError extends Error {
  override readonly name = 'UnparseableError';

  constructor(ignored: readonly Ignored[]) {
    super(
      ignored
        .filter(isUnparseable)
        .map(({ event, because }) => `${event}: ${because}`)
        .join('; '),
    );
  }
}
