import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { createRecorder } from '../../src/cli/recorder.ts';
import { defaultConfig } from '../../src/config.ts';
import { createEngine } from '../../src/engine.ts';
import { catalogue } from '../../src/redress.ts';
import type { Assessment } from '../../src/workflow/remediator.ts';
import { compare, perSecond, type Result } from './measure.ts';
import { stubBuckets } from './stub-buckets.ts';

/**
 * Writing down what a scan finds (record, plan, history, outbox and audit
 * chain) against one bare insert for each finding.
 */
export async function recording(size: { readonly buckets: number; readonly rounds: number }): Promise<Result[]> {
  const port = stubBuckets(size.buckets);
  const engine = createEngine({ port, catalogue, mode: 'dry-run' });
  const { account, partition } = await port.identity();
  const found: Assessment[] = [];
  for await (const one of engine.scan({ account, partition, region: 'eu-west-1' }, { service: 's3' })) found.push(one);
  const findings = found.flatMap(({ evaluations }) => evaluations.filter(({ verdict }) => verdict === 'fail'));

  const record = () =>
    inNewFolder(async (folder) => {
      process.env.REDRESS_STATE = folder;
      const recorder = await createRecorder(defaultConfig, engine);
      for (const assessment of found) await recorder.record(assessment, undefined);
      await recorder.close();
    });
  const insert = () =>
    inNewFolder(async (folder) => {
      const db = new Database(join(folder, 'bare.db'));
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      db.exec('CREATE TABLE findings (id TEXT PRIMARY KEY, record TEXT NOT NULL)');
      const statement = db.prepare('INSERT INTO findings (id, record) VALUES (?, ?)');
      for (const evaluation of findings) statement.run(evaluation.finding, JSON.stringify(evaluation));
      db.close();
    });

  const { ratio, baseline, measured } = await compare(insert, record, size.rounds);
  return [
    {
      name: 'recording',
      means: 'time to write findings down with plan, history and audit chain, to that of a bare insert for each',
      ratio,
      aim: undefined,
      detail: `${perSecond(findings.length, measured)} to ${perSecond(findings.length, baseline)}; ${findings.length} findings`,
    },
  ];
}

/** Gives some work a folder of its own, for as long as it takes. */
export async function inNewFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'redress-bench-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
