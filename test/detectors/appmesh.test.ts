import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answer, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const mesh = (spec: object, more: object = {}) => ({ mesh: { meshName: 'shop', spec, ...more } });
const OTHER = '999999999999';
const leaves = 'fail: proxies let traffic to hosts outside of the mesh through';

describe('509: egress of a mesh', () => {
  it.each<[string, Answer, string]>([
    ['let through', mesh({ egressFilter: { type: 'ALLOW_ALL' } }), leaves],
    ['let through, with what else is set', mesh({ egressFilter: { type: 'ALLOW_ALL' }, serviceDiscovery: {} }), leaves],
    ['dropped', mesh({ egressFilter: { type: 'DROP_ALL' } }), 'pass'],
    ['no filter', mesh({}), 'pass'],
    ['a filter that says nothing', mesh({ egressFilter: {} }), 'pass'],
    ["this account's own", mesh({ egressFilter: { type: 'ALLOW_ALL' } }, { metadata: { meshOwner: ACCOUNT } }), leaves],
    [
      'shared by another account',
      mesh({ egressFilter: { type: 'ALLOW_ALL' } }, { metadata: { meshOwner: OTHER } }),
      `skip: the mesh belongs to account ${OTHER}`,
    ],
    ['deleted', mesh({}, { status: { status: 'DELETED' } }), 'skip: shop does not exist (any more)'],
    ['gone', awsError('NotFoundException'), 'skip: shop does not exist (any more)'],
    ['denied', awsError('ForbiddenException'), 'unknown: appmesh:DescribeMesh was denied; allow appmesh:DescribeMesh'],
    [
      'the service is no more',
      awsError('Error', 'getaddrinfo ENOTFOUND appmesh.eu-west-1.amazonaws.com'),
      'unknown: AWS could not be reached for appmesh:DescribeMesh; check the network and AWS_ENDPOINT_URL',
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await judge(509, 'shop', { 'appmesh:DescribeMesh': answer })).toBe(expected);
  });

  it('lists what the account owns, page by page', async () => {
    const { list } = controlOf(509).detector.resource;
    if (list === undefined) throw new Error('Meshes are listed.');
    const first = {
      meshes: [
        { meshName: 'shop', meshOwner: ACCOUNT },
        { meshName: 'shared', meshOwner: OTHER },
      ],
      nextToken: 'more',
    };
    const second = { meshes: [{ meshName: 'blog', meshOwner: ACCOUNT }] };
    const session = sessionOn({ 'appmesh:ListMeshes': ({ nextToken }) => (nextToken ? second : first) });
    expect(await session.value(list, placeOf(509), [])).toEqual(['shop', 'blog']);
  });
});
