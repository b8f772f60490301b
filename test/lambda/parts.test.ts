import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRouter } from '../../src/intake/route.ts';
import { endOfTime, sleepWithinTime, withinTime } from '../../src/lambda/budget.ts';
import { EnvironmentError, readEnvironment } from '../../src/lambda/environment.ts';
import { startFoundation } from '../../src/lambda/foundation.ts';
import { once } from '../../src/lambda/once.ts';
import { createSlackEndpoint } from '../../src/lambda/slack.ts';
import { createSubjectReader } from '../../src/lambda/subjects.ts';
import { catalogue } from '../../src/redress.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import type { Store } from '../../src/store/port.ts';
import { quiet } from '../workflow/bench.ts';

describe('the environment', () => {
  it('takes an empty text for what is not set', () => {
    const read = readEnvironment({ REDRESS_TABLE: 'redress', REDRESS_BUS: '', REDRESS_LOG: '' });
    expect(read).toMatchObject({ table: 'redress', bus: undefined, log: 'info', metrics: undefined });
  });

  it('names everything that is wrong', () => {
    const wrong = () => readEnvironment({ REDRESS_METRICS: 'loud' });
    expect(wrong).toThrow(EnvironmentError);
    expect(wrong).toThrow(/REDRESS_TABLE is missing; REDRESS_METRICS is neither emf nor none/);
  });
});

describe('the foundation', () => {
  const started = () =>
    startFoundation({ invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:RedressWorker' });
  beforeEach(() => vi.stubEnv('REDRESS_TABLE', 'redress'));
  afterEach(() => vi.unstubAllEnvs());

  it('watches every control, unless some were chosen', async () => {
    expect((await started()).watched).toBe(catalogue);
    vi.stubEnv('REDRESS_CONTROLS', '48,67');
    expect([...(await started()).watched.keys()]).toEqual([48, 67]);
  });

  it('judges a bucket by the chosen controls alone', async () => {
    vi.stubEnv('REDRESS_CONTROLS', '48,67');
    const { watched } = await started();
    const place = { partition: 'aws', account: '111122223333', region: 'eu-west-1' };
    const body = JSON.stringify({ subject: { place, type: 'AWS::S3::Bucket', id: 'photos' } });
    const [gathered] = createSubjectReader(watched, createRouter(watched)).read(body);
    expect(gathered?.subject.controls).toEqual([48, 67]);
  });

  it('takes no list that it cannot read for "everything"', async () => {
    vi.stubEnv('REDRESS_CONTROLS', '48;67');
    await expect(started()).rejects.toThrow(/REDRESS_CONTROLS is not a list of numbers/);
  });
});

it('a start happens once; one that failed is tried again', async () => {
  let starts = 0;
  const start = once(async (name: string) => {
    starts += 1;
    if (starts === 1) throw new Error('the table is away');
    return `${name} ${starts}`;
  });
  await expect(start('a')).rejects.toThrow('the table is away');
  expect(await Promise.all([start('b'), start('c')])).toEqual(['b 2', 'b 2']);
});

describe('the time of an invocation', () => {
  const context = (left: number) => ({ getRemainingTimeInMillis: () => left });

  it('ends before Lambda ends it, sleep included', async () => {
    const aborted = await withinTime(
      context(30),
      async (signal) => {
        await sleepWithinTime(60_000);
        return signal.aborted && endOfTime() === signal;
      },
      20,
    );
    expect(aborted).toBe(true);
    expect(endOfTime()).toBeUndefined();
  });

  it('is its own for each invocation', async () => {
    const signals = await Promise.all([1, 2].map(() => withinTime(context(60_000), async () => endOfTime())));
    expect(signals[0]).not.toBe(signals[1]);
  });
});

describe('the endpoint for Slack', () => {
  const signingSecret = 'test-only';
  // Bolt compares the time of a request with the clock of the machine.
  const now = () => new Date();
  let store: Store;
  beforeEach(() => {
    store = openLibsqlStore(':memory:');
  });
  afterEach(() => store.close());

  const command = (secret: string) => {
    const form = { command: '/redress', team_id: 'T1', user_id: 'U1', channel_id: 'C1', text: 'status' };
    const body = new URLSearchParams(form).toString();
    const time = String(Math.floor(now().getTime() / 1000));
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${time}:${body}`).digest('hex')}`;
    return {
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'X-Slack-Request-Timestamp': time,
        'X-Slack-Signature': signature,
      },
      body: Buffer.from(body).toString('base64'),
      isBase64Encoded: true,
    };
  };
  const endpoint = (parts: { store: Pick<Store, 'commit'> } = { store }) =>
    createSlackEndpoint({ signingSecret, log: quiet, now, ...parts });

  it('writes down what was said, and acknowledges', async () => {
    expect(await (await endpoint())(command(signingSecret))).toMatchObject({ statusCode: 200 });
    expect(await store.effects()).toMatchObject([{ lane: 'inbox', kind: 'interaction' }]);
  });

  it('does not acknowledge what could not be written down: Slack tells the person', async () => {
    const away = { commit: () => Promise.reject(new Error('the table is away')) };
    const answer = await (await endpoint({ store: away }))(command(signingSecret)).catch(() => ({ statusCode: 500 }));
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  });

  it('refuses who is not Slack, and writes nothing', async () => {
    expect(await (await endpoint())(command('guessed'))).toMatchObject({ statusCode: 401 });
    expect(await store.effects()).toEqual([]);
  });
});
