import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/bot/log.ts';
import type { OutboxEffect } from '../../src/store/records.ts';
import { measuredPort } from '../../src/telemetry/measured.ts';
import { telemetryWith } from '../../src/telemetry/opentelemetry.ts';
import { measureOutbox } from '../../src/telemetry/outbox.ts';
import { noTelemetry } from '../../src/telemetry/port.ts';
import { startTelemetry } from '../../src/telemetry/start.ts';
import { quiet } from '../workflow/bench.ts';

describe('telemetry', () => {
  it('is off unless it is asked for', async () => {
    expect(await startTelemetry({}, quiet)).toBe(noTelemetry);
    expect(await startTelemetry({ REDRESS_METRICS: 'none' }, quiet)).toBe(noTelemetry);
    const disabled = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'true' };
    expect(await startTelemetry(disabled, quiet)).toBe(noTelemetry);
  });

  it('loads nothing while it is off', async () => {
    const { metafile } = await build({
      entryPoints: ['src/bot/assemble.ts', 'src/cli/serve.ts'],
      ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', write: false, metafile: true },
      ...{ outdir: 'unused', packages: 'external', logLevel: 'silent' },
    });
    const outputs = new Map(Object.entries(metafile.outputs));
    const reached = new Set<string>();
    const visit = (name: string): void => {
      if (reached.has(name)) return;
      reached.add(name);
      for (const { path, kind } of outputs.get(name)?.imports ?? []) if (kind === 'import-statement') visit(path);
    };
    for (const [name, { entryPoint }] of outputs) if (/assemble|serve/.test(entryPoint ?? '')) visit(name);
    expect([...reached].some((name) => name === 'p-map')).toBe(true);
    expect([...reached].filter((name) => name.startsWith('@opentelemetry/'))).toEqual([]);
  });

  it('goes on with the trace that a message carries', async () => {
    const spans = new InMemorySpanExporter();
    const telemetry = telemetryWith({ metrics: undefined, spans });
    const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const inside = await telemetry.span('judge', {}, async () => telemetry.traceparent(), parent);
    await telemetry.span('judge', {}, async () => {}, 'garbage');
    await telemetry.flush();
    const [first, second] = spans.getFinishedSpans();
    expect(inside).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
    expect(first?.parentSpanContext?.spanId).toBe('00f067aa0ba902b7');
    expect(second?.parentSpanContext).toBeUndefined();
    expect(telemetry.traceparent()).toBeUndefined();
  });

  it('notes an error by its name only, and throws it on', async () => {
    const spans = new InMemorySpanExporter();
    const telemetry = telemetryWith({ metrics: undefined, spans });
    const denied = Object.assign(new Error('not allowed on arn:aws:s3:::secret-plans'), { name: 'AccessDenied' });
    const port = measuredPort(
      { identity: () => Promise.reject(denied), send: () => Promise.reject(denied) },
      telemetry,
    );
    const target = { account: '123456789012', region: 'eu-west-1' };
    await expect(port.send({ target, service: 's3', operation: 'GetBucketAcl', input: {} })).rejects.toBe(denied);
    await telemetry.flush();
    const [span] = spans.getFinishedSpans();
    expect(span?.attributes['error.type']).toBe('AccessDenied');
    expect(JSON.stringify([span?.attributes, span?.status, span?.events])).not.toContain('secret-plans');
  });

  it('never fails because a backend is away', async () => {
    const told: string[] = [];
    const warn = (_details: object, message: string) => void told.push(message);
    // Nobody listens on the port of "discard" here.
    const telemetry = await startTelemetry({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, { warn });
    telemetry.measure('EventsIn', 1);
    await telemetry.span('judge', {}, async () => {});
    await telemetry.flush();
    await telemetry.stop();
  }, 30_000);
});

const effect: OutboxEffect = {
  ...{ key: 'apply:p-1', lane: 'work', kind: 'apply', finding: 'f-1', plan: 'p-1', attempts: 0 },
  ...{ due: '2026-11-23T10:00:00.000Z', createdAt: '2026-11-23T09:00:00.000Z', note: null, lease: null },
};

describe('what waits', () => {
  const oldest = async (...effects: readonly OutboxEffect[]) => {
    const found: Record<string, number> = {};
    const store = { dueEffects: async (lane: string) => (lane === 'work' ? effects : []), obstacles: async () => [] };
    const measure = (name: string, value: number, { Lane = '' } = {}) => {
      found[`${name} ${Lane}`] = value;
    };
    await measureOutbox(store, { ...noTelemetry, measure }, new Date('2026-11-23T10:10:00.000Z'));
    return found;
  };

  it('is late since it was due', async () => {
    expect(await oldest(effect)).toMatchObject({ 'Waiting work': 1, 'OldestSeconds work': 600, 'Waiting inbox': 0 });
  });

  it('is late since it came when it keeps failing, however soon it is tried again', async () => {
    const failing = { ...effect, attempts: 3, due: '2026-11-23T10:14:00.000Z' };
    expect(await oldest(failing)).toMatchObject({ 'OldestSeconds work': 4200 });
  });

  it('is not late while it is held on purpose', async () => {
    expect(await oldest({ ...effect, due: '2026-11-23T10:11:00.000Z' })).toMatchObject({ 'OldestSeconds work': 0 });
  });
});

describe('the log', () => {
  it('holds no secrets, wherever they stand', async () => {
    const lines: string[] = [];
    const log = await createLog('info', { write: (line) => void lines.push(line) });
    // Made up, and put together here so that no scanner takes them for real ones.
    const bot = ['xoxb', '1234567890', 'abcdefghij'].join('-');
    const key = 'A'.repeat(40);
    log.info({ token: 'hush', slack: { signingSecret: 'hush' }, finding: 'f-1' }, `said ${bot} aloud`);
    log.warn({ error: `failed with {"secretAccessKey":"${key}","bucket":"b"}` }, 'a call failed');
    const all = lines.join('');
    expect(all).not.toContain('hush');
    expect(all).not.toContain(bot);
    expect(all).not.toContain(key);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { finding: 'f-1', token: '[secret]', msg: 'said [secret] aloud' },
      { error: 'failed with {"secretAccessKey":"[secret]","bucket":"b"}' },
    ]);
  });
});
