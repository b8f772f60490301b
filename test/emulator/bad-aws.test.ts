import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { event } from './event.ts';
import { type Planned, printed, type Results, type Run, runRedress } from './loop-driver.ts';
import { garbage, queryError, type Reply, type Seen, type StandIn, s3Error, standIn, xml } from './stand-in.ts';

const BUCKET = 'acme-press-kit';
const suspended = event('s3:PutBucketVersioning', {
  bucketName: BUCKET,
  VersioningConfiguration: { Status: 'Suspended' },
});
const passwordPolicy = event('iam:UpdateAccountPasswordPolicy', { minimumPasswordLength: 6 });

let folder: string;
let aws: StandIn | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'redress-bad-aws-'));
});
afterEach(async () => {
  await aws?.stop();
  aws = undefined;
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command line against the stand-in, or against an endpoint where nobody listens. */
async function redress(args: readonly string[], endpoint = aws?.endpoint ?? ''): Promise<Run> {
  return runRedress([...args, '--format', 'json'], {
    AWS_ENDPOINT_URL: endpoint,
    AWS_MAX_ATTEMPTS: '2',
    REDRESS_STATE: join(folder, 'state'),
  });
}

async function saved(name: string, content: unknown): Promise<string> {
  await writeFile(join(folder, name), JSON.stringify(content));
  return join(folder, name);
}

const planFor = async (record: object) => redress(['plan', '--event', await saved('event.json', record)]);
const read = (status: string) => xml(`<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`);
const isVersioning = ({ url }: Seen) => url.includes('versioning');

describe('a read that fails is unknown, never pass or fail', () => {
  const cases: readonly [name: string, record: object, reply: Reply, because: RegExp][] = [
    ['S3 denies', suspended, s3Error('AccessDenied', 403), /denied.*s3:GetBucketVersioning/],
    ['IAM denies', passwordPolicy, queryError('AccessDenied', 403), /denied.*iam:GetAccountPasswordPolicy/],
    ['S3 throttles', suspended, s3Error('SlowDown', 503), /throttled/],
    ['IAM throttles', passwordPolicy, queryError('Throttling', 400), /throttled/],
    ['garbage instead of XML', suspended, garbage, /GetBucketVersioning/],
    ['garbage instead of XML from IAM', passwordPolicy, garbage, /GetAccountPasswordPolicy/],
    ['a web page', suspended, { status: 500, body: '<html><title>Oops</title>' }, /GetBucketVersioning/],
    ['half an answer', suspended, { status: 200, body: '<VersioningConfiguration><Stat' }, /GetBucketVersioning/],
  ];

  it.each(cases)('%s', async (_, record, reply, because) => {
    aws = await standIn(({ action }) => (action === 'GetCallerIdentity' ? undefined : reply));
    const { status, output, errors } = await planFor(record);
    expect({ status, errors: stackTraces(errors) }).toEqual({ status: 0, errors: [] });
    const { evaluations, plans }: Planned = JSON.parse(output);
    expect(evaluations.length).toBeGreaterThan(0);
    for (const evaluation of evaluations) {
      expect(evaluation).toMatchObject({ verdict: 'unknown', because: expect.stringMatching(because) });
      expect(evaluation.because).not.toContain('\n');
    }
    expect(plans).toEqual([]);
    expect(aws.writes()).toEqual([]);
  });
});

describe('without AWS a command says so in one line and ends with status 1', () => {
  it('nobody listens at the endpoint', async () => {
    const away = await standIn(() => undefined);
    await away.stop();
    const run = await redress(['plan', '--event', await saved('event.json', suspended)], away.endpoint);
    expect(run).toMatchObject({ status: 1, output: '' });
    expect(oneLineOf(run)).toMatch(/reached|answer/);
  });

  it.each([
    ['the credentials are not accepted', queryError('InvalidClientTokenId', 403), /credentials/],
    ['the session has expired', queryError('ExpiredToken', 403), /credentials/],
    ['garbage where the identity should be', garbage, /GetCallerIdentity/],
  ])('%s', async (_, reply, line) => {
    aws = await standIn(() => reply);
    const run = await planFor(suspended);
    expect(run).toMatchObject({ status: 1, output: '' });
    expect(oneLineOf(run)).toMatch(line);
    expect(aws.writes()).toEqual([]);
  });
});

describe('applying when AWS turns bad', () => {
  /** Plans while the bucket can be read, then lets AWS answer something else. */
  async function planThen(
    bad: (request: Seen) => Reply | undefined,
  ): Promise<{ run: Run; results: Results['results'] }> {
    let answer = (request: Seen): Reply | undefined => (isVersioning(request) ? read('Suspended') : undefined);
    aws = await standIn((request) => answer(request));
    const planned = await planFor(suspended);
    const { plans } = printed<Planned>(planned);
    expect(plans).toMatchObject([{ controls: [48], missing: [] }]);
    answer = bad;
    const run = await redress(['apply', await saved('plan.json', JSON.parse(planned.output)), '--yes']);
    const { results } = printed<Results>(run);
    expect(stackTraces(run.errors)).toEqual([]);
    return { run, results };
  }

  it('writes nothing when the resource cannot be read again', async () => {
    const { results } = await planThen((request) => (isVersioning(request) ? s3Error('AccessDenied', 403) : undefined));
    expect(results).toMatchObject([{ controls: [48], calls: [], verified: false }]);
    expect(['refused', 'failed']).toContain(results[0]?.outcome);
    expect(aws?.writes()).toEqual([]);
  });

  it('writes nothing when the resource is gone', async () => {
    const { results } = await planThen((request) => (isVersioning(request) ? s3Error('NoSuchBucket', 404) : undefined));
    expect(results).toMatchObject([{ controls: [48], calls: [] }]);
    expect(aws?.writes()).toEqual([]);
  });

  it('makes no call when somebody has set it right already', async () => {
    const { results } = await planThen((request) => (isVersioning(request) ? read('Enabled') : undefined));
    expect(results).toMatchObject([{ controls: [48], outcome: 'nothing-to-do', calls: [] }]);
    expect(aws?.writes()).toEqual([]);
  });

  it('does not call a denied write a fix', async () => {
    const { results } = await planThen((request) => {
      if (!isVersioning(request)) return undefined;
      return request.method === 'PUT' ? s3Error('AccessDenied', 403) : read('Suspended');
    });
    expect(results).toMatchObject([
      {
        controls: [48],
        outcome: 'failed',
        calls: [],
        verified: false,
        because: expect.stringMatching(/PutBucketVersioning.*denied/i),
      },
    ]);
  });
});

/** The one line that a person is told. */
function oneLineOf({ errors }: Run): string {
  const lines = errors.split('\n').filter((line) => line.trim() !== '');
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
}

const stackTraces = (errors: string): string[] => errors.split('\n').filter((line) => /^\s+at .+:\d+/.test(line));
