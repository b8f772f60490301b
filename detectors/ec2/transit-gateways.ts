import type { TransitGateway } from '@aws-sdk/client-ec2';
import {
  derive,
  detectors,
  fail,
  ids,
  nextToken,
  only,
  pass,
  read,
  readPages,
  resource,
  skip,
} from '../../src/control.ts';
import { tags } from './tags.ts';

const transitGateway = read(
  'ec2',
  'DescribeTransitGateways',
  ({ id }) => ({ TransitGatewayIds: [id] }),
  (out) => only(out.TransitGateways),
);

/** What new attachments get by themselves, and from which route tables. AWS switches both on where nobody says otherwise. */
export const defaults = derive({ transitGateway }, ({ transitGateway: { Options = {} } }) => ({
  association: Options.DefaultRouteTableAssociation ?? 'enable',
  associationTable: Options.AssociationDefaultRouteTableId,
  propagation: Options.DefaultRouteTablePropagation ?? 'enable',
  propagationTable: Options.PropagationDefaultRouteTableId,
}));

const changes = {
  'ec2:CreateTransitGateway': ids(
    'responseElements.CreateTransitGatewayResponse.transitGateway.transitGatewayId',
    'responseElements.transitGateway.transitGatewayId',
  ),
  'ec2:ModifyTransitGateway': ids(
    'requestParameters.ModifyTransitGatewayRequest.TransitGatewayId',
    'requestParameters.transitGatewayId',
  ),
  'ec2:DeleteTransitGateway': ids(
    'requestParameters.DeleteTransitGatewayRequest.TransitGatewayId',
    'requestParameters.transitGatewayId',
  ),
};

function notApplicable({ OwnerId, State }: TransitGateway, account: string) {
  if (OwnerId !== undefined && OwnerId !== account)
    return skip('the transit gateway is shared from another account, which alone can change it');
  return State === 'deleting' || State === 'deleted' ? skip(`the transit gateway is ${State}`) : undefined;
}

const FUTURE =
  'Judged is what happens to attachments from now on: those that hang on the default table already stay there.';

export const transitGateways = detectors(
  resource('AWS::EC2::TransitGateway', {
    service: 'ec2',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ec2:${region}:${account}:transit-gateway/${id}`,
    list: readPages(
      'ec2',
      'DescribeTransitGateways',
      () => ({}),
      (out) => (out.TransitGateways ?? []).flatMap(({ TransitGatewayId }) => TransitGatewayId ?? []),
      nextToken,
    ),
    gone: ['InvalidTransitGatewayID.NotFound'],
    tags,
  }),
  {
    228: {
      title: 'Transit gateway associates no attachment with its default route table',
      criticality: 'HIGH',
      on: changes,
      reads: { transitGateway, defaults },
      check: ({ transitGateway, defaults }, { account }) =>
        notApplicable(transitGateway, account) ??
        (defaults.association === 'disable'
          ? pass
          : fail('new attachments join the default route table by themselves')),
      note: FUTURE,
    },
    229: {
      title: 'Transit gateway publishes no routes in its default route table',
      criticality: 'HIGH',
      on: changes,
      reads: { transitGateway, defaults },
      check: ({ transitGateway, defaults }, { account }) =>
        notApplicable(transitGateway, account) ??
        (defaults.propagation === 'disable'
          ? pass
          : fail('routes of new attachments enter the default route table by themselves')),
      note: FUTURE,
    },
  },
);
