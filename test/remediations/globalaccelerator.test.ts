import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, callsOf, judge, planFor } from '../controls.ts';

const ID = `arn:aws:globalaccelerator::${ACCOUNT}:accelerator/1234abcd`;
const LOGS = 'arn:aws:s3:::logs';
const noPolicy = awsError('NoSuchBucketPolicy');

const off = { AcceleratorAttributes: { FlowLogsEnabled: false } };
const answering = (custom: boolean, attributes: Answer = off, logPolicy: Answer = noPolicy) => ({
  'globalaccelerator:ListCustomRoutingAccelerators': { Accelerators: custom ? [{ AcceleratorArn: ID }] : [] },
  [`globalaccelerator:Describe${custom ? 'CustomRouting' : ''}AcceleratorAttributes`]: attributes,
  's3:GetBucketPolicy': logPolicy,
});
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const put = (document: object) => ['s3:PutBucketPolicy', { Bucket: 'logs', Policy: JSON.stringify(document) }];
const update = (more: object, kind = '') => [
  `globalaccelerator:Update${kind}AcceleratorAttributes`,
  { AcceleratorArn: ID, ...more },
];
const on = (FlowLogsS3Prefix: string) => ({ FlowLogsEnabled: true, FlowLogsS3Bucket: 'logs', FlowLogsS3Prefix });
const planned = (answers: Readonly<Record<string, Answer>>, logFolder = '') =>
  planFor(319, ID, answers, { parameters: { logBucket: 'logs', logFolder } });

const keep = { Sid: 'Keep', Effect: 'Deny', Principal: '*', Action: 's3:DeleteObject', Resource: `${LOGS}/*` };
const source = { ArnLike: { 'aws:SourceArn': `arn:aws:logs:*:${ACCOUNT}:*` } };
const delivery = { Effect: 'Allow', Principal: { Service: 'delivery.logs.amazonaws.com' } };
const check = {
  ...{ Sid: 'AllowLogDeliveryAclCheck', ...delivery, Action: 's3:GetBucketAcl', Resource: LOGS },
  Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT }, ...source },
};
const writes = (prefix: string) => ({
  ...{ Sid: 'AllowLogDelivery', ...delivery, Action: 's3:PutObject' },
  Resource: `${LOGS}/${prefix}/AWSLogs/${ACCOUNT}/*`,
  Condition: {
    StringEquals: { 'aws:SourceAccount': ACCOUNT, 's3:x-amz-acl': 'bucket-owner-full-control' },
    ...source,
  },
});

describe('319', () => {
  it("extends the log bucket's policy first, and undoes in reverse", async () => {
    const plan = await planned(answering(false, off, { Policy: JSON.stringify(policy(keep)) }));
    expect(callsOf(plan)).toEqual({
      steps: [put(policy(keep, check, writes('1234abcd'))), update(on('1234abcd'))],
      undo: [update({ FlowLogsEnabled: false }), put(policy(keep))],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
    expect(plan.permissions).toEqual(
      expect.arrayContaining(['globalaccelerator:UpdateAcceleratorAttributes', 'logs:CreateLogDelivery']),
    );
    expect(await judge(319, ID, answering(false, { AcceleratorAttributes: on('1234abcd') }))).toBe('pass');
  });

  it('has calls of its own for custom routing, and a folder for each accelerator', async () => {
    expect(callsOf(await planned(answering(true), '/ga/prod/'))).toEqual({
      steps: [put(policy(check, writes('ga/prod/1234abcd'))), update(on('ga/prod/1234abcd'), 'CustomRouting')],
      undo: [update({ FlowLogsEnabled: false }, 'CustomRouting'), ['s3:DeleteBucketPolicy', { Bucket: 'logs' }]],
    });
  });

  it.each<[string, object]>([
    ['all that the fix would add', policy(check, writes('1234abcd'))],
    [
      'the delivery service everything, from anywhere',
      policy({ ...delivery, Action: ['s3:GetBucketAcl', 's3:PutObject'], Resource: [LOGS, `${LOGS}/*`] }),
    ],
  ])('leaves a log bucket alone that allows %s', async (_, document) => {
    const plan = await planned(answering(false, off, { Policy: JSON.stringify(document) }));
    expect(callsOf(plan)).toEqual({ steps: [update(on('1234abcd'))], undo: [update({ FlowLogsEnabled: false })] });
  });

  it('adds to what covers another region or another accelerator only', async () => {
    const elsewhere = {
      ...check,
      Condition: { ...check.Condition, ArnLike: { 'aws:SourceArn': `arn:aws:logs:eu-west-1:${ACCOUNT}:*` } },
    };
    const other = writes('5678efgh');
    const plan = await planned(answering(false, off, { Policy: JSON.stringify(policy(elsewhere, other)) }));
    const added = [
      { ...check, Sid: 'AllowLogDeliveryAclCheck2' },
      { ...writes('1234abcd'), Sid: 'AllowLogDelivery2' },
    ];
    expect(callsOf(plan).steps).toEqual([put(policy(elsewhere, other, ...added)), update(on('1234abcd'))]);
  });

  it.each<[string, Answer, string]>([
    ['a bucket that does not exist', awsError('NoSuchBucket'), 'logs does not exist (any more)'],
    ["somebody else's bucket", awsError('AccessDenied'), 's3:GetBucketPolicy was denied'],
  ])('never logs into %s', async (_, logPolicy, because) => {
    const plan = await planned(answering(false, off, logPolicy));
    expect(plan.steps).toEqual([]);
    expect(JSON.stringify(plan)).toContain(because);
  });
});
