import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, awsError, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

/** The ids that an event of a control leads to, where it names another resource. */
async function ledTo(control: number, event: string, answers: Answers): Promise<unknown> {
  const trigger = new Map(Object.entries(controlOf(control).detector.on)).get(event);
  if (trigger?.kind !== 'through') throw new Error(`${event} is not led through a read.`);
  return sessionOn(answers).value(trigger.read, placeOf(control, 'the-other'), []);
}

describe('228, 229: transit gateways', () => {
  const ID = 'tgw-1';
  const gateway = (Options: object | undefined, more: object = {}): Answers => ({
    'ec2:DescribeTransitGateways': {
      TransitGateways: [{ TransitGatewayId: ID, OwnerId: ACCOUNT, State: 'available', Options, ...more }],
    },
  });
  const both = (DefaultRouteTableAssociation: string, DefaultRouteTablePropagation: string) => ({
    ...{ DefaultRouteTableAssociation, DefaultRouteTablePropagation },
    ...{ AssociationDefaultRouteTableId: 'tgw-rtb-1', PropagationDefaultRouteTableId: 'tgw-rtb-1' },
  });
  const joins = 'fail: new attachments join the default route table by themselves';
  const enters = 'fail: routes of new attachments enter the default route table by themselves';
  it.each<[string, Answers, string, string]>([
    ['both off, the tables still named', gateway(both('disable', 'disable')), 'pass', 'pass'],
    ['association on', gateway(both('enable', 'disable')), joins, 'pass'],
    ['propagation on', gateway(both('disable', 'enable')), 'pass', enters],
    ['no options in the answer', gateway(undefined), joins, enters],
    ['changing', gateway(both('enable', 'enable'), { State: 'modifying' }), joins, enters],
    ...['deleting', 'deleted'].map((State): [string, Answers, string, string] => [
      State,
      gateway(both('enable', 'enable'), { State }),
      `skip: the transit gateway is ${State}`,
      `skip: the transit gateway is ${State}`,
    ]),
    [
      'shared with us',
      gateway(both('enable', 'enable'), { OwnerId: '1' }),
      'skip: the transit gateway is shared from another account, which alone can change it',
      'skip: the transit gateway is shared from another account, which alone can change it',
    ],
    [
      'gone',
      { 'ec2:DescribeTransitGateways': awsError('InvalidTransitGatewayID.NotFound') },
      'skip: tgw-1 does not exist (any more)',
      'skip: tgw-1 does not exist (any more)',
    ],
  ])('%s', async (_, answers, association, propagation) => {
    expect(await judge(228, ID, answers)).toBe(association);
    expect(await judge(229, ID, answers)).toBe(propagation);
  });
});

describe('348: endpoint services', () => {
  const ID = 'vpce-svc-1';
  const service = (AcceptanceRequired: boolean, ServiceState = 'Available'): Answers => ({
    'ec2:DescribeVpcEndpointServiceConfigurations': {
      ServiceConfigurations: [{ ServiceId: ID, AcceptanceRequired, ServiceState }],
    },
  });
  const open = 'fail: whoever may see the service is connected without being asked';
  it.each<[string, Answers, string]>([
    ['asks', service(true), 'pass'],
    ['does not ask', service(false), open],
    ['being made', service(false, 'Pending'), open],
    ['being deleted', service(false, 'Deleting'), 'skip: the service is deleting'],
    ['deleted', service(false, 'Deleted'), 'skip: the service is deleted'],
    ['failed', service(false, 'Failed'), 'skip: the service is failed'],
    [
      'gone',
      { 'ec2:DescribeVpcEndpointServiceConfigurations': awsError('InvalidVpcEndpointServiceId.NotFound') },
      'skip: vpce-svc-1 does not exist (any more)',
    ],
    [
      'denied',
      { 'ec2:DescribeVpcEndpointServiceConfigurations': awsError('UnauthorizedOperation') },
      'unknown: ec2:DescribeVpcEndpointServiceConfigurations was denied; allow ec2:DescribeVpcEndpointServiceConfigurations',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(348, ID, answers)).toBe(expected);
  });
});

describe('386: network ACLs', () => {
  const ID = 'acl-1';
  const acl = (more: object): Answers => ({
    'ec2:DescribeNetworkAcls': {
      NetworkAcls: [{ NetworkAclId: ID, OwnerId: ACCOUNT, IsDefault: false, Associations: [], ...more }],
    },
  });
  it.each<[string, Answers, string]>([
    ['used', acl({ Associations: [{ SubnetId: 'subnet-1' }] }), 'pass'],
    ['used by nobody', acl({}), 'fail: no subnet uses this network ACL'],
    ['no list in the answer', acl({ Associations: undefined }), 'fail: no subnet uses this network ACL'],
    ['default', acl({ IsDefault: true }), 'skip: the default network ACL comes with its VPC and cannot be deleted'],
    ['of another account', acl({ OwnerId: '1' }), 'skip: the network ACL belongs to another account'],
    [
      'gone',
      { 'ec2:DescribeNetworkAcls': { NetworkAcls: [{ NetworkAclId: 'acl-2' }] } },
      'skip: acl-1 does not exist (any more)',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(386, ID, answers)).toBe(expected);
  });

  const several: Answers = {
    'ec2:DescribeNetworkAcls': ({ NextToken }) =>
      NextToken === undefined
        ? { NetworkAcls: [{ NetworkAclId: 'acl-default', IsDefault: true }], NextToken: '2' }
        : { NetworkAcls: [{ NetworkAclId: 'acl-idle' }, { NetworkAclId: 'acl-used', Associations: [{}] }] },
  };
  it('looks at the ACL that lost a subnet, too', async () => {
    expect(await ledTo(386, 'ec2:ReplaceNetworkAclAssociation', several)).toEqual(['the-other', 'acl-idle']);
    expect(await ledTo(386, 'ec2:DeleteSubnet', several)).toEqual(['acl-idle']);
  });
});

describe('398: Elastic IP addresses', () => {
  const ID = 'eipalloc-1';
  const address = (more: object): Answers => ({
    'ec2:DescribeAddresses': { Addresses: [{ AllocationId: ID, PublicIp: '198.51.100.7', ...more }] },
  });
  it.each<[string, Answers, string]>([
    ['on an instance', address({ AssociationId: 'eipassoc-1', InstanceId: 'i-1' }), 'pass'],
    ['on a network interface', address({ AssociationId: 'eipassoc-1', NetworkInterfaceId: 'eni-1' }), 'pass'],
    ['on nothing', address({}), 'fail: 198.51.100.7 is attached to nothing'],
    [
      'on nothing, in empty words',
      address({ AssociationId: '', InstanceId: '' }),
      'fail: 198.51.100.7 is attached to nothing',
    ],
    ['managed', address({ ServiceManaged: 'nlb' }), 'skip: the address is managed by nlb'],
    ['gone', { 'ec2:DescribeAddresses': { Addresses: [] } }, 'skip: eipalloc-1 does not exist (any more)'],
    [
      'gone, as an error',
      { 'ec2:DescribeAddresses': awsError('InvalidAllocationID.NotFound') },
      'skip: eipalloc-1 does not exist (any more)',
    ],
  ])('%s', async (_, answers, expected) => {
    expect(await judge(398, ID, answers)).toBe(expected);
  });

  const several: Answers = {
    'ec2:DescribeAddresses': {
      Addresses: [
        { AllocationId: 'idle' },
        { AllocationId: 'used', AssociationId: 'a' },
        { AllocationId: 'managed', ServiceManaged: 'alb' },
      ],
    },
  };
  it.each([
    'ec2:DisassociateAddress',
    'ec2:TerminateInstances',
    'ec2:DeleteNetworkInterface',
    'ec2:DeleteNatGateway',
    'ec2:DisassociateNatGatewayAddress',
    'ec2:AcceptAddressTransfer',
    'elasticloadbalancing:DeleteLoadBalancer',
  ])('%s names no address: all idle ones are judged', async (event) => {
    expect(await ledTo(398, event, several)).toEqual(['idle']);
  });

  it('AssociateAddress may free another one', async () => {
    expect(await ledTo(398, 'ec2:AssociateAddress', several)).toEqual(['the-other', 'idle']);
  });
});
