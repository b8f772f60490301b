import { describe, expect, it } from 'vitest';
import { createDoor } from '../../src/aws/door.ts';
import { derive, missing, read, readEach, readPages } from '../../src/control.ts';
import { allOf, createSession, GoneError, UnreadableError } from '../../src/judge/session.ts';
import { type Answers, awsError, placeOf, sessionOn, tableAws } from '../controls.ts';

const at = placeOf(48, 'b');
const versioning = read(
  's3',
  'GetBucketVersioning',
  ({ id }) => ({ Bucket: id }),
  (out) => out.Status,
);
const names = readPages(
  'iam',
  'ListUsers',
  () => ({ PathPrefix: '/x/' }),
  (out) => (out.Users ?? []).flatMap(({ UserName }) => UserName ?? []),
  (out) => (out.IsTruncated ? { Marker: out.Marker } : undefined),
);
const keys = readEach(
  'iam',
  'ListAccessKeys',
  ({ names }) => names.map((UserName) => ({ UserName })),
  (out, { names }) => `${out.AccessKeyMetadata?.length} of ${names.length}`,
  { needs: { names } },
);

function counting(answers: Answers) {
  const port = tableAws(answers);
  return { session: createSession(createDoor({ port, mode: 'dry-run' }).reader), asked: port.asked };
}

describe('a session', () => {
  it('asks each question once, whoever wants to know', async () => {
    const other = read(
      's3',
      'GetBucketVersioning',
      ({ id }) => ({ Bucket: id }),
      (out) => out.MFADelete,
    );
    const { session, asked } = counting({ 's3:GetBucketVersioning': { Status: 'Enabled', MFADelete: 'Disabled' } });
    const values = await Promise.all([versioning, other, versioning].map((one) => session.value(one, at, [])));
    expect(values).toEqual(['Enabled', 'Disabled', 'Enabled']);
    expect(asked).toHaveLength(1);
  });

  it('asks again for another resource, region or account', async () => {
    const { session, asked } = counting({ 's3:GetBucketVersioning': ({ Bucket }) => ({ Status: `of ${Bucket}` }) });
    await session.value(versioning, at, []);
    expect(await session.value(versioning, { ...at, id: 'c' }, [])).toBe('of c');
    await session.value(versioning, { ...at, region: 'us-east-1' }, []);
    await session.value(versioning, { ...at, account: '999988887777' }, []);
    expect(asked.map(({ target }) => `${target.account} ${target.region}`)).toEqual([
      ...['123456789012 eu-west-1', '123456789012 eu-west-1', '123456789012 us-east-1', '999988887777 eu-west-1'],
    ]);
  });

  it('follows pages, keeping the rest of the question, and fans out in order', async () => {
    const { session, asked } = counting({
      'iam:ListUsers': ({ Marker }) =>
        Marker === undefined
          ? { Users: [{ UserName: 'ann' }, { UserName: 'bob' }], IsTruncated: true, Marker: '2' }
          : { Users: [{ UserName: 'eve' }] },
      'iam:ListAccessKeys': ({ UserName }) => ({ AccessKeyMetadata: UserName === 'bob' ? [1, 2] : [] }),
    });
    expect(await session.value(keys, at, [])).toEqual(['0 of 3', '2 of 3', '0 of 3']);
    expect(asked.slice(0, 2).map(({ input }) => input)).toEqual([
      { PathPrefix: '/x/' },
      { PathPrefix: '/x/', Marker: '2' },
    ]);
  });

  it('works values out from others', async () => {
    const enabled = derive({ versioning }, ({ versioning, id }) => `${id} ${versioning}`);
    expect(await sessionOn({ 's3:GetBucketVersioning': { Status: 'Enabled' } }).value(enabled, at, [])).toBe(
      'b Enabled',
    );
  });

  it('reads "not configured" as an empty answer', async () => {
    const policy = read(
      's3',
      'GetBucketPolicy',
      () => ({ Bucket: 'b' }),
      (out) => out.Policy ?? 'none',
      { absent: ['NoSuchBucketPolicy'] },
    );
    expect(await sessionOn({ 's3:GetBucketPolicy': awsError('NoSuchBucketPolicy') }).value(policy, at, [])).toBe(
      'none',
    );
  });

  it('says that a resource is gone by its codes, and by an answer that lacks it', async () => {
    const gone = sessionOn({ 's3:GetBucketVersioning': awsError('NoSuchBucket') });
    await expect(gone.value(versioning, at, ['NoSuchBucket'])).rejects.toThrow(
      new GoneError('b does not exist (any more)'),
    );
    await expect(
      sessionOn({ 's3:GetBucketVersioning': {} }).value(
        derive({ versioning }, () => missing),
        at,
        [],
      ),
    ).rejects.toThrow(GoneError);
    await expect(gone.value(versioning, { ...at, id: 'c' }, [])).rejects.toThrow(UnreadableError);
  });

  it.each(['AccessDenied', 'SlowDown', 'TimeoutError', 'InternalError', 'Whatever'])(
    'cannot read on %s',
    async (name) => {
      const session = sessionOn({ 's3:GetBucketVersioning': awsError(name) });
      await expect(session.value(versioning, at, ['NoSuchBucket'])).rejects.toThrow(UnreadableError);
    },
  );

  it('cannot read what it cannot understand, nor a page that leads to itself', async () => {
    const odd = read(
      's3',
      'GetBucketPolicy',
      () => ({ Bucket: 'b' }),
      () => JSON.parse('{'),
    );
    await expect(sessionOn({ 's3:GetBucketPolicy': {} }).value(odd, at, [])).rejects.toThrow(/could not be understood/);
    const loop = sessionOn({ 'iam:ListUsers': { Users: [], IsTruncated: true, Marker: 'same' } });
    await expect(loop.value(names, at, [])).rejects.toThrow('iam:ListUsers gave the same page twice');
  });

  it('one broken part breaks the whole list', async () => {
    const session = sessionOn({
      'iam:ListUsers': { Users: [{ UserName: 'ann' }, { UserName: 'bob' }] },
      'iam:ListAccessKeys': ({ UserName }) =>
        UserName === 'bob' ? awsError('AccessDenied') : { AccessKeyMetadata: [] },
    });
    await expect(session.value(keys, at, [])).rejects.toThrow(
      'iam:ListAccessKeys was denied; allow iam:ListAccessKeys',
    );
  });
});

describe('several reads at once', () => {
  const soon = (error: Error) => () => Promise.reject(error);
  const later = (error: Error) => () => new Promise<never>((_, reject) => setImmediate(() => reject(error)));
  it.each<[string, (() => Promise<never>)[], string]>([
    ['the first that fails', [later(new UnreadableError('one')), soon(new UnreadableError('two'))], 'one'],
    ['what is gone', [soon(new UnreadableError('denied')), later(new GoneError('gone'))], 'gone'],
  ])('speak with one voice: %s', async (_, reads, message) => {
    await expect(allOf(reads.map((start) => start()))).rejects.toThrow(message);
  });

  it('keep their order', async () => {
    expect(await allOf([Promise.resolve(1), Promise.resolve(undefined), Promise.resolve(3)])).toEqual([
      1,
      undefined,
      3,
    ]);
  });
});
