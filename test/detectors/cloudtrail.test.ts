import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge, placeOf, REGION, sessionOn } from '../controls.ts';

const TRAIL = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`;
const FAR = `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/main`;
const FOREIGN = `arn:aws:cloudtrail:${REGION}:999988887777:trail/all`;
const far = 'skip: this trail is judged in its home region us-east-1';
const foreign = 'skip: this trail of the organization belongs to account 999988887777';
const gone = `skip: ${TRAIL} does not exist (any more)`;

describe('256: of the organization', () => {
  const here = 'fail: the trail covers this account only';
  const above = { TrailARN: FOREIGN, IsOrganizationTrail: true };
  it.each<[string, string, Answer, object[], string]>([
    ['of the organization', TRAIL, { Trail: { IsOrganizationTrail: true } }, [], 'pass'],
    ['of this account', TRAIL, { Trail: { IsOrganizationTrail: false } }, [{ TrailARN: TRAIL }], here],
    ['the answer leaves it out', TRAIL, { Trail: {} }, [], here],
    [
      'beside one of the organization, in the management account',
      TRAIL,
      { Trail: {} },
      [{ TrailARN: `${TRAIL}2`, IsOrganizationTrail: true }],
      here,
    ],
    [
      'in a member account that is covered',
      TRAIL,
      { Trail: {} },
      [above],
      `skip: this account is a member of an organization, and ${FOREIGN} covers it`,
    ],
    ['a shadow in another region', FAR, { Trail: {} }, [], far],
    ['of another account', FOREIGN, { Trail: { IsOrganizationTrail: true } }, [above], foreign],
    ['gone', TRAIL, awsError('TrailNotFoundException'), [], gone],
  ])('%s', async (_, id, answer, trailList, expected) => {
    const answers = { 'cloudtrail:GetTrail': answer, 'cloudtrail:DescribeTrails': { trailList } };
    expect(await judge(256, id, answers)).toBe(expected);
  });
});

describe('264: global services', () => {
  it.each<[string, string, Answer, string]>([
    ['included', TRAIL, { Trail: { IncludeGlobalServiceEvents: true } }, 'pass'],
    ['a trail of all regions', TRAIL, { Trail: { IsMultiRegionTrail: true } }, 'pass'],
    ['left out', TRAIL, { Trail: {} }, 'fail: events of IAM, STS and CloudFront are left out'],
    ['a shadow', FAR, { Trail: {} }, far],
    ['of another account', FOREIGN, { Trail: {} }, foreign],
    ['gone', TRAIL, awsError('TrailNotFoundException'), gone],
    [
      'denied',
      TRAIL,
      awsError('AccessDeniedException'),
      'unknown: cloudtrail:GetTrail was denied; allow cloudtrail:GetTrail',
    ],
  ])('%s', async (_, id, answer, expected) => {
    expect(await judge(264, id, { 'cloudtrail:GetTrail': answer })).toBe(expected);
  });
});

const basic = (...EventSelectors: object[]) => ({ TrailARN: TRAIL, EventSelectors });
const advanced = (...lists: object[][]) => ({
  AdvancedEventSelectors: lists.map((FieldSelectors) => ({ FieldSelectors })),
});
const management = { Field: 'eventCategory', Equals: ['Management'] };
const data = { Field: 'eventCategory', Equals: ['Data'] };
const source = (rest: object) => [management, { Field: 'eventSource', ...rest }];
const judged = (control: number, answer: Answer, id = TRAIL) =>
  judge(control, id, { 'cloudtrail:GetEventSelectors': answer });

describe('272: events of KMS', () => {
  const left = 'fail: no selector of management events lets those of KMS through';
  const noManagement = 'skip: the trail records no management events at all';
  it.each<[string, Answer, string]>([
    ['never configured', { EventSelectors: [], AdvancedEventSelectors: [] }, 'pass'],
    ['basic', basic({ IncludeManagementEvents: true, ExcludeManagementEventSources: [] }), 'pass'],
    ['basic, not said', basic({ ReadWriteType: 'All' }), 'pass'],
    ['writes only', basic({ ReadWriteType: 'WriteOnly', IncludeManagementEvents: true }), 'pass'],
    ['basic, left out', basic({ ExcludeManagementEventSources: ['rdsdata.amazonaws.com', 'kms.amazonaws.com'] }), left],
    ['basic, another left out', basic({ ExcludeManagementEventSources: ['rdsdata.amazonaws.com'] }), 'pass'],
    ['basic, data only', basic({ IncludeManagementEvents: false }), noManagement],
    [
      'only a selector of data says it',
      basic(
        { IncludeManagementEvents: false, ExcludeManagementEventSources: ['kms.amazonaws.com'] },
        { IncludeManagementEvents: true },
      ),
      'pass',
    ],
    ['advanced', advanced([management]), 'pass'],
    ['advanced, left out', advanced(source({ NotEquals: ['kms.amazonaws.com'] }), [data]), left],
    ['advanced, another left out', advanced(source({ NotEquals: ['rdsdata.amazonaws.com'] })), 'pass'],
    ['left out by its beginning', advanced(source({ NotStartsWith: ['km'] })), left],
    ['left out by its end', advanced(source({ NotEndsWith: ['.amazonaws.com'] })), left],
    ['other sources only', advanced(source({ Equals: ['iam.amazonaws.com'] })), left],
    ['KMS only', advanced(source({ StartsWith: ['kms'] })), 'pass'],
    [
      'left out by one, recorded by another',
      advanced(source({ NotEquals: ['kms.amazonaws.com'] }), [management]),
      'pass',
    ],
    ['advanced, data only', advanced([data, { Field: 'eventSource', NotEquals: ['kms.amazonaws.com'] }]), noManagement],
    ['gone', awsError('TrailNotFoundException'), gone],
  ])('%s', async (_, answer, expected) => {
    expect(await judged(272, answer)).toBe(expected);
  });

  it('judges a trail at home only', async () => {
    expect(await judged(272, basic({ ExcludeManagementEventSources: ['kms.amazonaws.com'] }), FAR)).toBe(far);
  });
});

describe('355: objects of all buckets', () => {
  const none = 'fail: no selector is about the objects of all buckets';
  const objects = (ReadWriteType: string | undefined, ...Values: string[]) => ({
    ReadWriteType,
    DataResources: [
      { Type: 'AWS::Lambda::Function', Values: ['arn:aws:lambda'] },
      { Type: 'AWS::S3::Object', Values },
    ],
  });
  it.each<[string, Answer, string]>([
    ['all', basic(objects('All', 'arn:aws:s3')), 'pass'],
    ['all, the older spelling', basic(objects(undefined, 'arn:aws:s3:::')), 'pass'],
    ['beside a single bucket', basic(objects('All', 'arn:aws:s3:::one/', 'arn:aws:s3')), 'pass'],
    ['reads and writes apart', basic(objects('ReadOnly', 'arn:aws:s3'), objects('WriteOnly', 'arn:aws:s3')), 'pass'],
    [
      'reads only',
      basic(objects('ReadOnly', 'arn:aws:s3')),
      'fail: objects of all buckets are recorded for reads only',
    ],
    [
      'writes only',
      basic(objects('WriteOnly', 'arn:aws:s3')),
      'fail: objects of all buckets are recorded for writes only',
    ],
    ['a single bucket', basic(objects('All', 'arn:aws:s3:::one/')), none],
    ['functions only', basic({ DataResources: [{ Type: 'AWS::Lambda::Function', Values: ['arn:aws:s3'] }] }), none],
    ['never configured', {}, none],
    ['advanced', advanced([data]), 'skip: the trail has advanced event selectors'],
    ['gone', awsError('TrailNotFoundException'), gone],
  ])('%s', async (_, answer, expected) => {
    expect(await judged(355, answer)).toBe(expected);
  });

  it('judges a trail of the organization in the account that owns it', async () => {
    expect(await judged(355, basic(), FOREIGN)).toBe(foreign);
  });
});

it('lists trails of the account that are at home here, from every page', async () => {
  const { list, arn } = controlOf(264).detector.resource;
  const session = sessionOn({
    'cloudtrail:ListTrails': ({ NextToken }) =>
      NextToken === undefined
        ? {
            Trails: [
              { TrailARN: FAR, HomeRegion: 'us-east-1' },
              { TrailARN: FOREIGN, HomeRegion: REGION },
            ],
            NextToken: '2',
          }
        : { Trails: [{ TrailARN: TRAIL, HomeRegion: REGION }] },
  });
  expect(list && (await session.value(list, placeOf(264), []))).toEqual([TRAIL]);
  expect(arn(placeOf(264, TRAIL))).toBe(TRAIL);
});
