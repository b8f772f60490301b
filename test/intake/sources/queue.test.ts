import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UnparseableError, unparseable } from '../../../src/intake/ignored.ts';
import {
  createQueueSource,
  deadLetterCall,
  type QueueOptions,
  type QueueSource,
} from '../../../src/intake/sources/queue.ts';

const url = 'http://127.0.0.1:9/123456789012/redress';
const client = new SQSClient({ region: 'eu-west-1', useQueueUrlAsEndpoint: false });
const sqs = mockClient(client);

beforeEach(() => {
  vi.useFakeTimers();
  sqs.reset();
  sqs.on(DeleteMessageBatchCommand).resolves({});
  sqs.on(ChangeMessageVisibilityBatchCommand).resolves({});
});
afterEach(() => vi.useRealTimers());

function signalOf(options: unknown): AbortSignal | undefined {
  const signal = typeof options === 'object' && options !== null && 'abortSignal' in options && options.abortSignal;
  return signal instanceof AbortSignal ? signal : undefined;
}

const message = (body: string) => ({ MessageId: body, ReceiptHandle: `handle-${body}`, Body: body });

/** Delivers one batch, then nothing until the poll is cut short. */
function deliver(...bodies: readonly string[]): void {
  let delivered = false;
  sqs.on(ReceiveMessageCommand).callsFake(() => {
    if (delivered) return new Promise((resolve) => setTimeout(() => resolve({}), 5));
    delivered = true;
    return { Messages: bodies.map(message) };
  });
}

const deleted = (): string[] =>
  sqs
    .commandCalls(DeleteMessageBatchCommand)
    .flatMap(({ args }) => (args[0].input.Entries ?? []).map(({ Id }) => Id ?? ''));

/** Runs a source until every message of its batch has had its turn. */
async function run(options: Partial<QueueOptions> & Pick<QueueOptions, 'handle'>, messages: number): Promise<string[]> {
  const errors: string[] = [];
  let turns = 0;
  let allHadTurn = (): void => {};
  const done = new Promise<void>((resolve) => {
    allHadTurn = resolve;
  });
  const source = createQueueSource({
    url,
    client,
    deadLetter: undefined,
    pollers: 1,
    onError: (line) => errors.push(line),
    ...options,
    handle: async (body) => {
      try {
        await options.handle(body);
      } finally {
        turns += 1;
        if (turns === messages) allHadTurn();
      }
    },
  });
  source.start();
  await done;
  await stop(source);
  return errors;
}

/** The consumer looks once a second whether it may stop: time has to pass for that. */
async function stop(source: QueueSource): Promise<void> {
  const stopped = source.stop();
  await vi.advanceTimersByTimeAsync(5_000);
  await stopped;
}

const bad = new UnparseableError([unparseable('line 2', 'it is not JSON')]);

describe('a queue', () => {
  it('deletes exactly what was handled', async () => {
    deliver('one', 'two', 'three');
    const errors = await run(
      {
        handle: async (body) => {
          if (body === 'two') throw new Error('AWS is away');
        },
      },
      3,
    );
    expect(deleted()).toEqual(['one', 'three']);
    expect(errors).toEqual([`Queue ${url}, message two: AWS is away; it stays in the queue`]);
  });

  it('deletes nothing when nothing was handled', async () => {
    deliver('one');
    await run({ handle: () => Promise.reject(new Error('no')) }, 1);
    expect(deleted()).toEqual([]);
  });

  it('puts aside what cannot be parsed, with its reason, and goes on', async () => {
    deliver('bad', 'good');
    const aside: string[][] = [];
    await run(
      {
        handle: async (body) => {
          if (body === 'bad') throw bad;
        },
        deadLetter: async (...all) => void aside.push(all),
      },
      2,
    );
    expect(aside).toEqual([['bad', 'line 2: unparseable: it is not JSON']]);
    expect(deleted().sort()).toEqual(['bad', 'good']);
  });

  it('leaves it where it is when there is no dead-letter queue, or it does not answer', async () => {
    deliver('bad');
    await run({ handle: () => Promise.reject(bad) }, 1);
    deliver('bad');
    const errors = await run(
      { handle: () => Promise.reject(bad), deadLetter: () => Promise.reject(new Error('access denied')) },
      1,
    );
    expect(deleted()).toEqual([]);
    expect(errors.at(-1)).toBe(`Queue ${url}: the dead-letter queue did not take a message, it stays: access denied`);
  });

  it('finishes what it has begun before it stops', async () => {
    deliver('slow');
    let finish = (): void => {};
    const handle = (): Promise<void> =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const source = createQueueSource({ url, client, handle, deadLetter: undefined, pollers: 1, onError: () => {} });
    source.start();
    await vi.advanceTimersByTimeAsync(10);
    const stopped = source.stop();
    let isStopped = false;
    void stopped.then(() => {
      isStopped = true;
    });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(isStopped).toBe(false);
    finish();
    await vi.advanceTimersByTimeAsync(5_000);
    await stopped;
    expect(deleted()).toEqual(['slow']);
  });

  it('cuts a poll short that waits for messages', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    sqs.on(ReceiveMessageCommand).callsFake(() => new Promise(() => {}));
    const handle = async (): Promise<void> => {};
    const source = createQueueSource({ url, client, handle, deadLetter: undefined, pollers: 1, onError: () => {} });
    source.start();
    await vi.advanceTimersByTimeAsync(10);
    for (const { args } of sqs.commandCalls(ReceiveMessageCommand)) signals.push(...args.slice(1).map(signalOf));
    void source.stop();
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  it('keeps messages that take long hidden from others', async () => {
    deliver('slow');
    let finish = (): void => {};
    const handle = (): Promise<void> =>
      new Promise((resolve) => {
        finish = resolve;
      });
    const source = createQueueSource({
      url,
      client,
      handle,
      deadLetter: undefined,
      pollers: 1,
      visibilitySeconds: 30,
      onError: () => {},
    });
    source.start();
    await vi.advanceTimersByTimeAsync(25_000);
    const extended = sqs.commandCalls(ChangeMessageVisibilityBatchCommand).map(({ args }) => args[0].input.Entries);
    expect(extended).toHaveLength(2);
    expect(extended[0]).toEqual([{ Id: 'slow', ReceiptHandle: 'handle-slow', VisibilityTimeout: 30 }]);
    finish();
    await stop(source);
  });

  it('reports that the queue cannot be read, and a stop is no error', async () => {
    const errors: string[] = [];
    let told = (): void => {};
    const once = new Promise<void>((resolve) => {
      told = resolve;
    });
    sqs.on(ReceiveMessageCommand).rejects(new Error('queue is gone'));
    const source = createQueueSource({
      url,
      client,
      handle: async () => {},
      deadLetter: undefined,
      pollers: 1,
      onError: (line) => {
        errors.push(line);
        told();
      },
    });
    source.start();
    await once;
    await stop(source);
    expect(errors[0]).toContain(`Queue ${url}: SQS receive message failed: queue is gone`);
  });

  it('refuses a client that would ignore its endpoint', () => {
    const careless = new SQSClient({ region: 'eu-west-1' });
    const options = { url, client: careless, handle: async () => {}, deadLetter: undefined, onError: () => {} };
    expect(() => createQueueSource(options)).toThrow('useQueueUrlAsEndpoint: false');
  });
});

it('sends the reason along as an attribute that SQS takes', () => {
  const { input } = deadLetterCall(url, 'body', `line 1:\u0000 broken\n${'x'.repeat(2000)}`);
  const reason = input.MessageAttributes.reason.StringValue;
  expect(reason).toMatch(/^line 1: broken x+…$/);
  expect(reason.length).toBeLessThanOrEqual(500);
  expect(input).toMatchObject({ QueueUrl: url, MessageBody: 'body' });
});
