import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const ARN = `arn:aws:globalaccelerator::${ACCOUNT}:accelerator`;
const ONE = `${ARN}/1234abcd`;
const GAME = `${ARN}/5678efgh`;
const logs = (AcceleratorAttributes: object) => ({ AcceleratorAttributes });
const none = { Accelerators: [] };

describe('319: flow logs', () => {
  it.each<[string, Answer, string]>([
    ['on', logs({ FlowLogsEnabled: true, FlowLogsS3Bucket: 'logs', FlowLogsS3Prefix: 'web' }), 'pass'],
    ['on, at the top of the bucket', logs({ FlowLogsEnabled: true, FlowLogsS3Bucket: 'logs' }), 'pass'],
    ['off', logs({ FlowLogsEnabled: false }), 'fail: flow logs are off'],
    ['off, with a bucket', logs({ FlowLogsEnabled: false, FlowLogsS3Bucket: 'logs' }), 'fail: flow logs are off'],
    ['on, without a bucket', logs({ FlowLogsEnabled: true, FlowLogsS3Bucket: '' }), 'fail: flow logs are off'],
    ['nothing said', {}, 'fail: flow logs are off'],
    ['gone', awsError('AcceleratorNotFoundException'), `skip: ${ONE} does not exist (any more)`],
    [
      'denied',
      awsError('AccessDeniedException'),
      'unknown: globalaccelerator:DescribeAcceleratorAttributes was denied; allow globalaccelerator:DescribeAcceleratorAttributes',
    ],
  ])('%s', async (_, answer, expected) => {
    const answers = {
      'globalaccelerator:ListCustomRoutingAccelerators': none,
      'globalaccelerator:DescribeAcceleratorAttributes': answer,
    };
    expect(await judge(319, ONE, answers)).toBe(expected);
  });

  it.each<[string, Answer, string]>([
    ['on', logs({ FlowLogsEnabled: true, FlowLogsS3Bucket: 'logs' }), 'pass'],
    ['off', logs({ FlowLogsEnabled: false }), 'fail: flow logs are off'],
  ])('custom routing, %s', async (_, answer, expected) => {
    const answers = {
      'globalaccelerator:ListCustomRoutingAccelerators': { Accelerators: [{ AcceleratorArn: GAME }] },
      'globalaccelerator:DescribeCustomRoutingAcceleratorAttributes': answer,
    };
    expect(await judge(319, GAME, answers)).toBe(expected);
  });

  it('lists both kinds, page by page, where they answer and nowhere else', async () => {
    const { list } = controlOf(319).detector.resource;
    if (list === undefined) throw new Error('Accelerators are listed.');
    const first = { Accelerators: [{ AcceleratorArn: ONE }], NextToken: 'more' };
    const second = { Accelerators: [{ AcceleratorArn: `${ARN}/two` }] };
    const answers = {
      'globalaccelerator:ListAccelerators': ({ NextToken }: Readonly<Record<string, unknown>>) =>
        NextToken ? second : first,
      'globalaccelerator:ListCustomRoutingAccelerators': { Accelerators: [{ AcceleratorArn: GAME }] },
    };
    const at = { ...placeOf(319), region: 'us-west-2' };
    expect(await sessionOn(answers).value(list, at, [])).toEqual([ONE, `${ARN}/two`, GAME]);
    expect(await sessionOn({}).value(list, placeOf(319), [])).toEqual([]);
  });
});
