import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinCatalogue } from '../../src/catalogue.ts';
import { detectors, guide, idsAs, pass, place, remediations } from '../../src/control.ts';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { partitionOf } from '../../src/partition.ts';
import { recordOf } from './records.ts';
import { accessKey, bucket, catalogue, volume, volumesOf } from './small-catalogue.ts';

const router = createRouter(catalogue);
const subjectsOf = (over: Readonly<Record<string, unknown>>, using = router) =>
  takeIn(JSON.stringify(recordOf(over)), using).arrivals.map(({ subject }) => subject);

describe('from an event to its resources', () => {
  it('judges all controls of one resource together, but only those that listen to the event', () => {
    expect(subjectsOf({ eventName: 'CreateBucket' })).toMatchObject([
      { resource: bucket, target: { kind: 'id', id: 'invoices' }, controls: [47, 48] },
    ]);
    expect(subjectsOf({ eventName: 'PutBucketVersioning' })).toMatchObject([{ controls: [48] }]);
    expect(subjectsOf({ eventName: 'PutBucketLogging' })).toMatchObject([{ controls: [47, 49] }]);
  });

  it('takes the source into account', () => {
    expect(router.watches('s3.amazonaws.com', 'CreateBucket')).toBe(true);
    expect(router.watches('ec2.amazonaws.com', 'CreateBucket')).toBe(false);
    expect(router.watches('s3', 'CreateBucket')).toBe(false);
  });

  it('finds events whose names carry a date', () => {
    const over = { eventSource: 'cloudfront.amazonaws.com', eventName: 'UpdateDistribution2020_05_31' };
    expect(subjectsOf({ ...over, requestParameters: { id: 'E1' } })).toMatchObject([{ controls: [314] }]);
  });

  it.each([
    ['us-west-2', 'aws', 'us-east-1'],
    ['cn-northwest-1', 'aws-cn', 'cn-north-1'],
    ['us-gov-east-1', 'aws-us-gov', 'us-gov-west-1'],
  ])('takes the partition from %s', (awsRegion, partition, home) => {
    expect(subjectsOf({ awsRegion })).toMatchObject([{ partition, region: awsRegion }]);
    const global = { eventSource: 'iam.amazonaws.com', eventName: 'UpdateAccessKey', awsRegion };
    expect(subjectsOf({ ...global, requestParameters: { accessKeyId: 'AKIA1' } })).toMatchObject([
      { resource: accessKey, partition, region: home },
    ]);
  });

  it('gives the account for account settings, once for all their controls', () => {
    const over = { eventSource: 'iam.amazonaws.com', eventName: 'UpdateAccountPasswordPolicy' };
    expect(subjectsOf({ ...over, requestParameters: null })).toMatchObject([
      { target: { kind: 'id', id: '111122223333' }, region: 'us-east-1', controls: [10, 11] },
    ]);
  });

  it('gives the region for region settings, or the one that the event names', () => {
    const ec2 = { eventSource: 'ec2.amazonaws.com', eventName: 'DisableEbsEncryptionByDefault' };
    expect(subjectsOf(ec2)).toMatchObject([{ region: 'eu-west-1', controls: [464] }]);
    const enable = { eventSource: 'account.amazonaws.com', eventName: 'EnableRegion' };
    expect(subjectsOf({ ...enable, requestParameters: { RegionName: 'af-south-1' } })).toMatchObject([
      { target: { kind: 'id', id: '111122223333' }, region: 'af-south-1' },
    ]);
  });

  it('leaves neighbours to a read, one for each resource that the event names', () => {
    const items = [{ instanceId: 'i-1' }, { instanceId: 'i-2' }, { instanceId: 'i-1' }];
    const over = { eventSource: 'ec2.amazonaws.com', eventName: 'RunInstances' };
    const subjects = subjectsOf({ ...over, responseElements: { instancesSet: { items } } });
    expect(subjects).toMatchObject([
      { resource: volume, target: { kind: 'through', from: 'i-1', region: 'eu-west-1' } },
      { resource: volume, target: { kind: 'through', from: 'i-2', region: 'eu-west-1' } },
    ]);
    expect(subjects.map(({ target }) => target.kind === 'through' && target.reads)).toEqual([[volumesOf], [volumesOf]]);
    expect(new Set(subjects.map(({ key }) => key)).size).toBe(2);
  });

  it('normalises ids and takes the first path that holds any', () => {
    const over = { eventSource: 'cloudfront.amazonaws.com', eventName: 'CreateDistribution' };
    const arn = 'arn:aws:cloudfront::111122223333:distribution/E7';
    const distribution = { aRN: arn, id: 'other' };
    expect(subjectsOf({ ...over, responseElements: { distribution } })).toMatchObject([{ target: { id: 'E7' } }]);
  });

  it('reports an id that cannot be normalised, and goes on', () => {
    const broken = detectors(bucket, {
      1: {
        title: 'x',
        criticality: 'LOW',
        on: {
          's3:CreateBucket': idsAs(() => {
            throw new Error('no such form');
          }, 'requestParameters.bucketName'),
        },
        reads: {},
        check: () => pass,
      },
    });
    const nothing = guide({ impact: 'none', reads: {} }, () => []);
    const fragile = createRouter(joinCatalogue([broken], [remediations(broken, { 1: nothing })]));
    const { arrivals, ignored } = takeIn(JSON.stringify(recordOf({ eventName: 'CreateBucket' })), fragile);
    expect(arrivals).toEqual([]);
    expect(ignored).toMatchObject([{ event: 'CreateBucket', because: 'unparseable: no such form' }]);
  });

  it('leaves alone what a trigger turns down: it could be read, it is about something else', () => {
    const over = { eventSource: 'cloudfront.amazonaws.com', eventName: 'CreateDistribution' };
    const record = recordOf({ ...over, responseElements: { distribution: { aRN: 'no-slash', id: 'none-either' } } });
    const { arrivals, ignored } = takeIn(JSON.stringify(record), router);
    expect(arrivals).toEqual([]);
    expect(ignored).toMatchObject([{ event: 'CreateDistribution', because: 'not watched' }]);
  });

  it('refuses a definition that names a place where an id is needed', () => {
    const wrong = detectors(bucket, {
      1: { title: 'x', criticality: 'LOW', on: { 's3:CreateBucket': place }, reads: {}, check: () => pass },
    });
    const nothing = guide({ impact: 'none', reads: {} }, () => []);
    const joined = joinCatalogue([wrong], [remediations(wrong, { 1: nothing })]);
    expect(() => createRouter(joined)).toThrow('Control 1: trigger s3:CreateBucket names a place');
  });

  it('gives every id of any event exactly once', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^i-[a-f]{1,3}$/)), (instanceIds) => {
        const items = instanceIds.map((instanceId) => ({ instanceId }));
        const over = { eventSource: 'ec2.amazonaws.com', eventName: 'RunInstances' };
        const subjects = subjectsOf({ ...over, responseElements: { instancesSet: { items } } });
        const found = subjects.map(({ target }) => (target.kind === 'through' ? target.from : ''));
        expect(found.sort()).toEqual([...new Set(instanceIds)].sort());
      }),
    );
  });
});

it.each([
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-isoe-west-1', 'aws-iso-e'],
  ['us-isof-south-1', 'aws-iso-f'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['eu-central-1', 'aws'],
])('%s lies in %s', (region, partition) => {
  expect(partitionOf(region).partition).toBe(partition);
});
