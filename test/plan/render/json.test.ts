import { PassThrough, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isIntact } from '../../../src/plan/digest.ts';
import { writePlanJson } from '../../../src/plan/render/json.ts';
import { bucket, evaluation, guided, lacking, report, versioning } from './sample.ts';

async function written(...sources: [Parameters<typeof writePlanJson>[1], Parameters<typeof writePlanJson>[2]]) {
  const out = new PassThrough();
  const [json] = await Promise.all([text(out), writePlanJson(out, ...sources, report.ignored).then(() => out.end())]);
  return json;
}

describe('writePlanJson', () => {
  it('writes one document with everything in it', async () => {
    const document = JSON.parse(await written(report.evaluations, report.plans));
    expect(document).toEqual({
      evaluations: report.evaluations,
      plans: [guided, lacking, versioning],
      ignored: report.ignored,
    });
    expect(document.plans.every(isIntact)).toBe(true);
  });

  it('writes an empty document when there is nothing', async () => {
    expect(JSON.parse(await written([], []))).toEqual({ evaluations: [], plans: [], ignored: report.ignored });
  });

  it('writes equal bytes for equal input, in whatever order its members come', async () => {
    const reversed = <T extends object>(value: T): object => Object.fromEntries(Object.entries(value).reverse());
    const plan = { ...versioning, before: { a: 1, b: { c: 2, d: 3 } } };
    const same = { ...reversed(plan), ...{ before: { b: { d: 3, c: 2 }, a: 1 } } };
    const [one] = report.evaluations;
    expect(await written([{ ...evaluation(1, 'pass', '', bucket('b')), ...one }], [plan])).toBe(
      await written(
        [Object.assign(evaluation(1, 'pass', '', bucket('b')), reversed(one ?? {}))],
        [Object.assign({ ...versioning }, same)],
      ),
    );
  });

  it('asks for the plans only when the evaluations have ended', async () => {
    const order: string[] = [];
    async function* evaluations() {
      yield evaluation(1, 'pass', '', bucket('b'));
      await turn();
      order.push('evaluations ended');
    }
    function* plans() {
      order.push('plans asked for');
      yield versioning;
    }
    await written(evaluations(), plans());
    expect(order).toEqual(['evaluations ended', 'plans asked for']);
  });

  it('waits for a slow reader instead of filling the memory', async () => {
    let made = 0;
    async function* evaluations() {
      for (; made < 20_000; made += 1) yield evaluation(made, 'pass', 'x'.repeat(100), bucket('b'));
    }
    let release: (() => void) | undefined;
    const out = new Writable({
      highWaterMark: 1024,
      write: (_chunk, _encoding, done) => {
        release = done;
      },
    });
    const writing = writePlanJson(out, evaluations(), [], []);
    while (release === undefined) await turn();
    for (let at = 0; at < 1000; at += 1) await turn();
    expect(made).toBeLessThan(20_000);
    out.destroy(new Error('reader gone'));
    await expect(writing).rejects.toThrow('reader gone');
  });

  it('fails when a source fails', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it has anything
    async function* broken(): AsyncGenerator<never> {
      throw new Error('AWS unreachable');
    }
    await expect(writePlanJson(new PassThrough().resume(), broken(), [], [])).rejects.toThrow('AWS unreachable');
  });

  it('leaves the output open', async () => {
    const out = new PassThrough().resume();
    await writePlanJson(out, [], [], []);
    expect(out.writable).toBe(true);
  });
});
