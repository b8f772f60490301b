import { createHash } from 'node:crypto';
import stringify from 'safe-stable-stringify';
import type { Store } from './store/port.ts';

/** What happened, who did it, and what it was about. Plain JSON. */
export interface AuditSubject {
  readonly at: string;
  readonly by: string;
  readonly what: string;
  readonly finding?: string;
  readonly plan?: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** One link of the chain: its hash is over the hash before it and its own text. */
export interface AuditRow {
  readonly seq: number;
  /** Canonical JSON of the subject. */
  readonly entry: string;
  readonly previous: string;
  readonly hash: string;
}

/** How long the chain is and how it ends. Kept beside it, so that a cut-off tail shows. */
export interface AuditHead {
  readonly count: number;
  readonly hash: string;
}

/** The chain before its first entry. */
export const emptyChain: AuditHead = { count: 0, hash: '0'.repeat(64) };

/** The next link after a head. */
export function link(head: AuditHead, subject: AuditSubject): AuditRow {
  const entry = stringify(subject);
  const seq = head.count + 1;
  return { seq, entry, previous: head.hash, hash: hashOf(seq, entry, head.hash) };
}

function hashOf(seq: number, entry: string, previous: string): string {
  return createHash('sha256').update(`${previous}\n${seq}\n${entry}`).digest('hex');
}

export type AuditVerdict =
  | { readonly ok: true; readonly count: number; readonly head: string }
  | { readonly ok: false; readonly seq: number; readonly because: string };

/**
 * Reads the whole audit trail and checks every link.
 *
 * @returns how many entries there are, or the first sequence number at which the chain is broken and why
 */
export async function verifyAudit(store: Store): Promise<AuditVerdict> {
  const head = await store.auditHead();
  let last = emptyChain;
  for (;;) {
    const rows = await store.auditRows(last.count, 500);
    for (const row of rows) {
      // Entries written while we read are beyond the head that we started from.
      if (last.count === head.count) break;
      const because = broken(last, row);
      if (because !== undefined) return { ok: false, seq: last.count + 1, because };
      last = { count: row.seq, hash: row.hash };
    }
    if (rows.length === 0 || last.count === head.count) break;
  }
  if (last.count < head.count) {
    const because = `the trail ends after entry ${last.count}, but ${head.count} were written: its tail is missing`;
    return { ok: false, seq: last.count + 1, because };
  }
  if (last.hash !== head.hash) {
    return { ok: false, seq: last.count, because: 'the last entry is not the one that was written last' };
  }
  return (await uncounted(store)) ?? { ok: true, count: last.count, head: last.hash };
}

/** A row beyond the head was not written by a commit: a commit moves the head with it. */
async function uncounted(store: Store): Promise<AuditVerdict | undefined> {
  const before = await store.auditHead();
  const [extra] = await store.auditRows(before.count, 1);
  const after = await store.auditHead();
  if (extra === undefined || after.count !== before.count) return undefined;
  return {
    ok: false,
    seq: extra.seq,
    because: 'this entry was added without being counted, or the count was set back',
  };
}

function broken(last: AuditHead, row: AuditRow): string | undefined {
  if (row.seq !== last.count + 1) return `entry ${last.count + 1} is missing`;
  if (row.previous !== last.hash) return 'it does not follow on the entry before it';
  if (row.hash !== hashOf(row.seq, row.entry, row.previous)) return 'its content was changed after it was written';
  return undefined;
}
