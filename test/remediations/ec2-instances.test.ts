import { describe, expect, it } from 'vitest';
import { ACCOUNT, type Answers, callsOf, planFor, plansFor } from '../controls.ts';

const ID = 'i-1';
const instances = (more: object): Answers => ({
  'ec2:DescribeInstances': { Reservations: [{ Instances: [{ InstanceId: ID, State: { Name: 'running' }, ...more }] }] },
});
const byPerson = async (number: number, answers: Answers, parameters: Record<string, string> = {}) => {
  const plan = await planFor(number, ID, answers, { parameters });
  expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [], undo: { class: 'none' } });
  return plan.guide.map(({ text, cli }) => `${text}\n${cli ?? ''}`).join('\n');
};

describe('350', () => {
  it('switches monitoring on, and off to undo', async () => {
    const plan = await planFor(350, ID, instances({ Monitoring: { State: 'disabled' } }));
    expect(callsOf(plan)).toEqual({
      steps: [['ec2:MonitorInstances', { InstanceIds: [ID] }]],
      undo: [['ec2:UnmonitorInstances', { InstanceIds: [ID] }]],
    });
    expect(plan.mode).toBe('auto');
  });
});

describe('513, 322', () => {
  it('are one call', async () => {
    const MetadataOptions = { HttpTokens: 'optional', HttpEndpoint: 'enabled', HttpPutResponseHopLimit: 2 };
    const [plan, ...more] = await plansFor([322, 513], ID, instances({ MetadataOptions }));
    const set = (HttpTokens: string) => [
      'ec2:ModifyInstanceMetadataOptions',
      { InstanceId: ID, ...MetadataOptions, HttpTokens },
    ];
    expect(more).toEqual([]);
    expect(plan && callsOf(plan)).toEqual({ steps: [set('required')], undo: [set('optional')] });
  });
});

describe('357', () => {
  const state = (more: object, type: object = {}): Answers => ({
    ...instances({ EbsOptimized: false, InstanceType: 'c3.large', RootDeviceType: 'ebs', ...more }),
    'ec2:DescribeInstanceTypes': { InstanceTypes: [{ EbsInfo: { EbsOptimizedSupport: 'supported' }, ...type }] },
  });
  const modify = ['ec2:ModifyInstanceAttribute', { InstanceId: ID, EbsOptimized: { Value: true } }];

  it('stops, optimises and starts again; a fix that stops half-way is started again', async () => {
    const plan = await planFor(357, ID, state({}));
    expect(callsOf(plan)).toEqual({
      steps: [['ec2:StopInstances', { InstanceIds: [ID] }], modify, ['ec2:StartInstances', { InstanceIds: [ID] }]],
      undo: [['ec2:StartInstances', { InstanceIds: [ID] }]],
    });
    expect(plan.steps.every(({ provable }) => provable)).toBe(true);
  });

  it('erases instance store only where that is allowed', async () => {
    const parameters = { eraseInstanceStore: 'yes' };
    const plan = await planFor(357, ID, state({}, { InstanceStorageSupported: true }), { parameters });
    expect(plan.steps).toHaveLength(3);
  });

  it('leaves a stopped instance stopped', async () => {
    expect(callsOf(await planFor(357, ID, state({ State: { Name: 'stopped' } })))).toEqual({
      steps: [modify],
      undo: [],
    });
  });

  it.each<[string, Answers, string]>([
    ['Auto Scaling', state({ Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'web' }] }), 'Auto Scaling group web'],
    ['Spot', state({ InstanceLifecycle: 'spot' }), 'Spot'],
    ['a root on instance store', state({ RootDeviceType: 'instance-store' }), 'cannot be stopped'],
    ['instance store', state({}, { InstanceStorageSupported: true }), 'instance store, which stopping erases'],
    ['a service', state({ Operator: { Managed: true, Principal: 'eks.amazonaws.com' } }), 'eks.amazonaws.com'],
    ['a type that cannot', state({}, { EbsInfo: { EbsOptimizedSupport: 'unsupported' } }), 'c3.large cannot'],
    ['one that is stopping', state({ State: { Name: 'stopping' } }), 'the instance is stopping'],
  ])('is not for %s', async (_, answers, because) => {
    expect(await byPerson(357, answers)).toContain(because);
  });
});

describe('433', () => {
  const parameters = { instanceProfileName: 'ssm-only' };

  it('associates the profile, and undoes by the association that came of it', async () => {
    const plan = await planFor(433, ID, instances({}), { parameters });
    expect(callsOf(plan)).toEqual({
      steps: [['ec2:AssociateIamInstanceProfile', { InstanceId: ID, IamInstanceProfile: { Name: 'ssm-only' } }]],
      undo: [
        [
          'ec2:DisassociateIamInstanceProfile',
          { AssociationId: 'ref:associate/IamInstanceProfileAssociation.AssociationId' },
        ],
      ],
    });
    expect(plan.permissions).toContain('iam:PassRole');
  });

  it('needs to be told which', async () => {
    expect(await planFor(433, ID, instances({}))).toMatchObject({ missing: ['instanceProfileName'], steps: [] });
  });

  it.each<[object, string]>([
    [
      { IamInstanceProfile: { Arn: 'arn:aws:iam::1:instance-profile/empty' } },
      'the profile empty, which holds no role',
    ],
    [{ State: { Name: 'pending' } }, 'the instance is pending'],
  ])('leaves to a person: %j', async (more, because) => {
    expect(await byPerson(433, instances(more), parameters)).toContain(because);
  });
});

describe('328', () => {
  const eni = (...found: object[]) => ({
    NetworkInterfaces: [
      {
        NetworkInterfaceId: 'eni-1',
        Attachment: { DeviceIndex: 0 },
        PrivateIpAddresses: found.map((Association) => ({ Association })),
      },
    ],
  });
  const given = { PublicIp: '203.0.113.5', IpOwnerId: 'amazon' };
  const elastic = { PublicIp: '198.51.100.7', IpOwnerId: ACCOUNT };
  const address = {
    ...{ PublicIp: '198.51.100.7', AllocationId: 'eipalloc-1', AssociationId: 'eipassoc-1' },
    PrivateIpAddress: '10.0.0.9',
  };
  const state = (more: object, ...Addresses: object[]): Answers => ({
    ...instances(more),
    'ec2:DescribeAddresses': { Addresses },
  });
  const give = (AssociatePublicIpAddress: boolean) => [
    'ec2:ModifyNetworkInterfaceAttribute',
    { NetworkInterfaceId: 'eni-1', AssociatePublicIpAddress },
  ];
  const takeOff = ['ec2:DisassociateAddress', { AssociationId: 'eipassoc-1' }];
  const putBack = [
    'ec2:AssociateAddress',
    { AllocationId: 'eipalloc-1', NetworkInterfaceId: 'eni-1', PrivateIpAddress: '10.0.0.9' },
  ];

  it.each<[string, Answers, object]>([
    ['given by EC2', state(eni(given)), { steps: [give(false)], undo: [give(true)] }],
    [
      'Elastic IP: and no fresh one comes',
      state(eni(elastic), address),
      { steps: [takeOff, give(false)], undo: [putBack] },
    ],
    ['both', state(eni(given, elastic), address), { steps: [takeOff, give(false)], undo: [give(true), putBack] }],
  ])('%s', async (_, answers, calls) => {
    const plan = await planFor(328, ID, answers);
    expect(callsOf(plan)).toEqual(calls);
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' }, after: { reachable: [] } });
  });

  it.each<[string, Answers, string]>([
    ['a managed address', state(eni(elastic), { ...address, ServiceManaged: 'rds' }), 'managed by rds'],
    ["somebody else's address", state(eni(elastic)), 'belongs to another account'],
  ])('leaves to a person: %s', async (_, answers, because) => {
    expect(await byPerson(328, answers)).toContain(because);
  });
});

describe('434', () => {
  const state = (more: object): Answers => ({
    ...instances({
      ...{ VpcId: 'vpc-1', SubnetId: 'subnet-1', InstanceType: 't3.micro', KeyName: 'deploy' },
      SecurityGroups: [{ GroupId: 'sg-1' }],
      IamInstanceProfile: { Arn: 'arn:aws:iam::1:instance-profile/web' },
      ...more,
    }),
    'ec2:DescribeRouteTables': {
      RouteTables: [
        { Associations: [{ Main: true }], Routes: [{ DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' }] },
      ],
    },
  });

  it('makes a successor with all that the instance has, and terminates last', async () => {
    const text = await byPerson(434, state({ Tags: [{ Key: 'team', Value: 'shop' }] }), {
      privateSubnetId: 'subnet-9',
    });
    for (const part of ['subnet-9', 'sg-1', 'deploy', 'Name=web', 'team', 'subnet-1 in vpc-1'])
      expect(text).toContain(part);
    expect(text).not.toContain('no-reboot');
    const order = ['create-image', 'run-instances', 'stop-instances', 'terminate-instances'];
    const places = order.map((verb) => text.indexOf(`aws ec2 ${verb}`));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it('moves an Auto Scaling group instead of one of its instances', async () => {
    const text = await byPerson(434, state({ Tags: [{ Key: 'aws:autoscaling:groupName', Value: 'web' }] }));
    expect(text).toContain('start-instance-refresh');
    expect(text).not.toContain('terminate-instances');
  });
});

describe('437', () => {
  const KeyName = 'deploy';
  const state = (more: object = {}): Answers => ({
    'ec2:DescribeKeyPairs': { KeyPairs: [{ KeyName, PublicKey: 'ssh-ed25519 AAAA', ...more }] },
  });

  it('deletes the key pair and keeps its public key in the plan', async () => {
    const plan = await planFor(437, KeyName, state());
    expect(callsOf(plan)).toEqual({ steps: [['ec2:DeleteKeyPair', { KeyName }]], undo: [] });
    expect(plan).toMatchObject({ undo: { class: 'none' }, before: { named: [{ PublicKey: 'ssh-ed25519 AAAA' }] } });
  });

  it('leaves one of a template to its template', async () => {
    const plan = await planFor(437, KeyName, state({ Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 's' }] }));
    expect(plan).toMatchObject({ kind: 'guide', steps: [] });
  });
});
