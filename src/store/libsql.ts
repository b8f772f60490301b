import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import type { AuditRow } from '../audit.ts';
import { stateNames } from '../workflow/finding.ts';
import { auditHead, commit, countOf, markOf, stopSwitch } from './libsql-commit.ts';
import { migrate } from './libsql-schema.ts';
import { type FindingFilter, type NewEffect, type Store, StoreError } from './port.ts';
import type {
  CallRecord,
  Exemption,
  FindingRecord,
  MessageRecord,
  ObstacleRecord,
  OutboxEffect,
  PlanRecord,
  TimerRecord,
} from './records.ts';
import { type Cell, int, json, type Row, type Sql, sqlOf, text } from './sql.ts';

/** How long one process waits for another's write before it gives up. */
const busyMilliseconds = 10_000;

/**
 * What a power failure may take. `nothing`: a commit is on the disk when it
 * resolves. `the-latest`: the last commits of this process may be missing, never
 * part of one, and nothing that another process has made safe after them. For
 * what can be found out again; it saves waiting for the disk at every commit.
 */
export type MayLose = 'nothing' | 'the-latest';

/**
 * Opens the embedded store, making the file and its folder when there is none.
 *
 * @param file a path, or `:memory:` for a store that lives as long as the process
 * @throws StoreError when the file cannot be opened or is of a newer version
 */
export function openLibsqlStore(file: string, mayLose: MayLose = 'nothing'): Store {
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const db = new Database(file, { timeout: busyMilliseconds });
    db.exec('PRAGMA journal_mode = WAL');
    db.exec(`PRAGMA synchronous = ${mayLose === 'nothing' ? 'FULL' : 'NORMAL'}`);
    const sql = sqlOf(db);
    sql.transaction(() => migrate(db, int(sql.first('PRAGMA user_version'), 'user_version')));
    return asStore(sql, () => db.close(), file);
  } catch (error) {
    throw new StoreError(`The store ${file} could not be opened: ${reason(error)}`, { cause: error });
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function asStore(sql: Sql, close: () => void, file: string): Store {
  /** The port is asynchronous because other stores are; here everything happens at once. */
  const now = async <T>(work: () => T): Promise<T> => {
    try {
      return work();
    } catch (error) {
      throw new StoreError(`The store ${file} could not be used: ${reason(error)}`, { cause: error });
    }
  };
  return {
    commit: (changes) => now(() => commit(sql, changes)),

    finding: (id) =>
      now(() => json<FindingRecord>(sql.first('SELECT record FROM findings WHERE id = ?', id), 'record')),
    findings: (filter = {}) => now(() => findings(sql, filter)),
    plan: (id) => now(() => json<PlanRecord>(sql.first('SELECT record FROM plans WHERE id = ?', id), 'record')),

    dueEffects: (lane, at, limit) =>
      now(() =>
        sql
          .all('SELECT * FROM outbox WHERE lane = ? AND free <= ? ORDER BY free, key LIMIT ?', lane, at, limit)
          .map(toEffect),
      ),
    effects: () => now(() => sql.all('SELECT * FROM outbox ORDER BY lane, free, key').map(toEffect)),
    nextEffect: (lane) =>
      now(() => {
        const row = sql.first('SELECT MIN(free) AS free FROM outbox WHERE lane = ? AND worker IS NULL', lane);
        return text(row, 'free') || undefined;
      }),
    leaseEffect: ({ key, lease: previous, attempts, due }, { worker, until }) =>
      now(() => {
        const changed = sql.run(
          `UPDATE outbox SET worker = ?, host = ?, pid = ?, until = ?, free = ?
           WHERE key = ? AND attempts = ? AND due = ? AND worker IS ? AND until IS ?`,
          ...[worker.id, worker.host, worker.pid, until, until],
          ...[key, attempts, due, previous?.worker.id ?? null, previous?.until ?? null],
        );
        return changed === 1;
      }),
    renewEffect: (key, worker, until) =>
      now(
        () =>
          sql.run('UPDATE outbox SET until = ?, free = ? WHERE key = ? AND worker = ?', until, until, key, worker) ===
          1,
      ),
    releaseEffect: (key, { id, host, pid }) =>
      now(() => {
        const changed = sql.run(
          `UPDATE outbox SET worker = NULL, host = NULL, pid = NULL, until = NULL, free = due
           WHERE key = ? AND worker = ? AND host = ? AND pid = ?`,
          ...[key, id, host, pid],
        );
        return changed === 1;
      }),

    dueTimers: (at, limit) =>
      now(() =>
        sql.all('SELECT * FROM timers WHERE due <= ? ORDER BY due, finding LIMIT ?', at, limit).flatMap(toTimer),
      ),
    nextTimer: () => now(() => text(sql.first('SELECT MIN(due) AS due FROM timers'), 'due') || undefined),
    timer: (finding) => now(() => sql.all('SELECT * FROM timers WHERE finding = ?', finding).flatMap(toTimer)[0]),

    calls: (plan) =>
      now(() =>
        sql
          .all('SELECT record FROM calls WHERE plan = ? ORDER BY application, purpose, step', plan)
          .flatMap((row) => json<CallRecord>(row, 'record') ?? []),
      ),
    isOurRequest: (requestId) => now(() => sql.all('SELECT 1 FROM calls WHERE request = ?', requestId).length > 0),

    lock: (locks, owner, at, until) =>
      now(() =>
        sql.transaction(() => {
          const taken = locks.some((name) => {
            const row = sql.first('SELECT owner, until FROM locks WHERE name = ?', name);
            return row !== undefined && text(row, 'owner') !== owner && text(row, 'until') > at;
          });
          if (taken) return false;
          for (const name of locks) {
            sql.run(
              `INSERT INTO locks (name, owner, until) VALUES (?, ?, ?)
               ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until`,
              ...[name, owner, until],
            );
          }
          return true;
        }),
      ),

    count: (counter, window) => now(() => countOf(sql, counter, window)),
    stopSwitch: () => now(() => stopSwitch(sql)),
    exemptions: () =>
      now(() =>
        sql
          .all('SELECT record FROM exemptions ORDER BY control, resource')
          .flatMap((row) => json<Exemption>(row, 'record') ?? []),
      ),

    messagesOf: (finding) =>
      now(() =>
        sql
          .all(
            `SELECT record FROM messages JOIN message_findings ON message = id
             WHERE finding = ? ORDER BY created DESC, messages.rowid DESC`,
            finding,
          )
          .flatMap((row) => json<MessageRecord>(row, 'record') ?? []),
      ),
    messagesIn: (channel, since) =>
      now(() =>
        sql
          .all(
            'SELECT record FROM messages WHERE channel = ? AND created >= ? ORDER BY created DESC, rowid DESC',
            ...[channel, since],
          )
          .flatMap((row) => json<MessageRecord>(row, 'record') ?? []),
      ),

    obstacle: (id) =>
      now(() => json<ObstacleRecord>(sql.first('SELECT record FROM obstacles WHERE id = ?', id), 'record')),
    obstacles: () =>
      now(() =>
        sql
          .all('SELECT record FROM obstacles WHERE gone IS NULL ORDER BY id')
          .flatMap((row) => json<ObstacleRecord>(row, 'record') ?? []),
      ),

    markSeen: (events, until) =>
      now(() =>
        sql.transaction(() => {
          for (const event of events) {
            sql.run(
              'INSERT INTO seen (event, until) VALUES (?, ?) ON CONFLICT (event) DO UPDATE SET until = excluded.until',
              ...[event, until],
            );
          }
        }),
      ),
    unseen: (events, at) =>
      now(() =>
        events.filter(
          (event) => sql.first('SELECT 1 FROM seen WHERE event = ? AND until > ?', event, at) === undefined,
        ),
      ),
    mark: (name) => now(() => markOf(sql, name)),
    tidy: (at) =>
      now(() => {
        const dayBefore = new Date(new Date(at).getTime() - 86_400_000).toISOString();
        sql.run('DELETE FROM seen WHERE until <= ?', at);
        sql.run('DELETE FROM counts WHERE window < ?', dayBefore);
      }),

    auditHead: () => now(() => auditHead(sql)),
    auditRows: (after, limit) =>
      now(() => sql.all('SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?', after, limit).map(toAuditRow)),

    close: () => now(close),
  };
}

function findings(sql: Sql, { states, control, arn, account, since, most }: FindingFilter): readonly FindingRecord[] {
  const parts: { readonly where: string; readonly cells: readonly Cell[] }[] = [];
  if (states !== undefined) parts.push({ where: `state IN (${states.map(() => '?').join(', ')})`, cells: states });
  if (control !== undefined) parts.push({ where: 'control = ?', cells: [control] });
  if (arn !== undefined) parts.push({ where: 'arn = ?', cells: [arn] });
  if (account !== undefined)
    parts.push({ where: "json_extract(record, '$.evaluation.resource.account') = ?", cells: [account] });
  if (since !== undefined) parts.push({ where: 'updated >= ?', cells: [since] });
  const where = parts.length === 0 ? '' : `WHERE ${parts.map((part) => part.where).join(' AND ')}`;
  return sql
    .all(
      `SELECT record FROM findings ${where} ORDER BY updated DESC, id LIMIT ?`,
      // A negative limit is none.
      ...[...parts.flatMap(({ cells }) => cells), most ?? -1],
    )
    .flatMap((row) => json<FindingRecord>(row, 'record') ?? []);
}

function toEffect(row: Row): OutboxEffect {
  const effect = json<NewEffect>(row, 'effect');
  if (effect === undefined) throw new Error('an effect of the outbox has no content');
  const worker = { id: text(row, 'worker'), host: text(row, 'host'), pid: int(row, 'pid') };
  return {
    ...effect,
    due: text(row, 'due'),
    attempts: int(row, 'attempts'),
    note: row.note === null ? null : text(row, 'note'),
    lease: row.worker === null ? null : { worker, until: text(row, 'until') },
  };
}

function toTimer(row: Row): readonly TimerRecord[] {
  const of = stateNames.find((name) => name === text(row, 'state'));
  return of === undefined ? [] : [{ finding: text(row, 'finding'), of, due: text(row, 'due') }];
}

function toAuditRow(row: Row): AuditRow {
  return {
    seq: int(row, 'seq'),
    entry: text(row, 'entry'),
    previous: text(row, 'previous'),
    hash: text(row, 'hash'),
  };
}
