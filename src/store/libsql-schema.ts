import type Database from 'libsql';

/** One entry per version of the schema; each is run once, in order. Never change one that was released. */
const migrations: readonly string[] = [
  `
  CREATE TABLE findings (
    id TEXT PRIMARY KEY, revision INTEGER NOT NULL, control INTEGER NOT NULL, arn TEXT NOT NULL,
    state TEXT NOT NULL, updated TEXT NOT NULL, record TEXT NOT NULL
  );
  CREATE INDEX findings_by_arn ON findings (arn);
  CREATE INDEX findings_by_state ON findings (state, updated);
  CREATE TABLE plans (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, record TEXT NOT NULL);
  CREATE TABLE outbox (
    key TEXT PRIMARY KEY, lane TEXT NOT NULL, due TEXT NOT NULL, attempts INTEGER NOT NULL, note TEXT,
    worker TEXT, host TEXT, pid INTEGER, until TEXT, free TEXT NOT NULL, effect TEXT NOT NULL
  );
  CREATE INDEX outbox_by_time ON outbox (lane, free);
  CREATE TABLE timers (finding TEXT PRIMARY KEY, state TEXT NOT NULL, due TEXT NOT NULL);
  CREATE INDEX timers_by_time ON timers (due);
  CREATE TABLE calls (
    plan TEXT NOT NULL, application INTEGER NOT NULL, purpose TEXT NOT NULL, step INTEGER NOT NULL,
    status TEXT NOT NULL, attempts INTEGER NOT NULL, request TEXT, record TEXT NOT NULL,
    PRIMARY KEY (plan, application, purpose, step)
  );
  CREATE INDEX calls_by_request ON calls (request) WHERE request IS NOT NULL;
  CREATE TABLE locks (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until TEXT NOT NULL);
  CREATE TABLE counts (counter TEXT NOT NULL, hour TEXT NOT NULL, writes INTEGER NOT NULL, PRIMARY KEY (counter, hour));
  CREATE TABLE exemptions (control INTEGER NOT NULL, resource TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (control, resource));
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE audit (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
  `,
  `
  CREATE TABLE messages (
    id TEXT PRIMARY KEY, revision INTEGER NOT NULL, channel TEXT NOT NULL, created TEXT NOT NULL, record TEXT NOT NULL
  );
  CREATE INDEX messages_by_channel ON messages (channel, created);
  CREATE TABLE message_findings (finding TEXT NOT NULL, message TEXT NOT NULL, PRIMARY KEY (finding, message));
  UPDATE findings SET record = json_set(record, '$.causers', json('[]'));
  `,
  `
  ALTER TABLE counts RENAME COLUMN hour TO window;
  CREATE TABLE obstacles (id TEXT PRIMARY KEY, revision INTEGER NOT NULL, gone TEXT, record TEXT NOT NULL);
  CREATE TABLE seen (event TEXT PRIMARY KEY, until TEXT NOT NULL);
  `,
  `
  CREATE INDEX findings_by_account ON findings (json_extract(record, '$.evaluation.resource.account'), state);
  `,
];

/**
 * Brings the schema up to date.
 *
 * @throws Error when the file was written by a newer version
 */
export function migrate(db: Database.Database, version: number): void {
  if (version > migrations.length) {
    throw new Error(
      `it was written by a newer version of Redress (schema ${version}, this one knows ${migrations.length})`,
    );
  }
  for (const migration of migrations.slice(version)) db.exec(migration);
  db.exec(`PRAGMA user_version = ${migrations.length}`);
}
