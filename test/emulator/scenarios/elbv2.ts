import { RequestCertificateCommand } from '@aws-sdk/client-acm';
import { DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  ModifyListenerCommand,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { UploadServerCertificateCommand } from '@aws-sdk/client-iam';
import { SEVERAL_NAMES } from '../../certificates.ts';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { type Scenario, scenario } from '../scenario.ts';
import { ELB_OBJECTS, LOGS, logBucketState, makeLogBucket } from './elb-logs.ts';

type Type = 'application' | 'network';
const MODERN = 'ELBSecurityPolicy-TLS13-1-2-2021-06';
const PRIVATE_CA = `arn:aws:acm-pca:us-east-1:${ACCOUNT}:certificate-authority/5f1e0b6a-3a4c-4a6b-9f43-1a2b3c4d5e6f`;

/** A load balancer with tags, two target groups and attributes that no control is about. */
async function makeBalancer({ elbv2, ec2 }: Aws, Type: Type, Scheme: 'internal' | 'internet-facing' = 'internal') {
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const [first, second] = Subnets;
  const made = await elbv2.send(
    new CreateLoadBalancerCommand({
      Name: 'web',
      Type,
      Scheme,
      Subnets: [first?.SubnetId ?? '', second?.SubnetId ?? ''],
      Tags: [{ Key: 'team', Value: 'shop' }],
    }),
  );
  const LoadBalancerArn = made.LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  const Attributes = [{ Key: 'zonal_shift.config.enabled', Value: 'true' }];
  await elbv2.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }));
  const group = async (Name: string) => {
    const settings = { Name, VpcId: first?.VpcId, Protocol: Type === 'network' ? ('TCP' as const) : ('HTTP' as const) };
    const { TargetGroups } = await elbv2.send(new CreateTargetGroupCommand({ ...settings, Port: 8081 }));
    return TargetGroups?.[0]?.TargetGroupArn ?? '';
  };
  return { arn: LoadBalancerArn, blue: await group('blue'), green: await group('green') };
}

/** A forward to two groups by weight: what a careless fix would make one of. */
const weighted = (blue: string, green: string): Action => ({
  Type: 'forward',
  Order: 1,
  ForwardConfig: {
    TargetGroups: [
      { TargetGroupArn: blue, Weight: 90 },
      { TargetGroupArn: green, Weight: 10 },
    ],
  },
});

async function makeCertificate({ acm }: Aws): Promise<string> {
  const request = { DomainName: 'shop.example.com', SubjectAlternativeNames: ['*.shop.example.com'] };
  const made = await acm.send(new RequestCertificateCommand({ ...request, CertificateAuthorityArn: PRIVATE_CA }));
  return made.CertificateArn ?? '';
}

interface Listening {
  readonly Protocol: 'HTTP' | 'HTTPS' | 'TCP' | 'TLS';
  readonly Port: number;
  readonly SslPolicy?: string;
  readonly Certificates?: { CertificateArn: string }[];
}
async function listen({ elbv2 }: Aws, LoadBalancerArn: string, DefaultActions: Action[], how: Listening) {
  const made = await elbv2.send(new CreateListenerCommand({ LoadBalancerArn, DefaultActions, ...how }));
  return made.Listeners?.[0]?.ListenerArn ?? '';
}

const createdBalancer = (arn: string, type: Type) =>
  event(
    'elasticloadbalancing:CreateLoadBalancer',
    { name: 'web', type },
    {
      by: terraform,
      responseElements: { loadBalancers: [{ loadBalancerArn: arn, type }] },
    },
  );
const createdListener = (loadBalancerArn: string, listenerArn: string) =>
  event(
    'elasticloadbalancing:CreateListener',
    { loadBalancerArn },
    {
      responseElements: { listeners: [{ listenerArn, loadBalancerArn }] },
    },
  );

/** A load balancer with all that hangs on it. What the emulator leaves out of attributes is off. */
async function balancerState({ elbv2 }: Aws, LoadBalancerArn: string) {
  const { LoadBalancers } = await elbv2.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [LoadBalancerArn] }));
  const { Attributes = [] } = await elbv2.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
  const { Listeners = [] } = await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn }));
  const { TagDescriptions } = await elbv2.send(new DescribeTagsCommand({ ResourceArns: [LoadBalancerArn] }));
  const value = (key: string) => Attributes.find(({ Key }) => Key === key)?.Value;
  const isOn = (key: string) => value(key) === 'true';
  const rules = await Promise.all(
    Listeners.map(async ({ ListenerArn }) => (await elbv2.send(new DescribeRulesCommand({ ListenerArn }))).Rules ?? []),
  );
  return {
    scheme: LoadBalancers?.[0]?.Scheme,
    tags: TagDescriptions?.[0]?.Tags,
    zonalShift: value('zonal_shift.config.enabled'),
    protected: isOn('deletion_protection.enabled'),
    crossZone: isOn('load_balancing.cross_zone.enabled'),
    dropsHeaders: isOn('routing.http.drop_invalid_header_fields.enabled'),
    logs: isOn('access_logs.s3.enabled')
      ? { bucket: value('access_logs.s3.bucket'), prefix: value('access_logs.s3.prefix') }
      : null,
    listeners: Listeners.map((one, index) => ({
      how: `${one.Protocol}:${one.Port}`,
      sslPolicy: one.SslPolicy ?? null,
      certificates: one.Certificates?.map(({ CertificateArn }) => CertificateArn) ?? [],
      actions: one.DefaultActions,
      rules: (rules[index] ?? []).map(({ Priority, Conditions, Actions }) => ({ Priority, Conditions, Actions })),
    })),
  };
}
type BalancerState = Awaited<ReturnType<typeof balancerState>>;

/** The same, asked by the ARN of one of its listeners. */
const stateOfListener = (aws: Aws, arn: string) =>
  balancerState(aws, arn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, ''));

const changeListener = (
  { listeners, ...rest }: BalancerState,
  how: string,
  change: Partial<BalancerState['listeners'][number]>,
): BalancerState => ({
  ...rest,
  listeners: listeners.map((one) => (one.how === how ? { ...one, ...change } : one)),
});

// --- attributes ---

const withSwitch = (control: number, Type: Type, off: readonly number[], on: Partial<BalancerState>) =>
  scenario({
    control,
    off,
    arrange: async (aws) => {
      const { arn } = await makeBalancer(aws, Type);
      return { id: arn, event: createdBalancer(arn, Type) };
    },
    state: balancerState,
    expected: (before) => ({ ...before, ...on }),
  });

// --- access logs ---

const writesLogs = (control: number, Type: Type, grants: readonly string[]) =>
  scenario({
    control,
    arrange: async (aws) => {
      const { arn } = await makeBalancer(aws, Type);
      const logBucket = await makeLogBucket(aws);
      return { id: arn, event: createdBalancer(arn, Type), parameters: { logBucket } };
    },
    state: async (aws, id) => ({ balancer: await balancerState(aws, id), bucket: await logBucketState(aws) }),
    expected: ({ balancer, bucket }) => ({
      balancer: { ...balancer, logs: { bucket: LOGS, prefix: 'web' } },
      bucket: { ...bucket, grants: [...grants] },
    }),
  });

// --- listeners ---

/** A listener that ends TLS by an old policy, on a port of its own and with weights, next to another one. */
async function oldPolicy(aws: Aws, Type: Type, SslPolicy: string) {
  const { arn, blue, green } = await makeBalancer(aws, Type);
  const Certificates = [{ CertificateArn: await makeCertificate(aws) }];
  const Protocol = Type === 'network' ? 'TLS' : 'HTTPS';
  const actions = Type === 'network' ? [{ Type: 'forward' as const, TargetGroupArn: blue }] : [weighted(blue, green)];
  const how = { Protocol, Port: 8443, SslPolicy, Certificates } as const;
  const listenerArn = await listen(aws, arn, actions, how);
  await listen(aws, arn, actions, { ...how, Port: 9443, SslPolicy: 'ELBSecurityPolicy-TLS-1-1-2017-01' });
  return { id: listenerArn, event: createdListener(arn, listenerArn) };
}

const modernPolicy = (
  control: number,
  Type: Type,
  more: Partial<Scenario<BalancerState>>,
  was = 'ELBSecurityPolicy-2016-08',
) =>
  scenario<BalancerState>({
    control,
    ...more,
    arrange: (aws) => oldPolicy(aws, Type, was),
    state: stateOfListener,
    expected: (before) => changeListener(before, Type === 'network' ? 'TLS:8443' : 'HTTPS:8443', { sslPolicy: MODERN }),
  });

const redirect = {
  Type: 'redirect',
  Order: 1,
  RedirectConfig: {
    ...{ Protocol: 'HTTPS', Port: '443', Host: '#{host}', Path: '/#{path}', Query: '#{query}' },
    StatusCode: 'HTTP_301',
  },
} as const;

const runbook = (
  control: number,
  Type: Type,
  arrange: (
    aws: Aws,
    made: Awaited<ReturnType<typeof makeBalancer>>,
  ) => Promise<{ id: string; event: Record<string, unknown> }>,
) =>
  scenario({
    control,
    kind: 'guide',
    arrange: async (aws) => arrange(aws, await makeBalancer(aws, Type, 'internet-facing')),
    state: ({ elbv2 }) => elbv2.send(new DescribeLoadBalancersCommand({})).then(({ LoadBalancers }) => LoadBalancers),
    expected: (before) => before,
  });

export const elbv2 = [
  writesLogs(128, 'application', [`{"AWS":"arn:aws:iam::127311923021:root"} s3:PutObject ${ELB_OBJECTS}`]),
  writesLogs(249, 'network', [
    `{"Service":"delivery.logs.amazonaws.com"} s3:GetBucketAcl arn:aws:s3:::${LOGS}`,
    `{"Service":"delivery.logs.amazonaws.com"} s3:PutObject ${ELB_OBJECTS}`,
  ]),
  withSwitch(354, 'application', [367], { dropsHeaders: true }),
  withSwitch(367, 'network', [369], { protected: true }),
  withSwitch(369, 'network', [367], { crossZone: true }),
  modernPolicy(185, 'application', { off: [338] }),
  modernPolicy(185, 'application', { variant: 'together with 338', also: [338] }),
  modernPolicy(202, 'network', { off: [338] }),
  modernPolicy(338, 'application', { off: [185] }),
  modernPolicy(338, 'network', { variant: 'Network Load Balancer', off: [202] }),
  scenario({
    control: 186,
    arrange: async (aws) => {
      const { arn, blue, green } = await makeBalancer(aws, 'application');
      const Certificates = [{ CertificateArn: await makeCertificate(aws) }];
      const actions = [weighted(blue, green)];
      await listen(aws, arn, actions, { Protocol: 'HTTPS', Port: 443, SslPolicy: MODERN, Certificates });
      const ListenerArn = await listen(aws, arn, actions, { Protocol: 'HTTP', Port: 80 });
      const rule = (Priority: number, path: string, Actions: Action[]) =>
        aws.elbv2.send(
          new CreateRuleCommand({
            ListenerArn,
            Priority,
            Actions,
            Conditions: [{ Field: 'path-pattern', Values: [path] }],
          }),
        );
      await rule(1, '/.well-known/acme-challenge/*', [{ Type: 'forward', TargetGroupArn: green, Order: 1 }]);
      await rule(2, '/api/*', [{ Type: 'forward', TargetGroupArn: blue, Order: 1 }]);
      return { id: ListenerArn, event: createdListener(arn, ListenerArn) };
    },
    state: stateOfListener,
    expected: (before) => {
      const { rules = [] } = before.listeners.find(({ how }) => how === 'HTTP:80') ?? {};
      const redirected = rules.map((one) => (one.Priority === '1' ? one : { ...one, Actions: [redirect] }));
      return changeListener(before, 'HTTP:80', { actions: [redirect], rules: redirected });
    },
  }),
  scenario({
    control: 193,
    lacks: {
      operation: 'elbv2:ModifyListener to TLS',
      refusal: 'UnsupportedProtocolException',
      ask: async (aws) => {
        const { arn, blue } = await makeBalancer(aws, 'network');
        const actions = [{ Type: 'forward' as const, TargetGroupArn: blue }];
        const ListenerArn = await listen(aws, arn, actions, { Protocol: 'TCP', Port: 5000 });
        const Certificates = [{ CertificateArn: await makeCertificate(aws) }];
        const change = { ListenerArn, Protocol: 'TLS' as const, SslPolicy: MODERN, Certificates };
        return aws.elbv2.send(new ModifyListenerCommand(change));
      },
    },
    arrange: async () => ({ id: '', event: {} }),
    state: balancerState,
    expected: (before) => before,
  }),
  scenario({
    control: 351,
    arrange: async (aws) => {
      const { arn, blue, green } = await makeBalancer(aws, 'application');
      const acmCertificateArn = await makeCertificate(aws);
      const upload = {
        ServerCertificateName: 'shop',
        CertificateBody: SEVERAL_NAMES,
        PrivateKey: 'not looked at here',
      };
      const { ServerCertificateMetadata } = await aws.iam.send(new UploadServerCertificateCommand(upload));
      const Certificates = [{ CertificateArn: ServerCertificateMetadata?.Arn ?? '' }];
      const actions = [weighted(blue, green)];
      const https = { Protocol: 'HTTPS', SslPolicy: MODERN } as const;
      await listen(aws, arn, actions, { ...https, Port: 9443, Certificates: [{ CertificateArn: acmCertificateArn }] });
      const listenerArn = await listen(aws, arn, actions, { ...https, Port: 8443, Certificates });
      return { id: arn, event: createdListener(arn, listenerArn), parameters: { acmCertificateArn } };
    },
    state: balancerState,
    expected: (before) => {
      const wanted = before.listeners.find(({ how }) => how === 'HTTPS:9443')?.certificates;
      return changeListener(before, 'HTTPS:8443', { certificates: wanted });
    },
  }),
  runbook(131, 'application', async (aws, { arn, blue }) => {
    const listenerArn = await listen(aws, arn, [{ Type: 'forward', TargetGroupArn: blue }], {
      Protocol: 'HTTP',
      Port: 80,
    });
    return { id: arn, event: createdListener(arn, listenerArn) };
  }),
  runbook(184, 'application', async (_, { arn }) => ({ id: arn, event: createdBalancer(arn, 'application') })),
  runbook(245, 'network', async (_, { arn }) => ({ id: arn, event: createdBalancer(arn, 'network') })),
  runbook(187, 'application', async (aws, { arn, blue }) => {
    const actions = [{ Type: 'forward' as const, TargetGroupArn: blue }];
    await listen(aws, arn, actions, { Protocol: 'HTTP', Port: 80 });
    const parameters = { loadBalancerArn: arn, defaultActions: [{ type: 'forward', targetGroupArn: blue }] };
    return { id: blue, event: event('elasticloadbalancing:CreateListener', parameters) };
  }),
  runbook(247, 'network', async (aws, { arn, blue }) => {
    const Certificates = [{ CertificateArn: await makeCertificate(aws) }];
    const how = { Protocol: 'TLS', Port: 443, SslPolicy: MODERN, Certificates } as const;
    const listenerArn = await listen(aws, arn, [{ Type: 'forward', TargetGroupArn: blue }], how);
    return { id: listenerArn, event: createdListener(arn, listenerArn) };
  }),
  runbook(248, 'network', async (aws, { arn, blue }) => {
    const listenerArn = await listen(aws, arn, [{ Type: 'forward', TargetGroupArn: blue }], {
      Protocol: 'TCP',
      Port: 80,
    });
    return { id: listenerArn, event: createdListener(arn, listenerArn) };
  }),
  modernPolicy(
    246,
    'network',
    {
      off: [202, 338],
      noUndoHere: 'AWS never leaves a TLS listener without a policy, so there is none to go back to',
    },
    '',
  ),
];
