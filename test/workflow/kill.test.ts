import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { verifyAudit } from '../../src/audit.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import { goodDoc } from './world.ts';

test.each(['before', 'after'])(
  'killed for good %s the call, the next process finishes it, once',
  async (moment) => {
    const folder = mkdtempSync(join(tmpdir(), 'redress-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [file, documents] = [join(folder, 'redress.db'), join(folder, 'documents.json')];
    writeFileSync(documents, JSON.stringify([['b', goodDoc]]));
    const live = (die: string) =>
      spawnSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'child.ts'), file, documents, die], {
        encoding: 'utf8',
      });

    expect(live(moment).signal).toBe('SIGKILL');
    const next = live('never');
    expect([next.stderr, next.stdout]).toEqual(['', 'resolved']);
    expect(JSON.parse(readFileSync(documents, 'utf8'))).toEqual([['b', { ...goodDoc, copies: 1 }]]);
    const store = openLibsqlStore(file);
    expect(await verifyAudit(store)).toMatchObject({ ok: true });
    await store.close();
  },
  60_000,
);
