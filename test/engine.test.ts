import { describe, expect, it } from 'vitest';
import { createEngine } from '../src/engine.ts';
import type { Subject } from '../src/intake/subject.ts';
import type { Evaluation, Plan } from '../src/plan/plan.ts';
import { asDefined } from '../src/plan/settings.ts';
import type { Assessment } from '../src/workflow/remediator.ts';
import { ACCOUNT, type Answers, awsError, catalogue, controlOf, NOW, placeOf, REGION, tableAws } from './controls.ts';

const engineOn = (answers: Answers) =>
  createEngine({ port: tableAws(answers), catalogue, mode: 'dry-run', now: () => NOW });
const place = { partition: 'aws', account: ACCOUNT, region: REGION };

async function all(assessments: AsyncIterable<Assessment>) {
  const evaluations: Evaluation[] = [];
  const plans: Plan[] = [];
  for await (const assessment of assessments) {
    evaluations.push(...assessment.evaluations);
    plans.push(...assessment.plans);
  }
  return {
    verdicts: evaluations.map(({ control, verdict, resource }) => [control, verdict, resource.id]),
    evaluations,
    plans,
  };
}

describe('a scan', () => {
  const buckets: Answers = {
    's3:ListBuckets': { Buckets: [{ Name: 'a' }, { Name: 'b' }] },
    's3:GetBucketVersioning': ({ Bucket }) => (Bucket === 'a' ? { Status: 'Enabled' } : {}),
  };

  it('judges every resource, in order, and plans for those that fail', async () => {
    const { verdicts, plans } = await all(engineOn(buckets).scan(place, { controls: [48] }));
    expect(verdicts).toEqual([
      [48, 'pass', 'a'],
      [48, 'fail', 'b'],
    ]);
    expect(plans.map(({ resource }) => resource.arn)).toEqual(['arn:aws:s3:::b']);
  });

  it.each([['b'], ['arn:aws:s3:::b']])('can be of one resource: %s', async (resource) => {
    const { verdicts } = await all(engineOn(buckets).scan(place, { controls: [48], resource }));
    expect(verdicts).toEqual([[48, 'fail', 'b']]);
  });

  it('can be of one service, and goes where its settings are kept', async () => {
    const answers = { 's3control:GetPublicAccessBlock': awsError('NoSuchPublicAccessBlockConfiguration') };
    const { verdicts, evaluations } = await all(engineOn(answers).scan(place, { service: 's3control' }));
    expect(verdicts).toEqual([63, 64, 65, 66].map((control) => [control, 'fail', ACCOUNT]));
    expect(evaluations.map(({ resource }) => resource.region)).toEqual(Array(4).fill('us-east-1'));
  });

  it.each(['AccessDenied', 'SlowDown', 'NoSuchBucket'])(
    'that cannot list says unknown, not nothing: %s',
    async (name) => {
      const { evaluations } = await all(engineOn({ 's3:ListBuckets': awsError(name) }).scan(place, { controls: [48] }));
      expect(evaluations).toMatchObject([{ control: 48, verdict: 'unknown' }]);
      expect(evaluations[0]?.because).toMatch(/^could not be listed: s3:ListBuckets/);
    },
  );

  it('loses no access key over a user who vanishes meanwhile', async () => {
    const answers: Answers = {
      'iam:ListUsers': { Users: [{ UserName: 'ann' }, { UserName: 'bob' }] },
      'iam:ListAccessKeys': ({ UserName }) =>
        UserName === 'bob'
          ? awsError('NoSuchEntityException')
          : { AccessKeyMetadata: [{ UserName, AccessKeyId: 'AKIA1', Status: 'Active', CreateDate: new Date(0) }] },
      'iam:GetAccessKeyLastUsed': { UserName: 'ann', AccessKeyLastUsed: {} },
    };
    expect((await all(engineOn(answers).scan(place, { controls: [3] }))).verdicts).toEqual([[3, 'fail', 'AKIA1']]);
  });

  it('goes on with other types of resources where one cannot be listed', async () => {
    const answers = { ...buckets, 'sns:ListTopics': awsError('AuthorizationError') };
    const { verdicts } = await all(engineOn(answers).scan(place, { controls: [48, 182] }));
    expect(verdicts).toEqual([
      [48, 'pass', 'a'],
      [48, 'fail', 'b'],
      [182, 'unknown', ACCOUNT],
    ]);
  });
});

describe('subjects', () => {
  const { resource, on } = controlOf(115).detector;
  const trigger = on['ec2:RunInstances'];
  const through = (from: string): Subject => ({
    ...{ ...place, resource, controls: [115], key: from },
    target: { kind: 'through', from, region: REGION, reads: trigger?.kind === 'through' ? [trigger.read] : [] },
  });
  const volume = (VolumeId: string) => ({ VolumeId, State: 'in-use', Encrypted: true });
  const answers: Answers = {
    'ec2:DescribeVolumes': ({ Filters, VolumeIds }) => {
      if (VolumeIds !== undefined) return { Volumes: [volume(String(VolumeIds))] };
      const from = JSON.stringify(Filters);
      if (from.includes('i-gone')) return awsError('InvalidVolume.NotFound');
      if (from.includes('i-denied')) return awsError('UnauthorizedOperation');
      return { Volumes: [volume('vol-1'), volume('vol-2')] };
    },
  };

  it('are each judged once, however many events lead to them', async () => {
    const { verdicts } = await all(engineOn(answers).assessSubjects([through('i-1'), through('i-2')]));
    expect(verdicts).toEqual([
      [115, 'pass', 'vol-1'],
      [115, 'pass', 'vol-2'],
    ]);
  });

  it('that lead nowhere are none, and ones that cannot be followed are unknown', async () => {
    expect((await all(engineOn(answers).assessSubjects([through('i-gone')]))).verdicts).toEqual([]);
    expect((await all(engineOn(answers).assessSubjects([through('i-denied')]))).verdicts).toEqual([
      [115, 'unknown', 'i-denied'],
    ]);
  });
});

it('judges by the very resource that a finding names', async () => {
  const at = placeOf(48, 'b');
  const { now: _, ...where } = at;
  const ref = { ...where, type: 'AWS::S3::Bucket', scope: 'resource' as const };
  const { evaluations } = await engineOn({ 's3:GetBucketVersioning': {} }).assess(ref, [48, 999_999]);
  expect(evaluations.map(({ control, resource }) => [control, resource])).toEqual([[48, ref]]);
});

describe('tags', () => {
  const answers = (tagging: Answers[string]): Answers => ({
    's3:ListBuckets': { Buckets: [{ Name: 'a' }] },
    's3:GetBucketVersioning': {},
    's3:GetBucketTagging': tagging,
  });
  const scanWith = (tagging: Answers[string], usesTags: boolean) => {
    const asked: unknown[] = [];
    const engine = createEngine({
      port: tableAws(answers(tagging)),
      catalogue,
      mode: 'dry-run',
      now: () => NOW,
      settings: {
        ...asDefined,
        usesTags,
        applies: (_, { tags }) => {
          asked.push(tags);
          return false;
        },
      },
    });
    return all(engine.scan(place, { controls: [48] })).then(({ plans }) => ({ plans, asked }));
  };

  it('are read where the configuration asks for them, and stand in the plan', async () => {
    const { plans, asked } = await scanWith({ TagSet: [{ Key: 'env', Value: 'sandbox' }] }, true);
    expect(asked).toEqual([{ env: 'sandbox' }]);
    expect(plans[0]?.resource.tags).toEqual({ env: 'sandbox' });
  });

  it('are none where AWS says that there are none', async () => {
    expect((await scanWith(awsError('NoSuchTagSet'), true)).asked).toEqual([{}]);
  });

  it('are missing where they cannot be read', async () => {
    expect((await scanWith(awsError('AccessDenied'), true)).asked).toEqual([undefined]);
  });

  it('are not read otherwise', async () => {
    const { plans } = await scanWith(awsError('AccessDenied'), false);
    expect(plans[0]?.resource.tags).toBeUndefined();
  });
});

describe('what cannot be read', () => {
  const versioning = (name: string) => ({
    's3:ListBuckets': { Buckets: [{ Name: 'a' }] },
    's3:GetBucketVersioning': awsError(name),
  });

  it.each([
    ['AccessDenied', true],
    ['SlowDown', undefined],
    ['InternalError', undefined],
  ])('is unknown, and lasting only if a person has to mend it: %s', async (name, lasting) => {
    const { evaluations } = await all(engineOn(versioning(name)).scan(place, { controls: [48] }));
    expect(evaluations).toMatchObject([{ verdict: 'unknown' }]);
    expect(evaluations[0]?.lasting).toBe(lasting);
  });

  it('makes a failure unknown where only its fix cannot be planned for now', async () => {
    const { remediation } = controlOf(57);
    const engine = createEngine({
      port: tableAws({
        's3:ListBuckets': { Buckets: [{ Name: 'a' }] },
        's3:GetBucketVersioning': {},
        's3:GetBucketPolicy': awsError('SlowDown'),
      }),
      catalogue: new Map([[48, { ...controlOf(48), remediation }]]),
      mode: 'dry-run',
    });
    const { evaluations, plans } = await all(engine.scan(place, { controls: [48] }));
    expect(plans).toEqual([]);
    expect(evaluations).toMatchObject([{ verdict: 'unknown' }]);
    expect(evaluations[0]?.because).toContain('cannot be planned for now: s3:GetBucketPolicy was throttled');
    expect(evaluations[0]?.lasting).toBeUndefined();
  });

  it('is so of a list too', async () => {
    const { evaluations } = await all(
      engineOn({ 's3:ListBuckets': awsError('AccessDenied') }).scan(place, { controls: [48] }),
    );
    expect(evaluations).toMatchObject([{ verdict: 'unknown', lasting: true }]);
  });
});
