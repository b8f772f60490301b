import { type AuditHead, emptyChain, link } from '../audit.ts';
import type { Change, CommitResult, Conflict } from './port.ts';
import type { CallRecord, FindingRecord, MessageRecord, ObstacleRecord, PlanRecord, StopSwitch } from './records.ts';
import { int, json, type Sql, text } from './sql.ts';

/** Thrown inside the transaction to take everything back; caught at its edge. */
class ConflictError extends Error {
  readonly conflict: Conflict;
  constructor(conflict: Conflict) {
    super(`${conflict.kind} ${conflict.key}`);
    this.conflict = conflict;
  }
}

/** Performs the changes of a commit in one transaction. */
export function commit(sql: Sql, changes: readonly Change[]): CommitResult {
  try {
    sql.transaction(() => {
      for (const change of changes) {
        const key = perform(sql, change);
        if (key !== undefined) throw new ConflictError({ kind: change.kind, key });
      }
    });
    return { ok: true };
  } catch (error) {
    if (error instanceof ConflictError) return { ok: false, conflict: error.conflict };
    throw error;
  }
}

/** Performs one change. Returns what its condition was about when that did not hold. */
function perform(sql: Sql, change: Change): string | undefined {
  switch (change.kind) {
    case 'finding':
      return unlessOne(putFinding(sql, change.record, change.expected), change.record.id);
    case 'findingIs':
      return unlessOne(
        sql.all('SELECT 1 FROM findings WHERE id = ? AND revision = ?', change.id, change.revision).length,
        change.id,
      );
    case 'plan':
      return unlessOne(putPlan(sql, change.record, change.expected), change.record.id);
    case 'effect': {
      const { effect } = change;
      sql.run(
        `INSERT INTO outbox (key, lane, due, free, attempts, effect) VALUES (?, ?, ?, ?, 0, ?)
         ON CONFLICT (key) DO NOTHING`,
        ...[effect.key, effect.lane, effect.due, effect.due, JSON.stringify(effect)],
      );
      return undefined;
    }
    case 'effectDone':
      return unlessOne(
        sql.run('DELETE FROM outbox WHERE key = ? AND worker = ?', change.key, change.worker),
        change.key,
      );
    case 'effectLater':
      return unlessOne(
        sql.run(
          `UPDATE outbox SET due = ?, free = ?, note = ?, attempts = attempts + ?,
             worker = NULL, host = NULL, pid = NULL, until = NULL
           WHERE key = ? AND worker = ?`,
          ...[change.due, change.due, change.note, change.failed ? 1 : 0, change.key, change.worker],
        ),
        change.key,
      );
    case 'effectHeld':
      return unlessOne(
        sql.all('SELECT 1 FROM outbox WHERE key = ? AND worker = ?', change.key, change.worker).length,
        change.key,
      );
    case 'setTimer':
      sql.run(
        `INSERT INTO timers (finding, state, due) VALUES (?, ?, ?)
         ON CONFLICT (finding) DO UPDATE SET state = excluded.state, due = excluded.due`,
        ...[change.timer.finding, change.timer.of, change.timer.due],
      );
      return undefined;
    case 'clearTimer':
      sql.run('DELETE FROM timers WHERE finding = ?', change.finding);
      return undefined;
    case 'timerFired': {
      const { finding, of, due } = change.timer;
      return unlessOne(
        sql.run('DELETE FROM timers WHERE finding = ? AND state = ? AND due = ?', finding, of, due),
        finding,
      );
    }
    case 'intent':
      return unlessOne(putIntent(sql, change.call), callName(change.call));
    case 'intentAgain':
      return unlessOne(putIntentAgain(sql, change.call, change.expected), callName(change.call));
    case 'outcome':
      return unlessOne(putOutcome(sql, change), callName(change.call));
    case 'lockHeld':
      return unlessOne(
        sql.all('SELECT 1 FROM locks WHERE name = ? AND owner = ?', change.lock, change.owner).length,
        change.lock,
      );
    case 'unlock':
      sql.run('DELETE FROM locks WHERE name = ? AND owner = ?', change.lock, change.owner);
      return undefined;
    case 'notStopped': {
      const { on, at } = stopSwitch(sql);
      return on && (change.after === undefined || at > change.after) ? 'stop' : undefined;
    }
    case 'stop':
      putMeta(sql, 'stop', change.stop);
      return undefined;
    case 'count': {
      const now = countOf(sql, change.counter, change.window);
      if (change.most !== null && now + change.add > change.most) return change.counter;
      sql.run(
        `INSERT INTO counts (counter, window, writes) VALUES (?, ?, ?)
         ON CONFLICT (counter, window) DO UPDATE SET writes = writes + excluded.writes`,
        ...[change.counter, change.window, change.add],
      );
      return undefined;
    }
    case 'message':
      return unlessOne(putMessage(sql, change.record, change.expected), change.record.id);
    case 'obstacle':
      return unlessOne(putObstacle(sql, change.record, change.expected), change.record.id);
    case 'mark':
      return unlessOne(putMark(sql, change), change.name);
    case 'exemption':
      sql.run(
        `INSERT INTO exemptions (control, resource, record) VALUES (?, ?, ?)
         ON CONFLICT (control, resource) DO UPDATE SET record = excluded.record`,
        ...[change.exemption.control, change.exemption.resource, JSON.stringify(change.exemption)],
      );
      return undefined;
    case 'audit': {
      const row = link(auditHead(sql), change.subject);
      sql.run(
        'INSERT INTO audit (seq, entry, previous, hash) VALUES (?, ?, ?, ?)',
        ...[row.seq, row.entry, row.previous, row.hash],
      );
      putMeta(sql, 'audit', { count: row.seq, hash: row.hash });
      return undefined;
    }
  }
}

/** A conditional statement changes one row; none means that its condition did not hold. */
function unlessOne(changed: number, key: string): string | undefined {
  return changed === 1 ? undefined : key;
}

function putFinding(sql: Sql, record: FindingRecord, expected: number): number {
  const { control, resource } = record.evaluation;
  const cells = [record.revision, control, resource.arn, record.state, record.updatedAt, JSON.stringify(record)];
  if (expected === 0) {
    return sql.run(
      `INSERT INTO findings (revision, control, arn, state, updated, record, id) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO NOTHING`,
      ...[...cells, record.id],
    );
  }
  return sql.run(
    `UPDATE findings SET revision = ?, control = ?, arn = ?, state = ?, updated = ?, record = ?
     WHERE id = ? AND revision = ?`,
    ...[...cells, record.id, expected],
  );
}

function putPlan(sql: Sql, record: PlanRecord, expected: number): number {
  const cells = [record.revision, JSON.stringify(record), record.id];
  return expected === 0
    ? sql.run('INSERT INTO plans (revision, record, id) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING', ...cells)
    : sql.run('UPDATE plans SET revision = ?, record = ? WHERE id = ? AND revision = ?', ...[...cells, expected]);
}

function putIntent(sql: Sql, call: CallRecord): number {
  return sql.run(
    `INSERT INTO calls (plan, application, purpose, step, status, attempts, record) VALUES (?, ?, ?, ?, 'intent', ?, ?)
     ON CONFLICT DO NOTHING`,
    ...[call.plan, call.application, call.purpose, call.step, call.attempts, JSON.stringify(call)],
  );
}

function putIntentAgain(sql: Sql, call: CallRecord, expected: number): number {
  return sql.run(
    `UPDATE calls SET attempts = ?, record = ?
     WHERE plan = ? AND application = ? AND purpose = ? AND step = ? AND status = 'intent' AND attempts = ?`,
    ...[call.attempts, JSON.stringify(call), call.plan, call.application, call.purpose, call.step, expected],
  );
}

function putOutcome(sql: Sql, { call, outcome }: Extract<Change, { kind: 'outcome' }>): number {
  const where = `WHERE plan = ? AND application = ? AND purpose = ? AND step = ? AND status = 'intent'`;
  const key = [call.plan, call.application, call.purpose, call.step];
  const record = json<CallRecord>(sql.first(`SELECT record FROM calls ${where}`, ...key), 'record');
  if (record === undefined) return 0;
  const request = outcome.status === 'intent' ? null : outcome.requestId;
  return sql.run(
    `UPDATE calls SET status = ?, request = ?, record = ? ${where}`,
    ...[outcome.status, request, JSON.stringify({ ...record, outcome }), ...key],
  );
}

const callName = (call: { plan: string; application: number; purpose: string; step: number }): string =>
  `${call.plan}#${call.application} ${call.purpose} ${call.step}`;

function putMeta(sql: Sql, name: string, value: object): void {
  sql.run(
    'INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    ...[name, JSON.stringify(value)],
  );
}

const markName = (name: string): string => `mark ${name}`;

function putMark(sql: Sql, { name, value, expected }: Extract<Change, { kind: 'mark' }>): number {
  return expected === null
    ? sql.run('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING', markName(name), value)
    : sql.run('UPDATE meta SET value = ? WHERE name = ? AND value = ?', value, markName(name), expected);
}

export function markOf(sql: Sql, name: string): string | undefined {
  return text(sql.first('SELECT value FROM meta WHERE name = ?', markName(name)), 'value') || undefined;
}

export function stopSwitch(sql: Sql): StopSwitch {
  const never: StopSwitch = { on: false, by: 'redress', at: '', because: 'it was never used' };
  return json<StopSwitch>(sql.first("SELECT value FROM meta WHERE name = 'stop'"), 'value') ?? never;
}

export function auditHead(sql: Sql): AuditHead {
  return json<AuditHead>(sql.first("SELECT value FROM meta WHERE name = 'audit'"), 'value') ?? emptyChain;
}

export function countOf(sql: Sql, counter: string, window: string): number {
  return int(sql.first('SELECT writes FROM counts WHERE counter = ? AND window = ?', counter, window), 'writes');
}

function putMessage(sql: Sql, record: MessageRecord, expected: number): number {
  const { id, revision, channel, createdAt, items } = record;
  const content = JSON.stringify(record);
  const changed =
    expected === 0
      ? sql.run(
          `INSERT INTO messages (id, revision, channel, created, record) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (id) DO NOTHING`,
          ...[id, revision, channel, createdAt, content],
        )
      : sql.run(
          'UPDATE messages SET revision = ?, record = ? WHERE id = ? AND revision = ?',
          ...[revision, content, id, expected],
        );
  if (changed === 1) {
    for (const { finding } of items) {
      sql.run(
        'INSERT INTO message_findings (finding, message) VALUES (?, ?) ON CONFLICT (finding, message) DO NOTHING',
        ...[finding, id],
      );
    }
  }
  return changed;
}

function putObstacle(sql: Sql, record: ObstacleRecord, expected: number): number {
  const cells = [record.revision, record.goneAt, JSON.stringify(record), record.id];
  return expected === 0
    ? sql.run(
        'INSERT INTO obstacles (revision, gone, record, id) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
        ...cells,
      )
    : sql.run(
        'UPDATE obstacles SET revision = ?, gone = ?, record = ? WHERE id = ? AND revision = ?',
        ...[...cells, expected],
      );
}
