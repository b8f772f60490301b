import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, callsOf, planFor, plansFor } from '../controls.ts';

describe('228, 229', () => {
  const ID = 'tgw-1';
  const gateway = (association: string, propagation: string): Answers => ({
    'ec2:DescribeTransitGateways': {
      TransitGateways: [
        {
          ...{ TransitGatewayId: ID, OwnerId: ACCOUNT, State: 'available' },
          Options: {
            ...{ DefaultRouteTableAssociation: association, AssociationDefaultRouteTableId: 'tgw-rtb-a' },
            ...{ DefaultRouteTablePropagation: propagation, PropagationDefaultRouteTableId: 'tgw-rtb-p' },
            ...{ DnsSupport: 'enable', AutoAcceptSharedAttachments: 'enable' },
          },
        },
      ],
    },
  });
  const modify = (Options: object) => ['ec2:ModifyTransitGateway', { TransitGatewayId: ID, Options }];
  const association = {
    off: { DefaultRouteTableAssociation: 'disable' },
    on: { DefaultRouteTableAssociation: 'enable', AssociationDefaultRouteTableId: 'tgw-rtb-a' },
  };
  const propagation = {
    off: { DefaultRouteTablePropagation: 'disable' },
    on: { DefaultRouteTablePropagation: 'enable', PropagationDefaultRouteTableId: 'tgw-rtb-p' },
  };

  it('sends one option, and to undo names the table that it was', async () => {
    expect(callsOf(await planFor(228, ID, gateway('enable', 'enable')))).toEqual({
      steps: [modify(association.off)],
      undo: [modify(association.on)],
    });
    expect(callsOf(await planFor(229, ID, gateway('disable', 'enable')))).toEqual({
      steps: [modify(propagation.off)],
      undo: [modify(propagation.on)],
    });
  });

  it('both are one call', async () => {
    const [plan, ...more] = await plansFor([228, 229], ID, gateway('enable', 'enable'));
    expect(more).toEqual([]);
    expect(plan && callsOf(plan)).toEqual({
      steps: [modify({ ...association.off, ...propagation.off })],
      undo: [modify({ ...association.on, ...propagation.on })],
    });
  });
});

describe('348', () => {
  it('sends one setting', async () => {
    const ServiceId = 'vpce-svc-1';
    const ServiceConfigurations = [{ ServiceId, AcceptanceRequired: false, ServiceState: 'Available' }];
    const plan = await planFor(348, ServiceId, {
      'ec2:DescribeVpcEndpointServiceConfigurations': { ServiceConfigurations },
    });
    const set = (AcceptanceRequired: boolean) => [
      'ec2:ModifyVpcEndpointServiceConfiguration',
      { ServiceId, AcceptanceRequired },
    ];
    expect(callsOf(plan)).toEqual({ steps: [set(true)], undo: [set(false)] });
    expect(plan.mode).toBe('auto');
  });
});

const ofStack = { Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'shop' }] };

describe('386', () => {
  const NetworkAclId = 'acl-1';
  const Entries = [{ RuleNumber: 100, Protocol: '6', RuleAction: 'allow', CidrBlock: '10.0.0.0/8', Egress: false }];
  const state = (more: object = {}) => ({
    'ec2:DescribeNetworkAcls': { NetworkAcls: [{ NetworkAclId, Entries, Associations: [], ...more }] },
  });

  it('deletes the idle ACL and keeps its rules in the plan', async () => {
    const plan = await planFor(386, NetworkAclId, state());
    expect(callsOf(plan)).toEqual({ steps: [['ec2:DeleteNetworkAcl', { NetworkAclId }]], undo: [] });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'none' }, before: { named: [{ Entries }] } });
  });

  it('leaves an ACL of a template to its template', async () => {
    const plan = await planFor(386, NetworkAclId, state(ofStack));
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
    expect(plan.guide[0]?.text).toContain('stack shop');
  });
});

describe('398', () => {
  const AllocationId = 'eipalloc-1';
  const state = (more: object = {}) => ({
    'ec2:DescribeAddresses': {
      Addresses: [{ AllocationId, PublicIp: '198.51.100.7', NetworkBorderGroup: 'eu-west-1', ...more }],
    },
  });

  it('releases the address, and to undo asks for the same number', async () => {
    const Tags = [{ Key: 'team', Value: 'shop' }];
    const plan = await planFor(398, AllocationId, state({ Tags }));
    expect(callsOf(plan)).toEqual({
      steps: [['ec2:ReleaseAddress', { AllocationId }]],
      undo: [
        [
          'ec2:AllocateAddress',
          { Domain: 'vpc', Address: '198.51.100.7', TagSpecifications: [{ ResourceType: 'elastic-ip', Tags }] },
        ],
      ],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
  });

  it('names the group of zones where it is another than the region', async () => {
    const NetworkBorderGroup = 'eu-west-1-wl1-x';
    expect(callsOf(await planFor(398, AllocationId, state({ NetworkBorderGroup })))).toEqual({
      steps: [['ec2:ReleaseAddress', { AllocationId, NetworkBorderGroup }]],
      undo: [['ec2:AllocateAddress', { Domain: 'vpc', Address: '198.51.100.7', NetworkBorderGroup }]],
    });
  });

  it('leaves an address of a template to its template', async () => {
    expect(await planFor(398, AllocationId, state(ofStack))).toMatchObject({ kind: 'guide', steps: [] });
  });
});
