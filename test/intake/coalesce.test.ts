import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createCoalescer,
  type Gathered,
  gather,
  lastCause,
  nextDue,
  nothingWaiting,
  type SetTimer,
  settle,
  takeSettled,
  type Waiting,
} from '../../src/intake/coalesce.ts';
import { type Arrival, takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { recordOf } from './records.ts';
import { catalogue } from './small-catalogue.ts';

const router = createRouter(catalogue);

function arrival(over: Readonly<Record<string, unknown>> = {}): Arrival {
  const [first] = takeIn(JSON.stringify(recordOf(over)), router).arrivals;
  if (first === undefined) throw new Error('This event leads nowhere.');
  return first;
}
const of = (bucketName: string, eventID: string, over: Readonly<Record<string, unknown>> = {}): Arrival =>
  arrival({ requestParameters: { bucketName }, eventID, ...over });

const times = { settleSeconds: 10, longestSeconds: 30 };
const second = (n: number): Date => new Date(Date.UTC(2026, 10, 2, 9, 0, n));

describe('gathering', () => {
  it('judges a resource once, by all controls that its events concern', () => {
    const gathered = gather([
      of('a', '1', { eventName: 'PutBucketVersioning' }),
      of('b', '2'),
      of('a', '3', { eventName: 'PutBucketLogging' }),
    ]);
    expect(gathered.map(({ subject, causes }) => [subject.controls, causes.map(({ eventID }) => eventID)])).toEqual([
      [
        [47, 48, 49],
        ['1', '3'],
      ],
      [[48], ['2']],
    ]);
  });

  it('keeps buckets of the same name in different accounts and regions apart', () => {
    const elsewhere = of('a', '2', { recipientAccountId: '999999999999' });
    expect(gather([of('a', '1'), elsewhere, of('a', '3', { awsRegion: 'us-east-1' })])).toHaveLength(3);
  });

  it('blames whoever came last by the clock of AWS, in whatever order the events arrive', () => {
    const events = [1, 2, 3, 4].map((n) =>
      of('a', `${n}`, { eventTime: `2026-11-02T09:30:0${n}Z`, userIdentity: { userName: `user-${n}` } }),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(events, { minLength: 4 }), (shuffled) => {
        const [gathered] = gather(shuffled);
        if (gathered === undefined) throw new Error('Nothing was gathered.');
        expect(lastCause(gathered)?.userIdentity).toEqual({ userName: 'user-4' });
        expect(gathered.causes).toHaveLength(4);
      }),
    );
  });

  it('counts an event that is delivered twice once', () => {
    expect(gather([of('a', '1'), of('a', '1')])[0]?.causes).toHaveLength(1);
  });
});

describe('settling', () => {
  const settleAll = (steps: readonly [number, Arrival][]): Waiting =>
    steps.reduce((waiting, [at, one]) => settle(waiting, one, times, second(at)), nothingWaiting);

  it('waits until a resource is left alone', () => {
    const waiting = settleAll([
      [0, of('a', '1')],
      [8, of('a', '2')],
    ]);
    expect(nextDue(waiting)).toEqual(second(18));
    expect(takeSettled(waiting, second(17)).settled).toEqual([]);
    const taken = takeSettled(waiting, second(18));
    expect(taken.settled).toHaveLength(1);
    expect(taken.waiting.size).toBe(0);
    expect(nextDue(taken.waiting)).toBeUndefined();
  });

  it('does not wait for ever for a resource that is never left alone', () => {
    const steps = [0, 8, 16, 24, 29].map((at): [number, Arrival] => [at, of('a', `${at}`)]);
    expect(nextDue(settleAll(steps))).toEqual(second(30));
  });

  it('lets other resources go their own way', () => {
    const waiting = settleAll([
      [0, of('a', '1')],
      [5, of('b', '2')],
    ]);
    const { settled, waiting: rest } = takeSettled(waiting, second(10));
    expect(settled.map(({ subject }) => subject.target)).toEqual([{ kind: 'id', id: 'a' }]);
    expect(nextDue(rest)).toEqual(second(15));
  });
});

/** A clock that stands still until it is told to go on. */
function handClock() {
  let now = second(0);
  let timer: { at: Date; wake: () => void } | undefined;
  const setTimer: SetTimer = (at, wake) => {
    const mine = { at, wake };
    timer = mine;
    return () => {
      if (timer === mine) timer = undefined;
    };
  };
  return {
    now: () => now,
    setTimer,
    goTo: (n: number) => {
      now = second(n);
      while (timer !== undefined && timer.at <= now) {
        const { wake } = timer;
        timer = undefined;
        wake();
      }
    },
  };
}

describe('the coalescer', () => {
  it('judges once and lets everybody know', async () => {
    const judged: Gathered[] = [];
    const clock = handClock();
    const coalescer = createCoalescer(async (one) => void judged.push(one), times, clock);
    const all = Promise.all([coalescer.push(of('a', '1')), coalescer.push(of('a', '2')), coalescer.push(of('b', '3'))]);
    clock.goTo(9);
    expect(judged).toEqual([]);
    clock.goTo(10);
    await all;
    expect(judged.map(({ causes }) => causes.map(({ eventID }) => eventID))).toEqual([['1', '2'], ['3']]);
  });

  it('passes a failure on to exactly those who asked', async () => {
    const clock = handClock();
    const judge = async ({ subject }: Gathered): Promise<void> => {
      if (subject.key.endsWith('/a')) throw new Error('store is away');
    };
    const coalescer = createCoalescer(judge, times, clock);
    const all = Promise.allSettled([
      coalescer.push(of('a', '1')),
      coalescer.push(of('a', '2')),
      coalescer.push(of('b', '3')),
    ]);
    clock.goTo(10);
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('never judges one resource twice at the same time', async () => {
    const clock = handClock();
    let underWay = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const judge = async (): Promise<void> => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise<void>((resolve) => ends.push(resolve));
      underWay -= 1;
    };
    const coalescer = createCoalescer(judge, times, clock);
    const first = coalescer.push(of('a', '1'));
    clock.goTo(10);
    const secondPush = coalescer.push(of('a', '2'));
    clock.goTo(20);
    await Promise.resolve();
    expect(ends).toHaveLength(1);
    ends[0]?.();
    await first;
    await new Promise(setImmediate);
    expect(ends).toHaveLength(2);
    ends[1]?.();
    await secondPush;
    expect(most).toBe(1);
  });

  it('judges at once what is left when it has to stop', async () => {
    const judged: Gathered[] = [];
    const coalescer = createCoalescer(async (one) => void judged.push(one), times, handClock());
    const pushed = coalescer.push(of('a', '1'));
    await coalescer.flush();
    await pushed;
    expect(judged).toHaveLength(1);
  });
});
