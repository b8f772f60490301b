import { describe, expect, it } from 'vitest';
import { sweptPlaces } from '../../src/sweep/places.ts';
import { planAccount } from '../../src/sweep/plan.ts';
import type { SweepTask } from '../../src/sweep/task.ts';
import { sweepEffect } from '../../src/workflow/sweep.ts';
import { ACCOUNT, awsError } from '../controls.ts';
import { createFuse, type Fuse } from '../workflow/fuse.ts';
import { bucketSky, catalogueOf, counts, createWorld, HOUR, own, START, sweepOf, type World } from './world.ts';

const here = `${ACCOUNT}/eu-west-1`;
const names = (many: number, prefix = 'b') =>
  Array.from({ length: many }, (_, index) => `${prefix}-${String(index).padStart(5, '0')}`);
const allBuckets: SweepTask = { kind: 'judge', place: own, type: 'AWS::S3::Bucket', after: null };
const now = (world: World) => new Date(world.now()).toISOString();

/** Puts a part into the outbox, due at once. */
const ask = (world: World, task: SweepTask) =>
  world.store.commit([{ kind: 'effect', effect: sweepEffect(task, now(world), now(world)) }]);
const sweep = (world: World) => world.process().workflow.run({ untilIdle: true, lanes: ['sweep'] });
/** Parts that wait in the outbox. */
const waiting = async (world: World) => (await world.store.effects()).filter(({ lane }) => lane === 'sweep');
const states = async (world: World) =>
  (await world.store.findings()).map(({ evaluation, state }) => [evaluation.control, evaluation.resource.id, state]);
const judgedIds = (world: World) => world.judged.map(({ key }) => key.split('/').at(-1) ?? '');

describe('a sweep', () => {
  it('judges ten thousand resources once each, and lists them once', async () => {
    const all = names(10_000);
    const world = createWorld({
      sky: bucketSky({ [here]: all }, (name) => name !== 'b-07777'),
      catalogue: catalogueOf(48),
    });
    await ask(world, allBuckets);
    await sweep(world);
    expect(judgedIds(world).sort()).toEqual(all);
    expect(world.asked.filter(({ operation }) => operation === 'ListBuckets')).toHaveLength(10);
    expect(await states(world)).toEqual([[48, 'b-07777', 'proposed']]);
    expect(await waiting(world)).toEqual([]);
  });

  it('of a whole day finds all that is wrong in all places, on its own', async () => {
    const places = [
      { account: '111111111111', regions: ['eu-west-1', 'us-east-1'] },
      { account: '222222222222', regions: ['eu-west-1'] },
    ];
    const buckets = {
      '111111111111/eu-west-1': names(300, 'one'),
      '111111111111/us-east-1': names(5, 'two'),
      '222222222222/eu-west-1': names(700, 'three'),
    };
    const [first, second] = places;
    if (first === undefined || second === undefined) throw new Error('no places');
    const world = createWorld({
      sky: bucketSky(buckets, (name) => !name.endsWith('3')),
      catalogue: catalogueOf(48),
      sweep: {
        places: [
          { account: first.account, regions: ['eu-west-1', 'us-east-1'] },
          { account: second.account, regions: ['eu-west-1'] },
        ],
      },
    });
    await world.live(24 * HOUR);
    const wrong = Object.values(buckets)
      .flat()
      .filter((name) => name.endsWith('3'));
    expect((await states(world)).map(([, id]) => id).sort()).toEqual(wrong.sort());
  });

  /** A process that dies at the so manieth resource, or call of the store; then another one takes over. */
  async function killed(all: readonly string[], death: { resource: number } | { call: number }) {
    const world = createWorld({ sky: bucketSky({ [here]: all }), catalogue: catalogueOf(48), partSize: 5 });
    await ask(world, allBuckets);
    let dead = false;
    const fuse = createFuse('call' in death ? death.call : undefined);
    const mortal: Fuse = {
      ...fuse,
      wire: (port) =>
        new Proxy(fuse.wire(port), {
          get: (target, name, receiver) => {
            if (dead) throw new Error('dead');
            return Reflect.get(target, name, receiver);
          },
        }),
    };
    world.onJudge = () => {
      dead ||= 'resource' in death && world.judged.length >= death.resource;
      if (dead) throw new Error('dead');
    };
    await world
      .process(mortal)
      .workflow.run({ untilIdle: true, lanes: ['sweep'] })
      .catch(() => {});
    world.onJudge = () => {};
    await sweep(world);
    expect([...counts(judgedIds(world)).keys()].sort()).toEqual(all);
    expect(await waiting(world)).toEqual([]);
    return { repeated: world.judged.length - all.length, moments: fuse.moments() };
  }

  it('goes on where it was killed while it judged, leaves nothing out and repeats a part at most', async () => {
    for (let resource = 0; resource < 17; resource += 1) {
      const { repeated } = await killed(names(17), { resource });
      expect(repeated).toBeLessThanOrEqual(5);
    }
  });

  it('goes on where it was killed at any call of the store', async () => {
    const { moments } = await killed(names(12), { call: 1_000_000 });
    for (let call = 0; call < moments; call += 1) {
      const { repeated } = await killed(names(12), { call });
      expect(repeated).toBeLessThanOrEqual(5);
    }
  });

  it('ends early when it is asked to, and goes on from there', async () => {
    const all = names(500);
    const world = createWorld({ sky: bucketSky({ [here]: all }), catalogue: catalogueOf(48) });
    await ask(world, allBuckets);
    const stopping = new AbortController();
    world.onJudge = () => {
      if (world.judged.length >= 250) stopping.abort();
    };
    await world.process().workflow.run({ untilIdle: true, lanes: ['sweep'], signal: stopping.signal });
    expect(world.judged.length).toBeLessThan(300);
    await sweep(world);
    expect(judgedIds(world).sort()).toEqual(all);
  });

  it('keeps to its pace, and takes accounts in turn', async () => {
    const [one, two] = ['111111111111', '222222222222'];
    const world = createWorld({
      sky: bucketSky({ [`${one}/eu-west-1`]: names(600), [`${two}/eu-west-1`]: names(600) }),
      catalogue: catalogueOf(48),
      sweep: {
        resourcesPerMinute: 120,
        places: [
          { account: one, regions: ['eu-west-1'] },
          { account: two, regions: ['eu-west-1'] },
        ],
      },
    });
    for (const account of [one, two]) await ask(world, { ...allBuckets, place: { ...own, account } });
    await sweep(world);
    expect(world.judged).toHaveLength(1200);
    for (let minute = START; minute < world.now(); minute += 60_000) {
      const within = world.judged.filter(({ at }) => at >= minute && at < minute + 60_000);
      expect(within.length).toBeLessThanOrEqual(130);
    }
    // Neither is done before the other has begun and come a good part of the way.
    const firstHalf = counts(world.judged.slice(0, 600).map(({ key }) => key.split('/')[0] ?? ''));
    expect(Math.min(firstHalf.get(one) ?? 0, firstHalf.get(two) ?? 0)).toBeGreaterThanOrEqual(150);
  });
});

describe('a type that cannot be listed', () => {
  it('is tried again later, and the others go on', async () => {
    let broken = true;
    const world = createWorld({
      sky: {
        ...bucketSky({ [here]: names(3) }, () => false),
        'sns:ListTopics': () => {
          if (broken) throw awsError('Throttling');
          return { Topics: [] };
        },
      },
      catalogue: catalogueOf(48, 182),
    });
    await ask(world, { ...allBuckets, type: 'AWS::SNS::Topic' });
    await ask(world, allBuckets);
    await sweep(world);
    expect(await states(world)).toHaveLength(3);
    expect(await waiting(world)).toMatchObject([{ sweep: { type: 'AWS::SNS::Topic' }, attempts: 1 }]);
    broken = false;
    world.pass(HOUR);
    await sweep(world);
    expect(await waiting(world)).toEqual([]);
  });

  it.each([
    ['AccessDenied', 1],
    ['SlowDown', 13],
  ])('is left to the next sweep when waiting does not help: %s', async (error, tries) => {
    const world = createWorld({
      sky: {
        's3:ListBuckets': () => {
          throw awsError(error);
        },
      },
      catalogue: catalogueOf(48),
    });
    await ask(world, allBuckets);
    for (let count = 0; count < 20; count += 1) {
      await sweep(world);
      world.pass(HOUR);
    }
    expect(world.asked).toHaveLength(tries);
    expect(await waiting(world)).toEqual([]);
    expect(world.lines.at(-1)).toMatchObject({ level: 'warn', details: { type: 'AWS::S3::Bucket', account: ACCOUNT } });
  });
});

describe('a resource', () => {
  it('that cannot be judged is tried a second time, and does not hold up the rest', async () => {
    const world = createWorld({ sky: bucketSky({ [here]: names(20) }), catalogue: catalogueOf(48) });
    const tries: string[] = [];
    world.onJudge = (key) => {
      if (key.endsWith('b-00003') || (key.endsWith('b-00005') && !tries.includes(key))) {
        tries.push(key);
        throw new Error('unknown for now');
      }
    };
    await ask(world, allBuckets);
    await sweep(world);
    expect(judgedIds(world).sort()).toEqual(names(20).filter((name) => name !== 'b-00003'));
    expect(world.lines).toMatchObject([{ level: 'warn', details: { error: 'unknown for now' } }]);
  });

  it('is not passed over when most of them cannot be judged', async () => {
    const world = createWorld({ sky: bucketSky({ [here]: names(20) }), catalogue: catalogueOf(48) });
    world.onJudge = (key) => {
      if (!key.endsWith('0')) throw new Error('no queue');
    };
    await ask(world, allBuckets);
    await sweep(world);
    world.onJudge = () => {};
    world.pass(HOUR);
    await sweep(world);
    expect([...counts(judgedIds(world)).keys()].sort()).toEqual(names(20));
  });

  it('that is gone ends its finding, though it is on no list any more', async () => {
    const buckets = { [here]: ['kept', 'lost'] };
    const world = createWorld({ sky: bucketSky(buckets, () => false), catalogue: catalogueOf(48) });
    await world.live(24 * HOUR);
    expect((await states(world)).sort()).toEqual([
      [48, 'kept', 'proposed'],
      [48, 'lost', 'proposed'],
    ]);
    buckets[here] = ['kept'];
    await world.live(48 * HOUR);
    expect((await states(world)).sort()).toEqual([
      [48, 'kept', 'proposed'],
      [48, 'lost', 'resolved'],
    ]);
  });

  it('that was judged since is not judged again for its finding', async () => {
    const world = createWorld({ sky: bucketSky({ [here]: names(3) }, () => false), catalogue: catalogueOf(48) });
    await ask(world, allBuckets);
    await sweep(world);
    world.judged.length = 0;
    await ask(world, { kind: 'findings', place: own, since: new Date(START - HOUR).toISOString(), after: null });
    await sweep(world);
    expect(world.judged).toEqual([]);
    world.pass(HOUR);
    await ask(world, { kind: 'findings', place: own, since: now(world), after: null });
    await sweep(world);
    expect(judgedIds(world)).toEqual(names(3));
  });
});

describe('what is not to be swept', () => {
  it('ends: a place that was taken away, and everything when sweeps are off', async () => {
    for (const over of [{ places: [{ account: '999999999999', regions: ['eu-west-1'] }] }, { everyHours: 0 }]) {
      const world = createWorld({ sky: bucketSky({ [here]: names(3) }), catalogue: catalogueOf(48) });
      await ask(world, allBuckets);
      if ('places' in over) world.configure({ places: [{ account: '999999999999', regions: ['eu-west-1'] }] });
      else world.configure(over);
      await sweep(world);
      expect(world.asked).toEqual([]);
      expect(await waiting(world)).toEqual([]);
    }
  });

  it('ends in an account that cannot be entered, and is asked for when it can be', async () => {
    const world = createWorld({ sky: bucketSky({ [here]: names(3) }), catalogue: catalogueOf(48) });
    const obstacle = {
      ...{ id: `${ACCOUNT}/RedressRead`, revision: 1, account: ACCOUNT, because: 'no role', mend: 'deploy it' },
      ...{ since: now(world), seenAt: now(world), goneAt: null },
    };
    await world.store.commit([{ kind: 'obstacle', record: obstacle, expected: 0 }]);
    await ask(world, allBuckets);
    await sweep(world);
    expect([world.asked, await waiting(world)]).toEqual([[], []]);
    const gone = { ...obstacle, revision: 2, goneAt: now(world) };
    await world.store.commit([{ kind: 'obstacle', record: gone, expected: 1 }]);
    const config = sweepOf();
    const parts = { store: world.store, catalogue: catalogueOf(48), config, places: sweptPlaces(config, own) };
    await planAccount({ ...parts, now: new Date(world.now()) }, ACCOUNT);
    world.pass(HOUR);
    await sweep(world);
    expect(judgedIds(world).sort()).toEqual(names(3));
  });
});

describe('controls that time alone makes fail', () => {
  const day = 24 * HOUR;
  const certificate = (Arn: string) => ({ CertificateArn: Arn, Type: 'IMPORTED', Status: 'ISSUED' });
  const expiring = 'arn:aws:acm:eu-west-1:123456789012:certificate/expiring';
  const pending = 'arn:aws:acm:eu-west-1:123456789012:certificate/pending';

  it('are found by a sweep, without any event: 3, 164, 239, 533', async () => {
    const world = createWorld({
      catalogue: catalogueOf(3, 164, 239, 533),
      sky: {
        'iam:ListUsers': () => ({ Users: [{ UserName: 'ann' }] }),
        'iam:ListAccessKeys': () => ({
          AccessKeyMetadata: [
            { UserName: 'ann', AccessKeyId: 'AKIA1', Status: 'Active', CreateDate: new Date(START - 89.5 * day) },
          ],
        }),
        'iam:GetAccessKeyLastUsed': () => ({ UserName: 'ann', AccessKeyLastUsed: {} }),
        'route53domains:ListDomains': () => ({ Domains: [{ DomainName: 'example.com' }] }),
        'route53domains:GetDomainDetail': () => ({
          DomainName: 'example.com',
          ExpirationDate: new Date(START + 1.5 * day),
        }),
        'acm:ListCertificates': () => ({
          CertificateSummaryList: [{ CertificateArn: expiring }, { CertificateArn: pending }],
        }),
        'acm:DescribeCertificate': ({ input }) =>
          'CertificateArn' in input && input.CertificateArn === pending
            ? {
                Certificate: {
                  ...{ CertificateArn: pending, Type: 'AMAZON_ISSUED', Status: 'PENDING_VALIDATION' },
                  CreatedAt: new Date(START - HOUR / 2),
                },
              }
            : { Certificate: { ...certificate(expiring), NotAfter: new Date(START + 1.5 * day) } },
      },
    });
    await world.live(HOUR / 4);
    expect(await states(world)).toEqual([]);
    await world.live(4 * day);
    expect((await states(world)).map(([control, id]) => [control, id]).sort()).toEqual([
      [164, 'example.com'],
      [239, expiring],
      [3, 'AKIA1'],
      [533, pending],
    ]);
  });
});
