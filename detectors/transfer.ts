import { detectors, fail, ids, missing, nextToken, pass, read, readPages, resource, tagsFrom } from '../src/control.ts';

export const server = read(
  'transfer',
  'DescribeServer',
  ({ id }) => ({ ServerId: id }),
  (out) => out.Server ?? missing,
);

const serverId = ids('requestParameters.serverId');

export const servers = detectors(
  resource('AWS::Transfer::Server', {
    service: 'transfer',
    arn: ({ partition, region, account, id }) => `arn:${partition}:transfer:${region}:${account}:server/${id}`,
    list: readPages(
      'transfer',
      'ListServers',
      () => ({}),
      (out) => (out.Servers ?? []).flatMap(({ ServerId }) => ServerId ?? []),
      nextToken,
    ),
    gone: ['ResourceNotFound'],
    // A server has at most fifty tags, which fit on one page.
    tags: read(
      'transfer',
      'ListTagsForResource',
      ({ arn }) => ({ Arn: arn }),
      (out) => tagsFrom(out.Tags),
    ),
  }),
  {
    378: {
      title: 'Transfer Family server is reached from its VPC only',
      criticality: 'HIGH',
      on: {
        'transfer:CreateServer': ids('responseElements.serverId'),
        'transfer:UpdateServer': serverId,
        'transfer:DeleteServer': serverId,
      },
      reads: { server },
      check: ({ server: { EndpointType, EndpointDetails } }) => {
        if (EndpointType === 'VPC_ENDPOINT') return pass;
        if (EndpointType !== 'VPC') return fail('the server has a public endpoint');
        const addresses = EndpointDetails?.AddressAllocationIds ?? [];
        return addresses.length === 0
          ? pass
          : fail(`the endpoint in the VPC has public addresses (${addresses.join(', ')})`);
      },
      note: 'The document says that the type of the endpoint is fixed and makes a new, empty server. It can be changed while the server is offline, which keeps users, host keys and the server id.',
    },
  },
);
