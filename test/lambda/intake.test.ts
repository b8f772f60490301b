import { beforeEach, expect, it } from 'vitest';
import { createRouter } from '../../src/intake/route.ts';
import { createIntake } from '../../src/lambda/intake.ts';
import { catalogue } from '../../src/redress.ts';
import { eventBridge, recordOf } from '../intake/records.ts';
import { quiet } from '../workflow/bench.ts';
import { eventsDead, fakeQueues, resources, sqsEvent } from './queue.ts';

const router = createRouter(catalogue);
const place = { account: '123456789012', region: 'eu-west-1' };
const putPolicy = (bucketName: string, eventID: string, more: object = {}) =>
  JSON.stringify(
    eventBridge(recordOf({ eventName: 'PutBucketPolicy', eventID, requestParameters: { bucketName }, ...more })),
  );

let queues: ReturnType<typeof fakeQueues>;
let seen: string[];
const intake = () =>
  createIntake({
    ...{ router, home: queues.home, place, resourcesQueueUrl: resources, deadLetterUrl: eventsDead, log: quiet },
    seen: async (ids) => void seen.push(...ids),
  });

beforeEach(() => {
  queues = fakeQueues();
  seen = [];
});

it('makes a message for each event and resource; one that comes again is taken once', async () => {
  const event = sqsEvent([
    { id: 'm-1', body: putPolicy('a', 'e-1') },
    { id: 'm-2', body: putPolicy('a', 'e-2') },
    { id: 'm-3', body: putPolicy('a', 'e-1') },
    { id: 'm-4', body: putPolicy('b', 'e-3') },
  ]);
  expect(await intake()(event)).toEqual({ batchItemFailures: [] });
  expect(await intake()(event)).toEqual({ batchItemFailures: [] });
  expect(queues.entries).toHaveLength(3);
  expect(new Set(queues.entries.map(({ MessageGroupId }) => MessageGroupId)).size).toBe(2);
  expect(queues.entries.every(({ MessageGroupId }) => /^[0-9a-f]{1,128}$/.test(MessageGroupId))).toBe(true);
  expect(new Set(seen)).toEqual(new Set(['e-1', 'e-2', 'e-3']));
});

it('puts aside what cannot be read, with its reason, and takes the rest', async () => {
  const event = sqsEvent([
    { id: 'm-1', body: 'not JSON' },
    { id: 'm-2', body: putPolicy('a', 'e-1') },
  ]);
  expect(await intake()(event)).toEqual({ batchItemFailures: [] });
  expect(queues.dead).toMatchObject([{ body: 'not JSON', reason: expect.stringContaining('unparseable') }]);
  expect(queues.entries).toHaveLength(1);
});

it('leaves in the queue whatever was not taken, and nothing else', async () => {
  queues.refuseIf(({ MessageBody }) => MessageBody.includes('e-2'));
  const event = sqsEvent([
    { id: 'm-1', body: putPolicy('a', 'e-1') },
    { id: 'm-2', body: putPolicy('b', 'e-2') },
  ]);
  expect(await intake()(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-2' }] });
  expect(seen).toEqual(['e-1']);
});

it('sends no more at once than SQS takes', async () => {
  const many = Array.from({ length: 25 }, (_, index) => ({
    id: `m-${index}`,
    body: putPolicy(`b${index}`, `e-${index}`),
  }));
  await intake()(sqsEvent(many));
  expect(queues.batches).toEqual([10, 10, 5]);
  queues.batches.length = 0;
  const large = Array.from({ length: 4 }, (_, index) => ({
    ...{ id: `l-${index}`, body: putPolicy(`l${index}`, `l-${index}`, { additionalEventData: 'x'.repeat(400_000) }) },
  }));
  await intake()(sqsEvent(large));
  expect(queues.batches).toEqual([2, 2]);
});

it('leaves everything where the events could not be remembered', async () => {
  const forgetful = createIntake({
    ...{ router, home: queues.home, place, resourcesQueueUrl: resources, deadLetterUrl: eventsDead, log: quiet },
    seen: () => Promise.reject(new Error('the store is away')),
  });
  const event = sqsEvent([{ id: 'm-1', body: putPolicy('a', 'e-1') }]);
  expect(await forgetful(event)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-1' }] });
});
