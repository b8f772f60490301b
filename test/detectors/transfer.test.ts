import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const ID = 's-01234567890abcdef';

describe('378: no public endpoint', () => {
  it.each<[string, Answer, string]>([
    ['in the VPC', { Server: { EndpointType: 'VPC', EndpointDetails: { SubnetIds: ['subnet-1'] } } }, 'pass'],
    [
      'in the VPC, no addresses',
      { Server: { EndpointType: 'VPC', EndpointDetails: { AddressAllocationIds: [] } } },
      'pass',
    ],
    [
      'in the VPC with addresses',
      { Server: { EndpointType: 'VPC', EndpointDetails: { AddressAllocationIds: ['eipalloc-1', 'eipalloc-2'] } } },
      'fail: the endpoint in the VPC has public addresses (eipalloc-1, eipalloc-2)',
    ],
    ['the older type', { Server: { EndpointType: 'VPC_ENDPOINT' } }, 'pass'],
    ['public', { Server: { EndpointType: 'PUBLIC' } }, 'fail: the server has a public endpoint'],
    ['no type is public', { Server: {} }, 'fail: the server has a public endpoint'],
    ['gone', awsError('ResourceNotFoundException'), `skip: ${ID} does not exist (any more)`],
    [
      'denied',
      awsError('AccessDeniedException'),
      'unknown: transfer:DescribeServer was denied; allow transfer:DescribeServer',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(378, ID, { 'transfer:DescribeServer': answer })).toBe(expected);
  });
});

it('lists every page of servers, knows their tags and their ARNs', async () => {
  const { list, arn, tags } = controlOf(378).detector.resource;
  const session = sessionOn({
    'transfer:ListServers': ({ NextToken }) =>
      NextToken === undefined ? { Servers: [{ ServerId: 'a' }], NextToken: '2' } : { Servers: [{ ServerId: 'b' }] },
    'transfer:ListTagsForResource': { Tags: [{ Key: 'team', Value: 'shop' }] },
  });
  expect(list && (await session.value(list, placeOf(378), []))).toEqual(['a', 'b']);
  expect(tags && (await session.value(tags, placeOf(378, 'a'), []))).toEqual({ team: 'shop' });
  expect(arn({ partition: 'aws-us-gov', account: ACCOUNT, region: 'us-gov-west-1', id: 'a' })).toBe(
    `arn:aws-us-gov:transfer:us-gov-west-1:${ACCOUNT}:server/a`,
  );
});
