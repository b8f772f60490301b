import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import { StoreError } from '../../src/store/port.ts';
import { aFinding, storeContract } from './contract.ts';
import { crowdContract } from './contract-crowd.ts';

storeContract('libsql', async () => openLibsqlStore(':memory:'));

const folders: string[] = [];
afterAll(() => folders.map((folder) => rmSync(folder, { recursive: true })));
crowdContract('libsql', async (count) => {
  const folder = mkdtempSync(join(tmpdir(), 'redress-'));
  folders.push(folder);
  return Array.from({ length: count }, () => openLibsqlStore(join(folder, 'redress.db')));
});

function aFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'redress-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'state', 'redress.db');
}

test('a store keeps what was written, for the next process and beside another', async () => {
  const file = aFile();
  const one = openLibsqlStore(file);
  const two = openLibsqlStore(file);
  await one.commit([{ kind: 'finding', record: aFinding('f-1'), expected: 0 }]);
  expect(await two.finding('f-1')).toEqual(aFinding('f-1'));
  await one.close();
  await two.close();
  const again = openLibsqlStore(file);
  expect(await again.finding('f-1')).toEqual(aFinding('f-1'));
  await again.close();
});

test('a store of a newer version is left alone, and says so', () => {
  const file = aFile();
  void openLibsqlStore(file).close();
  const db = new Database(file);
  db.exec('PRAGMA user_version = 99');
  db.close();
  expect(() => openLibsqlStore(file)).toThrow(StoreError);
  expect(() => openLibsqlStore(file)).toThrow(/newer version of Redress \(schema 99/);
});

test('a place where no file can be is refused', () => {
  const file = aFile();
  void openLibsqlStore(file).close();
  expect(() => openLibsqlStore(join(file, 'below', 'redress.db'))).toThrow(StoreError);
});

test('a file of something else is refused', () => {
  const file = join(dirname(dirname(aFile())), 'notes.txt');
  writeFileSync(file, 'no database at all, just a longer text that somebody has left here\n'.repeat(20));
  expect(() => openLibsqlStore(file)).toThrow(StoreError);
});

const damages: readonly { name: string; sql: string; seq: number; because: RegExp }[] = [
  {
    name: 'a changed entry',
    sql: `UPDATE audit SET entry = replace(entry, 'entry 3', 'entry X') WHERE seq = 3`,
    seq: 3,
    because: /content was changed/,
  },
  { name: 'a changed hash', sql: `UPDATE audit SET hash = 'x' WHERE seq = 3`, seq: 3, because: /content was changed/ },
  { name: 'a changed link', sql: `UPDATE audit SET previous = 'x' WHERE seq = 3`, seq: 3, because: /does not follow/ },
  { name: 'a deleted row', sql: 'DELETE FROM audit WHERE seq = 3', seq: 3, because: /entry 3 is missing/ },
  { name: 'a deleted first row', sql: 'DELETE FROM audit WHERE seq = 1', seq: 1, because: /entry 1 is missing/ },
  { name: 'a cut-off tail', sql: 'DELETE FROM audit WHERE seq >= 4', seq: 4, because: /tail is missing/ },
  { name: 'everything gone', sql: 'DELETE FROM audit', seq: 1, because: /tail is missing/ },
  {
    name: 'a row moved to the end',
    sql: 'UPDATE audit SET seq = 6 WHERE seq = 2',
    seq: 2,
    because: /entry 2 is missing/,
  },
  {
    name: 'two rows exchanged',
    sql: 'UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3); UPDATE audit SET seq = -seq WHERE seq < 0',
    seq: 2,
    because: /does not follow/,
  },
  {
    name: 'a head set back with its tail left',
    sql: `UPDATE meta SET value = json_set(value, '$.count', 4, '$.hash', (SELECT hash FROM audit WHERE seq = 4)) WHERE name = 'audit'`,
    seq: 5,
    because: /without being counted/,
  },
  { name: 'a lost head', sql: `DELETE FROM meta WHERE name = 'audit'`, seq: 1, because: /without being counted/ },
  {
    name: 'a wrong head',
    sql: `UPDATE meta SET value = json_set(value, '$.hash', 'x') WHERE name = 'audit'`,
    seq: 5,
    because: /not the one that was written last/,
  },
];

test.each(damages)('the audit trail shows $name', async ({ sql, seq, because }) => {
  const file = aFile();
  const store = openLibsqlStore(file);
  for (let n = 1; n <= 5; n += 1) {
    await store.commit([{ kind: 'audit', subject: { at: '2026-11-23T10:00:00.000Z', by: 'a', what: `entry ${n}` } }]);
  }
  expect(await verifyAudit(store)).toMatchObject({ ok: true, count: 5 });
  const db = new Database(file);
  db.exec(sql);
  db.close();
  const verdict = await verifyAudit(store);
  expect(verdict).toMatchObject({ ok: false, seq });
  expect(verdict.ok ? '' : verdict.because).toMatch(because);
  await store.close();
});
