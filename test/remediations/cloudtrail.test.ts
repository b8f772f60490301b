import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, callsOf, judge, planFor, plansFor, REGION } from '../controls.ts';

const TRAIL = `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/main`;
const lambda = { Type: 'AWS::Lambda::Function', Values: ['arn:aws:lambda'] };
const everyObject = { Type: 'AWS::S3::Object', Values: ['arn:aws:s3'] };
const asBasic = (EventSelectors: object[]) => ({ 'cloudtrail:GetEventSelectors': { EventSelectors } });
const asAdvanced = (AdvancedEventSelectors: object[]) => ({
  'cloudtrail:GetEventSelectors': { AdvancedEventSelectors },
});
const putBasic = (...EventSelectors: object[]) => [
  'cloudtrail:PutEventSelectors',
  { TrailName: TRAIL, EventSelectors },
];
const putAdvanced = (...AdvancedEventSelectors: object[]) => [
  'cloudtrail:PutEventSelectors',
  { TrailName: TRAIL, AdvancedEventSelectors },
];

describe('256', () => {
  const ORGANIZATION = 'o-abcdefghij';
  const parameters = { organizationId: ORGANIZATION, managementAccountId: ACCOUNT };
  const own = {
    Sid: 'Own',
    Effect: 'Allow',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
    Action: 's3:PutObject',
  };
  const before = { Version: '2012-10-17', Statement: [{ ...own, Resource: `arn:aws:s3:::logs/AWSLogs/${ACCOUNT}/*` }] };
  const answers = (policy: object | Error, S3KeyPrefix?: string): Answers => ({
    'cloudtrail:GetTrail': { Trail: { S3BucketName: 'logs', S3KeyPrefix, IsOrganizationTrail: false } },
    'cloudtrail:DescribeTrails': { trailList: [] },
    's3:GetBucketPolicy': policy instanceof Error ? policy : { Policy: JSON.stringify(policy) },
  });
  const added = (folder: string) => ({
    Sid: 'AllowTrailOfOrganization',
    Effect: 'Allow',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: `arn:aws:s3:::logs/${folder}AWSLogs/${ORGANIZATION}/*`,
    Condition: { StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control', 'aws:SourceArn': TRAIL } },
  });
  const putPolicy = (policy: object) => ['s3:PutBucketPolicy', { Bucket: 'logs', Policy: JSON.stringify(policy) }];
  const turn = (IsOrganizationTrail: boolean) => ['cloudtrail:UpdateTrail', { Name: TRAIL, IsOrganizationTrail }];

  it('lets the logs of the organization in, then covers it, and back', async () => {
    const plan = await planFor(256, TRAIL, answers(before), { parameters });
    const after = { ...before, Statement: [...before.Statement, added('')] };
    expect(callsOf(plan)).toEqual({
      steps: [putPolicy(after), turn(true)],
      undo: [turn(false), putPolicy(before)],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
  });

  it('knows the folder of the trail, and leaves a policy alone that allows it', async () => {
    const allowing = { ...before, Statement: [added('audit/')] };
    const plan = await planFor(256, TRAIL, answers(allowing, 'audit'), { parameters });
    expect(callsOf(plan).steps).toEqual([turn(true)]);
    const missing = await planFor(256, TRAIL, answers(before, 'audit'), { parameters });
    expect(callsOf(missing).steps[0]).toEqual(
      putPolicy({ ...before, Statement: [...before.Statement, added('audit/')] }),
    );
  });

  it('makes a policy where there is none', async () => {
    const plan = await planFor(256, TRAIL, answers(awsError('NoSuchBucketPolicy')), { parameters });
    expect(callsOf(plan).steps[0]).toEqual(putPolicy({ Version: '2012-10-17', Statement: [added('')] }));
  });

  it('acts in the management account only, and asks which that is', async () => {
    expect((await planFor(256, TRAIL, answers(before))).missing).toEqual(['organizationId', 'managementAccountId']);
    for (const [name, value, says] of [
      ['managementAccountId', '999988887777', 'only the management account (999988887777)'],
      ['organizationId', 'acme', 'organizationId is "acme"'],
    ] as const) {
      const plan = await planFor(256, TRAIL, answers(before), { parameters: { ...parameters, [name]: value } });
      expect(plan).toMatchObject({ mode: 'guided', steps: [] });
      expect(plan.guide[0]?.text).toContain(says);
    }
  });
});

it('264 changes the flag only', async () => {
  const plan = await planFor(264, TRAIL, { 'cloudtrail:GetTrail': { Trail: { IncludeGlobalServiceEvents: false } } });
  const set = (IncludeGlobalServiceEvents: boolean) => [
    'cloudtrail:UpdateTrail',
    { Name: TRAIL, IncludeGlobalServiceEvents },
  ];
  expect(callsOf(plan)).toEqual({ steps: [set(true)], undo: [set(false)] });
  expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
});

describe('272', () => {
  const KMS = 'kms.amazonaws.com';
  const RDS = 'rdsdata.amazonaws.com';
  const category = (one: string) => ({ Field: 'eventCategory', Equals: [one] });

  it('keeps everything else of basic selectors', async () => {
    const one = { ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [lambda] };
    const other = { ReadWriteType: 'WriteOnly', IncludeManagementEvents: false, DataResources: [everyObject] };
    const before = [{ ...one, ExcludeManagementEventSources: [KMS, RDS] }, other];
    const after = [{ ...one, ExcludeManagementEventSources: [RDS] }, other];
    const plan = await planFor(272, TRAIL, asBasic(before));
    expect(callsOf(plan)).toEqual({ steps: [putBasic(...after)], undo: [putBasic(...before)] });
    expect(await judge(272, TRAIL, asBasic(after))).toBe('pass');
  });

  it.each<[string, object[], object[]]>([
    ['a field selector that says no more goes', [{ Field: 'eventSource', NotEquals: [KMS] }], []],
    [
      'other values and operators stay',
      [{ Field: 'eventSource', NotEquals: [KMS, RDS], NotStartsWith: ['km'] }],
      [{ Field: 'eventSource', NotEquals: [RDS] }],
    ],
    [
      'what it takes in stays',
      [{ Field: 'eventSource', EndsWith: ['.amazonaws.com'], NotEndsWith: ['ms.amazonaws.com'] }],
      [{ Field: 'eventSource', EndsWith: ['.amazonaws.com'] }],
    ],
    [
      'other fields stay',
      [
        { Field: 'readOnly', Equals: ['false'] },
        { Field: 'eventSource', NotEquals: [KMS] },
      ],
      [{ Field: 'readOnly', Equals: ['false'] }],
    ],
  ])('advanced selectors: %s', async (_, before, after) => {
    const others = { Name: 'Objects', FieldSelectors: [category('Data'), { Field: 'eventSource', NotEquals: [KMS] }] };
    const whole = (fields: object[]) => [
      { Name: 'Management', FieldSelectors: [category('Management'), ...fields] },
      others,
    ];
    const plan = await planFor(272, TRAIL, asAdvanced(whole(before)));
    expect(callsOf(plan)).toEqual({ steps: [putAdvanced(...whole(after))], undo: [putAdvanced(...whole(before))] });
    expect(await judge(272, TRAIL, asAdvanced(whole(after)))).toBe('pass');
  });

  it('leaves selectors that name their sources to a person', async () => {
    const named = { FieldSelectors: [category('Management'), { Field: 'eventSource', Equals: ['iam.amazonaws.com'] }] };
    const plan = await planFor(272, TRAIL, asAdvanced([named]));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('add a selector for it');
  });
});

describe('355', () => {
  const management = { ReadWriteType: 'All', IncludeManagementEvents: true, ExcludeManagementEventSources: [] };
  const everything = {
    ReadWriteType: 'All',
    IncludeManagementEvents: false,
    DataResources: [everyObject],
    ExcludeManagementEventSources: [],
  };
  const oneBucket = { Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::one/'] };
  it.each<[string, object[], object[]]>([
    [
      'keeps what else the selector records',
      [{ ...management, DataResources: [lambda] }],
      [{ ...management, DataResources: [lambda, everyObject] }],
    ],
    [
      'all buckets include the ones that were named',
      [{ ...management, DataResources: [oneBucket] }],
      [{ ...management, DataResources: [everyObject] }],
    ],
    [
      'adds a selector where none is for reads and writes',
      [{ ...management, ReadWriteType: 'WriteOnly', DataResources: [] }],
      [{ ...management, ReadWriteType: 'WriteOnly', DataResources: [] }, everything],
    ],
    [
      'goes into one selector only',
      [
        { ...management, DataResources: [] },
        { ...everything, DataResources: [lambda] },
      ],
      [
        { ...management, DataResources: [everyObject] },
        { ...everything, DataResources: [lambda] },
      ],
    ],
  ])('%s', async (_, before, after) => {
    const plan = await planFor(355, TRAIL, asBasic(before));
    expect(callsOf(plan)).toEqual({ steps: [putBasic(...after)], undo: [putBasic(...before)] });
    expect(await judge(355, TRAIL, asBasic(after))).toBe('pass');
  });

  it('goes on recording management events of a trail that nobody has configured', async () => {
    const plan = await planFor(355, TRAIL, { 'cloudtrail:GetEventSelectors': {} });
    expect(callsOf(plan)).toEqual({
      steps: [putBasic({ ...management, DataResources: [everyObject] })],
      undo: [putBasic({ ...management, DataResources: [] })],
    });
  });

  it('needs room for a selector', async () => {
    const full = Array.from({ length: 5 }, () => ({ ReadWriteType: 'WriteOnly', DataResources: [lambda] }));
    const plan = await planFor(355, TRAIL, asBasic(full));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('join two of them first');
  });

  it('is one write together with 272', async () => {
    const before = { ...management, ExcludeManagementEventSources: ['kms.amazonaws.com'], DataResources: [lambda] };
    const plans = await plansFor([272, 355], TRAIL, asBasic([before]));
    expect(plans.map(({ controls }) => controls)).toEqual([[272, 355]]);
    const after = { ...management, DataResources: [lambda, everyObject] };
    expect(plans[0] && callsOf(plans[0]).steps).toEqual([putBasic(after)]);
  });
});
