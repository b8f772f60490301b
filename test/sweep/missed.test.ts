import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { createDoor } from '../../src/aws/door.ts';
import { permissionsFor } from '../../src/aws/permissions.ts';
import type { Request } from '../../src/aws/port.ts';
import { createSdkPort } from '../../src/aws/sdk-port.ts';
import { lookUp } from '../../src/sweep/look-up.ts';
import { extraReadOperations } from '../../src/sweep/permissions.ts';
import { remember } from '../../src/sweep/remember.ts';
import type { SweepTask } from '../../src/sweep/task.ts';
import { sweepEffect } from '../../src/workflow/sweep.ts';
import { ACCOUNT, awsError } from '../controls.ts';
import { recordOf } from '../intake/records.ts';
import { bucketSky, catalogueOf, createWorld, HOUR, type Line, own, START, sweepOf, type World } from './world.ts';

const minute = 60_000;
const iso = (time: number): string => new Date(time).toISOString();

/** An event as CloudTrail's look-up knows it. */
interface Known {
  readonly id: string;
  readonly at: number;
  readonly record: Readonly<Record<string, unknown>>;
}

const event = (id: string, at: number, over: Readonly<Record<string, unknown>> = {}): Known => ({
  id,
  at,
  record: recordOf({
    ...{ eventID: id, eventTime: iso(at), recipientAccountId: ACCOUNT, awsRegion: 'eu-west-1' },
    ...{ requestParameters: { bucketName: `bucket-of-${id}` }, ...over },
  }),
});

/** CloudTrail's look-up over events: by time, in pages. */
function trail(known: readonly Known[], options: { pageSize?: number; region?: string } = {}) {
  const { pageSize = 50, region = 'eu-west-1' } = options;
  return ({ target, input }: Request): object => {
    if (target.region !== region) return { Events: [] };
    const wanted: Readonly<Record<string, unknown>> = { ...input };
    const [from, to] = [Number(wanted.StartTime), Number(wanted.EndTime)];
    const within = known.filter(({ at }) => at >= from && at <= to);
    const start = Number(wanted.NextToken ?? 0);
    const next = start + pageSize < within.length ? { NextToken: String(start + pageSize) } : {};
    const page = within.slice(start, start + pageSize);
    return {
      Events: page.map(({ id, record }) => ({ EventId: id, CloudTrailEvent: JSON.stringify(record) })),
      ...next,
    };
  };
}

function worldWith(known: readonly Known[], options: { pageSize?: number; region?: string; sky?: object } = {}) {
  const look = trail(known, options);
  let answer = look;
  const buckets = known.map(({ record }) => Object(record.requestParameters).bucketName).filter(Boolean);
  const world = createWorld({
    sky: {
      ...bucketSky({ [`${ACCOUNT}/eu-west-1`]: buckets }, () => false),
      'cloudtrail:LookupEvents': (one) => answer(one),
    },
    catalogue: catalogueOf(48),
    sweep: { missed: true },
  });
  const lookUps = (region = 'eu-west-1') =>
    world.asked.filter(({ operation, target }) => operation === 'LookupEvents' && target.region === region);
  return {
    world,
    lookUps,
    answer: (one: (request: Request) => object) => {
      answer = one;
    },
    restore: () => {
      answer = look;
    },
  };
}

const task = (world: World, over: Partial<Extract<SweepTask, { kind: 'missed' }>> = {}): SweepTask => ({
  ...{ kind: 'missed', place: own, from: iso(START), to: iso(world.now() - 20 * minute), page: null, found: 0 },
  ...over,
});
const ask = (world: World, one: SweepTask) =>
  world.store.commit([{ kind: 'effect', effect: sweepEffect(one, iso(world.now()), iso(world.now())) }]);
const perform = (world: World) => world.process().workflow.run({ untilIdle: true, lanes: ['sweep'] });
/** The number of the event that a line of the log tells of. */
const lostNumber = ({ details }: Line): number => Number(String(details.event).slice(2));
/** The bot has listened since the start. */
const listening = (world: World) =>
  world.store.commit([{ kind: 'mark', name: `looked up: ${ACCOUNT}/eu-west-1`, value: iso(START), expected: null }]);
const findings = async (world: World) =>
  (await world.store.findings()).map(({ evaluation, cause }) => [evaluation.resource.id, cause?.eventId]).sort();

describe('events that never came', () => {
  it('are reported once, and judged as if they had come', async () => {
    const { world } = worldWith([event('came', START + HOUR), event('lost', START + 2 * HOUR)]);
    await listening(world);
    await remember(world.store, sweepOf({ missed: true }), ['came'], new Date(world.now()));
    world.pass(3 * HOUR);
    await ask(world, task(world));
    await perform(world);
    expect(await findings(world)).toEqual([['bucket-of-lost', 'lost']]);
    expect(world.missed()).toBe(1);
    expect(world.told).toMatchObject([{ account: ACCOUNT, region: 'eu-west-1', count: 1, from: iso(START) }]);
    expect(world.told[0]?.text).toContain('1 event of account 123456789012 in eu-west-1');
    expect(world.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { details: { event: 'lost', account: ACCOUNT } },
    ]);
    const rows = await world.store.auditRows(0, 100);
    expect(rows.filter(({ entry }) => entry.includes('"events missed"'))).toHaveLength(1);

    // The same time again, as after a crash, or from another planner.
    await ask(world, task(world, { found: 0, from: iso(START + 1) }));
    await perform(world);
    expect([world.missed(), world.told.length]).toEqual([1, 1]);
  });

  it('are looked for in every hour since the bot began to listen, once, whatever the schedule', async () => {
    const lost = Array.from({ length: 200 }, (_, index) =>
      event(`e-${index}`, START - 10 * HOUR + (index * HOUR) / 2 + 1),
    );
    const { world, lookUps } = worldWith(lost);
    await world.live(40 * HOUR);
    world.configure({ everyHours: 6 });
    await world.live(30 * HOUR);
    // Nothing from before the start; everything since, but for the last sweep and what CloudTrail does not show yet.
    const found = world.lines.filter(({ message }) => message.includes('never came')).map(lostNumber);
    expect(Math.min(...found)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...found)).toBeGreaterThanOrEqual(20 + 2 * (70 - 7));
    found.sort((a, b) => a - b);
    expect(found).toEqual(Array.from({ length: found.length }, (_, index) => (found[0] ?? 0) + index));
    expect(world.missed()).toBe(found.length);
    const windows = lookUps().map(({ input }) => ({ ...input })) as {
      StartTime: Date;
      EndTime: Date;
      NextToken?: string;
    }[];
    const firsts = windows.filter(({ NextToken }) => NextToken === undefined);
    firsts.slice(1).forEach(({ StartTime }, index) => {
      expect(StartTime).toEqual(firsts[index]?.EndTime);
    });
  });

  it('are only those that a control watches and that succeeded', async () => {
    const at = START + HOUR;
    const { world } = worldWith([
      event('unwatched', at, { eventName: 'PutBucketTagging' }),
      event('failed', at, { errorCode: 'AccessDenied' }),
      event('read', at, { readOnly: true }),
      event('nothing', at, { requestParameters: null }),
    ]);
    await listening(world);
    world.pass(3 * HOUR);
    await ask(world, task(world));
    await perform(world);
    expect([world.missed(), world.told, await findings(world)]).toEqual([0, [], []]);
  });

  it('come in pages, one in a part, not faster than CloudTrail allows, with one notice in the end', async () => {
    const many = Array.from({ length: 130 }, (_, index) => event(`e-${index}`, START + HOUR));
    const { world, lookUps } = worldWith(many);
    await listening(world);
    world.pass(3 * HOUR);
    const before = world.now();
    await ask(world, task(world));
    await perform(world);
    expect(lookUps().map(({ input }) => ({ ...input }))).toMatchObject([
      { MaxResults: 50, LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }] },
      { NextToken: '50' },
      { NextToken: '100' },
    ]);
    expect(world.now() - before).toBeGreaterThanOrEqual(2 * 500);
    expect(world.missed()).toBe(130);
    expect(world.told).toMatchObject([{ count: 130 }]);
  });

  it('are looked for again where CloudTrail is throttled, from the same page on', async () => {
    const many = Array.from({ length: 70 }, (_, index) => event(`e-${index}`, START + HOUR));
    const { world, lookUps, answer, restore } = worldWith(many);
    const look = trail(many);
    await listening(world);
    world.pass(3 * HOUR);
    answer((request) => {
      if ('NextToken' in request.input) throw awsError('ThrottlingException');
      return look(request);
    });
    await ask(world, task(world));
    await perform(world);
    expect(world.missed()).toBe(50);
    restore();
    world.pass(minute);
    await perform(world);
    expect(lookUps().map(({ input }) => ({ ...input }))).toMatchObject([{}, { NextToken: '50' }, { NextToken: '50' }]);
    expect(world.missed()).toBe(70);
    expect(world.told).toMatchObject([{ count: 70 }]);
  });

  it('are counted once when a page is too old to go on from', async () => {
    const many = Array.from({ length: 70 }, (_, index) => event(`e-${index}`, START + HOUR));
    const { world, answer } = worldWith(many);
    const look = trail(many);
    let old = true;
    answer((request) => {
      if ('NextToken' in request.input && old) {
        old = false;
        throw awsError('InvalidNextTokenException');
      }
      return look(request);
    });
    await listening(world);
    world.pass(3 * HOUR);
    await ask(world, task(world));
    await perform(world);
    expect(world.missed()).toBe(70);
    expect(world.told).toMatchObject([{ count: 70 }]);
  });

  it('of a time that could not be looked up are found by the next look', async () => {
    const { world, answer, restore } = worldWith([event('lost', START + 30 * minute)]);
    answer(() => {
      throw awsError('AccessDenied');
    });
    await listening(world);
    world.pass(HOUR);
    await ask(world, task(world));
    await perform(world);
    expect(world.missed()).toBe(0);
    expect(world.lines).toMatchObject([
      { level: 'error', details: { error: expect.stringContaining('cloudtrail:LookupEvents') } },
    ]);
    restore();
    world.pass(27 * HOUR);
    await world.live(24 * HOUR);
    expect(world.missed()).toBe(1);
  });

  it('are not those that came so long ago that nobody remembers', async () => {
    const { world, lookUps } = worldWith([event('old', START + HOUR), event('new', START + 90 * HOUR)]);
    await listening(world);
    await remember(world.store, sweepOf({ missed: true }), ['old'], new Date(START + HOUR));
    world.pass(100 * HOUR);
    await ask(world, task(world));
    await perform(world);
    expect(world.missed()).toBe(1);
    expect({ ...lookUps()[0]?.input }).toMatchObject({ StartTime: new Date(START + 100 * HOUR - 71 * HOUR) });
  });

  it('of a region that is swept only for global services are those of global services', async () => {
    const { world } = worldWith([event('regional', START + HOUR, { awsRegion: 'us-east-1' })], { region: 'us-east-1' });
    await world.store.commit([
      { kind: 'mark', name: `looked up: ${ACCOUNT}/us-east-1`, value: iso(START), expected: null },
    ]);
    world.pass(3 * HOUR);
    await ask(world, task(world, { place: { ...own, region: 'us-east-1' } }));
    await perform(world);
    expect(world.missed()).toBe(0);
  });

  it('are not looked for, and none remembered, when that is switched off', async () => {
    const { world } = worldWith([]);
    for (const off of [{ missed: false }, { missed: true, everyHours: 0 }]) {
      await remember(world.store, sweepOf(off), ['e'], new Date(START));
    }
    expect(await world.store.unseen(['e'], iso(START))).toEqual(['e']);
    world.configure({ missed: false });
    await world.live(48 * HOUR);
    expect(world.asked.filter(({ operation }) => operation === 'LookupEvents')).toEqual([]);
  });
});

describe("CloudTrail's own client", () => {
  it('takes the question, and its answer is understood', async () => {
    const cloudtrail = mockClient(CloudTrailClient);
    const sts = mockClient(STSClient);
    sts.on(GetCallerIdentityCommand).resolves({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/ci` });
    const record = JSON.stringify(recordOf());
    cloudtrail
      .on(LookupEventsCommand)
      .resolvesOnce({ Events: [{ EventId: 'e', EventTime: new Date(START), CloudTrailEvent: record }], NextToken: 'n' })
      .resolvesOnce({ $metadata: {} });
    const { reader } = createDoor({ port: createSdkPort({ userAgent: 'redress/test' }), mode: 'dry-run' });
    const first = {
      kind: 'missed',
      place: own,
      from: iso(START),
      to: iso(START + HOUR),
      page: null,
      found: 0,
    } as const;
    expect(await lookUp(reader, first)).toEqual({ records: [record], next: 'n' });
    expect(await lookUp(reader, { ...first, page: 'n' })).toEqual({ records: [], next: null });
    expect(cloudtrail.commandCalls(LookupEventsCommand).map(({ args }) => args[0].input)).toEqual(
      [{}, { NextToken: 'n' }].map((more) => ({
        LookupAttributes: [{ AttributeKey: 'ReadOnly', AttributeValue: 'false' }],
        StartTime: new Date(START),
        EndTime: new Date(START + HOUR),
        MaxResults: 50,
        ...more,
      })),
    );
    cloudtrail.restore();
    sts.restore();
  });

  it('needs one permission more than the controls do', () => {
    const needed = extraReadOperations.flatMap(({ service, operation }) => permissionsFor(service, operation));
    expect(needed).toEqual(['cloudtrail:LookupEvents']);
  });
});
