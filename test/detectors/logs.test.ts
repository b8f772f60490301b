import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge, placeOf, REGION, sessionOn } from '../controls.ts';

const GROUP = '/aws/lambda/orders';
const gone = `skip: ${GROUP} does not exist (any more)`;
const groups = (more: object) => ({
  logGroups: [
    { logGroupName: GROUP, ...more },
    { logGroupName: `${GROUP}-test`, retentionInDays: 1 },
  ],
});
const judged = (control: number, answer: Answer) => judge(control, GROUP, { 'logs:DescribeLogGroups': answer });

describe('313: retention', () => {
  it.each<[string, Answer, string]>([
    ['never', groups({}), 'fail: events never expire'],
    ['a day', groups({ retentionInDays: 1 }), 'fail: events are kept for 1 days only'],
    ['five days', groups({ retentionInDays: 5 }), 'fail: events are kept for 5 days only'],
    ['a week', groups({ retentionInDays: 7 }), 'pass'],
    ['ten years', groups({ retentionInDays: 3653 }), 'pass'],
    [
      'of class DELIVERY',
      groups({ logGroupClass: 'DELIVERY' }),
      'skip: AWS sets the retention of groups of class DELIVERY',
    ],
    ['only others by that beginning', { logGroups: [{ logGroupName: `${GROUP}-test`, retentionInDays: 1 }] }, gone],
    [
      'on the second page',
      ({ nextToken }) => (nextToken ? groups({ retentionInDays: 30 }) : { logGroups: [], nextToken: '2' }),
      'pass',
    ],
    ['gone', { logGroups: [] }, gone],
    [
      'denied',
      awsError('AccessDeniedException'),
      'unknown: logs:DescribeLogGroups was denied; allow logs:DescribeLogGroups',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judged(313, answer)).toBe(expected);
  });
});

describe('373: a KMS key', () => {
  const off = 'fail: no KMS key is associated; the key is one that CloudWatch Logs owns';
  it.each<[string, Answer, string]>([
    ['none', groups({}), off],
    ['an empty one', groups({ kmsKeyId: '' }), off],
    ['one', groups({ kmsKeyId: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1` }), 'pass'],
    ['gone', { logGroups: [] }, gone],
  ])('%s', async (_, answer, expected) => {
    expect(await judged(373, answer)).toBe(expected);
  });

  it.each([
    ['a group', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${GROUP}`, GROUP],
    ['a group and its streams', `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${GROUP}:*`, GROUP],
    ['its name', GROUP, GROUP],
    [
      'results of queries',
      `arn:aws:logs:${REGION}:${ACCOUNT}:query-result:*`,
      `arn:aws:logs:${REGION}:${ACCOUNT}:query-result:*`,
    ],
  ])('reads the name from %s', (_, said, name) => {
    const from = controlOf(373).detector.on['logs:DisassociateKmsKey'];
    expect(from?.kind === 'paths' && from.normalise(said)).toBe(name);
  });
});

it('lists every page of log groups, and makes their ARN', async () => {
  const { list, arn } = controlOf(313).detector.resource;
  const session = sessionOn({
    'logs:DescribeLogGroups': ({ nextToken }) =>
      nextToken ? { logGroups: [{ logGroupName: 'b' }] } : { logGroups: [{ logGroupName: 'a' }], nextToken: '2' },
  });
  expect(list && (await session.value(list, placeOf(313), []))).toEqual(['a', 'b']);
  expect(arn(placeOf(313, GROUP))).toBe(`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${GROUP}`);
});
