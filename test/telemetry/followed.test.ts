import { InMemorySpanExporter } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it } from 'vitest';
import { createBot } from '../../src/bot/assemble.ts';
import { createLog } from '../../src/bot/log.ts';
import { parseConfig } from '../../src/config.ts';
import { createSampleAccount, sampleEvents } from '../../src/demo/sample-account.ts';
import { gather } from '../../src/intake/coalesce.ts';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { catalogue } from '../../src/redress.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import type { Store } from '../../src/store/port.ts';
import { emfExporter } from '../../src/telemetry/emf.ts';
import { measuredIntake } from '../../src/telemetry/measured.ts';
import { telemetryWith } from '../../src/telemetry/opentelemetry.ts';
import { measureOutbox } from '../../src/telemetry/outbox.ts';
import { createClock } from '../workflow/bench.ts';

const config = parseConfig(
  'apply: true\ncontrols: { "48": { mode: approve } }\napprovers: [{ users: [casey], controls: all }]\n',
  'redress.yaml',
  catalogue,
);

type Line = Readonly<Record<string, unknown>>;
const stores: Store[] = [];
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

/** The bot on the sample account: somebody suspends the versions of a bucket, Casey approves the fix. */
async function run() {
  const lines: Line[] = [];
  const log = await createLog('info', { write: (line) => void lines.push(JSON.parse(line)) });
  const clock = createClock('2026-11-16T09:00:00.000Z');
  const { port, world } = createSampleAccount({ now: clock.now });
  const place = { account: world.account, partition: world.partition, region: world.region };
  const store = openLibsqlStore(':memory:');
  stores.push(store);
  const emf: string[] = [];
  const spans = new InMemorySpanExporter();
  const telemetry = telemetryWith({ metrics: emfExporter((line) => void emf.push(line)), spans });
  const bot = await createBot({
    ...{ config, port, home: port, place, store, log, telemetry, slack: 'left out' },
    ...{ now: clock.now, sleep: clock.sleep },
  });
  const record = sampleEvents(world).find(({ eventName }) => eventName === 'PutBucketVersioning');
  const taken = measuredIntake(takeIn(JSON.stringify({ Records: [record] }), createRouter(catalogue)), telemetry);
  for (const gathered of gather(taken.arrivals)) await bot.judge(gathered);
  await bot.workflow.run({ untilIdle: true });
  const [finding] = await store.findings({ control: 48 });
  const stored = await store.plan(finding?.plan ?? '');
  if (finding === undefined || stored === undefined) throw new Error('nothing was found');
  const { digest } = stored.plan;
  await bot.workflow.decide({ decision: 'approve', finding: finding.id, digest, by: 'casey' });
  await bot.workflow.run({ untilIdle: true });
  await measureOutbox(store, telemetry, clock.now());
  await telemetry.flush();
  const ended = await store.finding(finding.id);
  const measured = emf.map((line): Line => JSON.parse(line));
  return { lines, finding: finding.id, plan: stored.id, eventId: String(record?.eventID), ended, measured, spans };
}

describe('a finding', () => {
  it('can be followed by its id from the event to the proof', async () => {
    const { lines, finding, plan, eventId, ended } = await run();
    expect(ended?.state).toBe('resolved');
    const own = lines.filter((line) => line.finding === finding);
    expect(own.map(({ msg }) => msg)).toEqual([
      'finding judged',
      'finding waiting',
      'plan made',
      'finding approved',
      'finding applying',
      'call intended',
      'call made',
      'finding verifying',
      'finding resolved',
    ]);
    expect(own[0]).toMatchObject({ event: eventId, control: 48, account: '123456789012', region: 'us-east-1' });
    expect(own.slice(1).every((line) => line.plan === plan)).toBe(true);
    const made = own.find(({ msg }) => msg === 'call made');
    expect(made).toMatchObject({
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      operation: 'PutBucketVersioning',
    });
    expect(own.at(-1)?.because).toContain('the control passes');
  });

  it('is counted at every step', async () => {
    const { measured } = await run();
    const sum = (name: string) =>
      measured.reduce((total, line) => total + (typeof line[name] === 'number' ? line[name] : 0), 0);
    expect({
      in: sum('EventsIn'),
      asked: sum('Asked'),
      applied: sum('Applied'),
      failed: sum('Failed'),
      planned: sum('Planned'),
    }).toEqual({ in: 1, asked: 1, applied: 1, failed: 0, planned: 1 });
    expect(measured.find((line) => line.Verdict === 'fail')).toMatchObject({ Judged: 1 });
    expect(measured.find((line) => 'ReadsPerEvent' in line)?.ReadsPerEvent).toEqual([expect.any(Number)]);
    expect(measured.find((line) => line.Lane === 'work' && 'OldestSeconds' in line)).toMatchObject({
      OldestSeconds: 0,
    });
  });

  it('leaves spans with ids and places, and nothing of what was read or written', async () => {
    const { spans, finding, plan } = await run();
    const all = spans.getFinishedSpans();
    const apply = all.find(({ name }) => name === 'apply');
    expect(apply?.attributes).toEqual({ 'redress.kind': 'apply', 'redress.finding': finding, 'redress.plan': plan });
    const written = all.find(({ name }) => name === 's3.PutBucketVersioning');
    expect(written?.parentSpanContext?.spanId).toBe(apply?.spanContext().spanId);
    expect(written?.attributes).toMatchObject({
      'rpc.service': 's3',
      'rpc.method': 'PutBucketVersioning',
      'cloud.account.id': '123456789012',
      'cloud.region': 'us-east-1',
      'redress.plan': plan,
      'aws.request_id': expect.any(String),
    });
    const judged = all.find(({ name }) => name === 'judge');
    const read = all.find(({ name }) => name === 's3.GetBucketVersioning');
    expect(read?.parentSpanContext?.spanId).toBe(judged?.spanContext().spanId);
    const names = new Set(all.flatMap(({ attributes }) => Object.keys(attributes)));
    expect([...names].filter((name) => !/^(redress|rpc|cloud|aws|error)\./.test(name))).toEqual([]);
  });
});
