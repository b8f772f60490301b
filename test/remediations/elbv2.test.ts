import { describe, expect, it } from 'vitest';
import { COMMON_NAME_ONLY, SEVERAL_NAMES } from '../certificates.ts';
import { ACCOUNT, type Answer, awsError, callsOf, judge, planFor, plansFor } from '../controls.ts';
import { expectInOrder, runbookOf } from '../runbook.ts';

const ELB = `arn:aws:elasticloadbalancing:eu-west-1:${ACCOUNT}`;
const LB = `${ELB}:loadbalancer/app/web/50dc6c495c0c9188`;
const LISTENER = `${ELB}:listener/app/web/50dc6c495c0c9188/f2f7dc8efc522ab2`;
const GROUP = `${ELB}:targetgroup/web/73e2d6bc24d8a067`;
const LOGS = 'arn:aws:s3:::logs';

const balancer = (more: object = {}) => ({
  LoadBalancers: [
    { LoadBalancerArn: LB, LoadBalancerName: 'web', Type: 'application', State: { Code: 'active' }, ...more },
  ],
});
const attributes = (values: Record<string, string>) => ({
  Attributes: Object.entries(values).map(([Key, Value]) => ({ Key, Value })),
});
const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const asAnswer = (document: object) => ({ Policy: JSON.stringify(document) });
const setAttributes = (values: Record<string, string>) => [
  'elbv2:ModifyLoadBalancerAttributes',
  { LoadBalancerArn: LB, ...attributes(values) },
];
const modifyListener = (more: object) => ['elbv2:ModifyListener', { ListenerArn: LISTENER, ...more }];

describe('access logs', () => {
  const noPolicy = awsError('NoSuchBucketPolicy');
  const keep = { Sid: 'Keep', Effect: 'Deny', Principal: '*', Action: 's3:DeleteObject', Resource: `${LOGS}/*` };
  const elbWrites = {
    ...{ Sid: 'AllowLoadBalancerLogs', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::156460612806:root' } },
    ...{ Action: 's3:PutObject', Resource: `${LOGS}/web/AWSLogs/${ACCOUNT}/*` },
  };
  const putLogs = (document: object) => ['s3:PutBucketPolicy', { Bucket: 'logs', Policy: JSON.stringify(document) }];
  const on = (prefix = 'web') =>
    setAttributes({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': 'logs',
      'access_logs.s3.prefix': prefix,
    });
  const off = setAttributes({ 'access_logs.s3.enabled': 'false' });
  const plan = (control: number, logPolicy: Answer, parameters: Record<string, string> = {}) =>
    planFor(
      control,
      LB,
      { 'elbv2:DescribeLoadBalancerAttributes': attributes({}), 's3:GetBucketPolicy': logPolicy },
      { parameters: { logBucket: 'logs', ...parameters } },
    );

  it("128 extends the log bucket's policy first, and undoes in reverse", async () => {
    const made = await plan(128, asAnswer(policy(keep)));
    expect(callsOf(made)).toEqual({
      steps: [putLogs(policy(keep, elbWrites)), on()],
      undo: [off, putLogs(policy(keep))],
    });
    expect(made.after).toMatchObject({ accessLogs: { bucket: 'logs', prefix: 'web' } });
    expect(made.undo.class).toBe('exact');
  });

  it('makes a policy where the log bucket has none', async () => {
    const made = callsOf(await plan(128, noPolicy));
    expect(made.steps).toEqual([putLogs(policy(elbWrites)), on()]);
    expect(made.undo).toEqual([off, ['s3:DeleteBucketPolicy', { Bucket: 'logs' }]]);
  });

  it('keeps every load balancer to a folder of its own', async () => {
    const made = callsOf(await plan(128, noPolicy, { logFolder: '/elb/prod/' }));
    const Resource = `${LOGS}/elb/prod/web/AWSLogs/${ACCOUNT}/*`;
    expect(made.steps).toEqual([putLogs(policy({ ...elbWrites, Resource })), on('elb/prod/web')]);
  });

  it.each<[string, object]>([
    ['the account of Elastic Load Balancing', { ...elbWrites, Resource: `${LOGS}/*` }],
    ['it by its number', { ...elbWrites, Principal: { AWS: ['156460612806'] } }],
    [
      'the newer service principal, for load balancers of this account',
      {
        ...elbWrites,
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        Condition: { ArnLike: { 'aws:SourceArn': `${ELB}:loadbalancer/*` } },
      },
    ],
  ])('leaves a log bucket alone that allows %s', async (_, statement) => {
    expect(callsOf(await plan(128, asAnswer(policy(statement))))).toEqual({ steps: [on()], undo: [off] });
  });

  it('249 lets the delivery service look at the bucket and write', async () => {
    const Condition = {
      StringEquals: { 'aws:SourceAccount': ACCOUNT },
      ArnLike: { 'aws:SourceArn': `arn:aws:logs:eu-west-1:${ACCOUNT}:*` },
    };
    const delivery = { Effect: 'Allow', Principal: { Service: 'delivery.logs.amazonaws.com' } };
    const check = {
      Sid: 'AllowLogDeliveryAclCheck',
      ...delivery,
      Action: 's3:GetBucketAcl',
      Resource: LOGS,
      Condition,
    };
    const write = {
      ...{ Sid: 'AllowLogDelivery', ...delivery, Action: 's3:PutObject', Resource: elbWrites.Resource },
      Condition: {
        StringEquals: { ...Condition.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
        ArnLike: Condition.ArnLike,
      },
    };
    const made = callsOf(await plan(249, asAnswer(policy(keep))));
    expect(made.steps).toEqual([putLogs(policy(keep, check, write)), on()]);
    // What another load balancer's fix has added serves for looking, not for writing.
    const other = { ...write, Resource: `${LOGS}/api/AWSLogs/${ACCOUNT}/*` };
    const next = callsOf(await plan(249, asAnswer(policy(check, other))));
    expect(next.steps).toEqual([putLogs(policy(check, other, { ...write, Sid: 'AllowLogDelivery2' })), on()]);
  });

  it.each<[string, Answer, Record<string, string>, string]>([
    ['a folder that AWS refuses', noPolicy, { logFolder: 'AWSLogs' }, 'takes no prefix with AWSLogs'],
    ['a bucket that does not exist', awsError('NoSuchBucket'), {}, 'logs does not exist (any more)'],
    ["somebody else's bucket", awsError('AccessDenied'), {}, 's3:GetBucketPolicy was denied'],
  ])('never logs into %s', async (_, logPolicy, parameters, because) => {
    const made = await plan(128, logPolicy, parameters);
    expect(made).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    expect(made.guide[0]?.text).toContain(because);
  });
});

describe('switches', () => {
  const off = {
    ...{ 'deletion_protection.enabled': 'false', 'idle_timeout.timeout_seconds': '60' },
    ...{ 'load_balancing.cross_zone.enabled': 'false' },
  };
  it.each([
    [354, 'approve', 'routing.http.drop_invalid_header_fields.enabled'],
    [367, 'auto', 'deletion_protection.enabled'],
    [369, 'approve', 'load_balancing.cross_zone.enabled'],
  ])('%i sets its attribute and no other', async (control, mode, key) => {
    const plan = await planFor(control, LB, { 'elbv2:DescribeLoadBalancerAttributes': attributes(off) });
    expect(callsOf(plan)).toEqual({
      steps: [setAttributes({ [key]: 'true' })],
      undo: [setAttributes({ [key]: 'false' })],
    });
    expect(plan).toMatchObject({ mode, undo: { class: 'exact' } });
  });

  it('become one call where several fail', async () => {
    const plans = await plansFor([367, 369], LB, { 'elbv2:DescribeLoadBalancerAttributes': attributes(off) });
    expect(plans.map((plan) => callsOf(plan).steps)).toEqual([
      [setAttributes({ 'deletion_protection.enabled': 'true', 'load_balancing.cross_zone.enabled': 'true' })],
    ]);
    expect(plans[0]?.mode).toBe('approve');
  });
});

describe('security policies', () => {
  const NEW = 'ELBSecurityPolicy-TLS13-1-2-2021-06';
  const listener = (more: object = {}) => ({
    Listeners: [
      { ListenerArn: LISTENER, LoadBalancerArn: LB, Protocol: 'HTTPS', Port: 8443, SslPolicy: 'old', ...more },
    ],
  });

  it.each([185, 202, 246, 338])('%i sends the policy and nothing else', async (control) => {
    const plan = await planFor(control, LISTENER, { 'elbv2:DescribeListeners': listener() });
    expect(callsOf(plan)).toEqual({
      steps: [modifyListener({ SslPolicy: NEW })],
      undo: [modifyListener({ SslPolicy: 'old' })],
    });
    expect(plan.mode).toBe('approve');
  });

  it('become one call where two controls ask for it', async () => {
    const plans = await plansFor([185, 338], LISTENER, { 'elbv2:DescribeListeners': listener() });
    expect(plans.map((plan) => [plan.controls, callsOf(plan).steps])).toEqual([
      [[185, 338], [modifyListener({ SslPolicy: NEW })]],
    ]);
  });
});

describe('186', () => {
  const RULE = `${ELB}:listener-rule/app/web/1/2/3`;
  const forward = {
    Type: 'forward',
    TargetGroupArn: GROUP,
    ForwardConfig: { TargetGroups: [{ TargetGroupArn: GROUP, Weight: 1 }] },
  };
  const RedirectConfig = {
    ...{ Host: '#{host}', Path: '/#{path}', Query: '#{query}', StatusCode: 'HTTP_301' },
    ...{ Protocol: 'HTTPS', Port: '443' },
  };
  const redirect = { Type: 'redirect', Order: 1, RedirectConfig };
  const rules = (...Actions: object[]) => [
    { RuleArn: `${RULE}-d`, IsDefault: true, Priority: 'default', Actions: [forward] },
    ...Actions.map((action, index) => ({
      RuleArn: `${RULE}${index}`,
      ...{ IsDefault: false, Priority: `${index}`, Actions: [action] },
      Conditions: [{ Field: 'path-pattern', Values: [`/${index}`] }],
    })),
  ];
  const asked = (Rules: object[], ...Ports: number[]) => ({
    'elbv2:DescribeListeners': ({ ListenerArns }: Readonly<Record<string, unknown>>) => ({
      Listeners: [
        { ListenerArn: LISTENER, LoadBalancerArn: LB, Protocol: 'HTTP', Port: 80 },
        ...(ListenerArns ? [] : Ports.map((Port) => ({ Protocol: 'HTTPS', Port }))),
      ],
    }),
    'elbv2:DescribeLoadBalancers': balancer(),
    'elbv2:DescribeRules': { Rules },
  });
  const modifyRule = (RuleArn: string, action: object) => ['elbv2:ModifyRule', { RuleArn, Actions: [action] }];

  it('redirects the default action and the rules that win over it, and puts the old actions back', async () => {
    const fixed = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '503' } };
    const moved = { Type: 'redirect', RedirectConfig: { Host: 'www.example.com', StatusCode: 'HTTP_302' } };
    const plan = await planFor(186, LISTENER, asked(rules(forward, fixed, moved), 8443, 443));
    const movedByHttps = { ...redirect, RedirectConfig: { ...RedirectConfig, ...moved.RedirectConfig } };
    expect(callsOf(plan)).toEqual({
      steps: [
        modifyListener({ DefaultActions: [redirect] }),
        modifyRule(`${RULE}0`, redirect),
        modifyRule(`${RULE}2`, movedByHttps),
      ],
      undo: [
        modifyListener({ DefaultActions: [forward] }),
        modifyRule(`${RULE}0`, forward),
        modifyRule(`${RULE}2`, moved),
      ],
    });
    const after = Object(plan.after);
    expect(await judge(186, LISTENER, asked(after, 443))).toBe('pass');
  });

  it('leads to the port on which something answers', async () => {
    const { steps } = callsOf(await planFor(186, LISTENER, asked(rules(), 8443)));
    const there = { ...redirect, RedirectConfig: { ...RedirectConfig, Port: '8443' } };
    expect(steps).toEqual([modifyListener({ DefaultActions: [there] })]);
  });

  it('needs a person where nothing answers by HTTPS', async () => {
    const plan = await planFor(186, LISTENER, asked(rules()));
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('lead nowhere');
  });
});

describe('193', () => {
  const tlsCertificateArn = `arn:aws:acm:eu-west-1:${ACCOUNT}:certificate/1`;
  const asked = (listener: object, group: object = {}) => ({
    'elbv2:DescribeListeners': {
      Listeners: [
        {
          ...{ ListenerArn: LISTENER, LoadBalancerArn: LB, Protocol: 'TCP', Port: 5000 },
          ...{ DefaultActions: [{ Type: 'forward', TargetGroupArn: GROUP }], ...listener },
        },
      ],
    },
    'elbv2:DescribeTargetGroups': {
      TargetGroups: [{ TargetGroupName: 'web', Protocol: 'TCP', Port: 5000, TargetType: 'instance', ...group }],
    },
  });
  const plan = (listener: object, group?: object) =>
    planFor(193, LISTENER, asked(listener, group), { parameters: { tlsCertificateArn } });

  it('makes TCP TLS on the same port, and TCP again', async () => {
    expect(callsOf(await plan({}))).toEqual({
      steps: [
        modifyListener({
          Protocol: 'TLS',
          SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
          Certificates: [{ CertificateArn: tlsCertificateArn }],
        }),
      ],
      undo: [modifyListener({ Protocol: 'TCP' })],
    });
  });

  it.each<[string, object, object, string]>([
    ['UDP', { Protocol: 'UDP' }, {}, 'no counterpart'],
    ['a port that passes TLS through', { Port: 443 }, {}, 'the targets do TLS themselves'],
    ['targets on such a port', {}, { Port: 8443 }, 'the targets do TLS themselves'],
    ['targets that are checked by HTTPS', {}, { HealthCheckProtocol: 'HTTPS' }, 'the targets do TLS themselves'],
    ['a group for TCP and UDP', {}, { Protocol: 'TCP_UDP' }, 'does not fit a TLS listener'],
    ['an Application Load Balancer behind it', {}, { TargetType: 'alb' }, 'does not fit a TLS listener'],
  ])('needs a person for %s', async (_, listener, group, because) => {
    const made = await plan(listener, group);
    expect(made).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    expect(made.guide[0]?.text).toContain(because);
  });

  it('asks for the certificate', async () => {
    expect(await planFor(193, LISTENER, asked({}))).toMatchObject({ missing: ['tlsCertificateArn'], steps: [] });
  });
});

describe('351', () => {
  const IAM = `arn:aws:iam::${ACCOUNT}:server-certificate/team/old`;
  const acm = (id: string) => `arn:aws:acm:eu-west-1:${ACCOUNT}:certificate/${id}`;
  const summary = (id: string, names: string[], more: object = {}) => ({
    CertificateArn: acm(id),
    ...{ SubjectAlternativeNames: names, Type: 'AMAZON_ISSUED', NotAfter: new Date('2027-01-01'), ...more },
  });
  const both = ['shop.example.com', '*.shop.example.com'];
  const right = summary('right', both);
  const asked = (
    certificates: { CertificateArn: string }[],
    body: string | undefined = SEVERAL_NAMES,
    byName = [IAM],
  ) => ({
    'elbv2:DescribeListeners': {
      Listeners: [
        { ListenerArn: LISTENER, Protocol: 'HTTPS', Port: 443, Certificates: [{ CertificateArn: IAM }] },
        { ListenerArn: `${LISTENER}2`, Protocol: 'HTTP', Port: 80 },
      ],
    },
    'elbv2:DescribeListenerCertificates': { Certificates: byName.map((CertificateArn) => ({ CertificateArn })) },
    'iam:GetServerCertificate': ({ ServerCertificateName }: Readonly<Record<string, unknown>>) =>
      ServerCertificateName === 'old' && body
        ? { ServerCertificate: { CertificateBody: body } }
        : awsError('NoSuchEntity'),
    'acm:ListCertificates': { CertificateSummaryList: certificates },
    'acm:DescribeCertificate': ({ CertificateArn }: Readonly<Record<string, unknown>>) => ({
      Certificate: certificates.find((one) => one.CertificateArn === CertificateArn),
    }),
  });
  const setDefault = (arn: string) => modifyListener({ Certificates: [{ CertificateArn: arn }] });

  it('takes the one certificate that covers all names, and gives the old one back', async () => {
    const others = [
      summary('narrow', ['shop.example.com']),
      summary('expired', both, { NotAfter: new Date('2026-01-01') }),
      summary('imported', both, { Type: 'IMPORTED' }),
    ];
    const plan = await planFor(351, LB, asked([...others, right]));
    expect(callsOf(plan)).toEqual({ steps: [setDefault(acm('right'))], undo: [setDefault(IAM)] });
  });

  it('replaces certificates chosen by server name, new ones first', async () => {
    const own = acm('own');
    const answers = asked([right], SEVERAL_NAMES, [own, IAM]);
    const listeners = {
      Listeners: [{ ListenerArn: LISTENER, Protocol: 'TLS', Certificates: [{ CertificateArn: own }] }],
    };
    const plan = await planFor(351, LB, { ...answers, 'elbv2:DescribeListeners': listeners });
    const change = (operation: string, CertificateArn: string) => [
      `elbv2:${operation}ListenerCertificates`,
      { ListenerArn: LISTENER, Certificates: [{ CertificateArn }] },
    ];
    expect(callsOf(plan)).toEqual({
      steps: [change('Add', acm('right')), change('Remove', IAM)],
      undo: [change('Add', IAM), change('Remove', acm('right'))],
    });
  });

  it('takes the one that the operator chose, imported or not', async () => {
    const chosen = summary('imported', both, { Type: 'IMPORTED' });
    const configured = { parameters: { acmCertificateArn: acm('imported') } };
    const { steps } = callsOf(await planFor(351, LB, asked([right, chosen]), configured));
    expect(steps).toEqual([setDefault(acm('imported'))]);
  });

  it.each<[string, { CertificateArn: string }[], string | undefined, string, string]>([
    ['none covers its names', [summary('narrow', ['shop.example.com'])], SEVERAL_NAMES, '', 'no certificate of ACM'],
    ['the chosen one does not', [summary('narrow', [])], SEVERAL_NAMES, acm('narrow'), 'no certificate of ACM'],
    ['several do', [right, summary('second', both)], SEVERAL_NAMES, '', 'several certificates cover'],
    ['only a private one does', [summary('p', both, { Type: 'PRIVATE' })], SEVERAL_NAMES, '', 'no certificate of ACM'],
    ['IAM does not know it', [right], '', '', 'cannot be read in IAM'],
    ['its common name is not covered', [right], COMMON_NAME_ONLY, '', 'covers intranet.example.com'],
  ])('needs a person where %s', async (_, list, body, acmCertificateArn, because) => {
    const plan = await planFor(351, LB, asked(list, body), { parameters: { acmCertificateArn } });
    expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain(because);
  });
});

describe('runbooks', () => {
  const forward = { Type: 'forward', TargetGroupArn: GROUP };
  const group = {
    ...{ TargetGroupArn: GROUP, TargetGroupName: 'web', Protocol: 'HTTP', Port: 80, TargetType: 'instance' },
    ...{ VpcId: 'vpc-1', HealthCheckProtocol: 'HTTP', HealthCheckPath: '/up', LoadBalancerArns: [LB] },
  };
  const answers = {
    'elbv2:DescribeLoadBalancers': balancer({ Scheme: 'internet-facing', VpcId: 'vpc-1', SecurityGroups: ['sg-1'] }),
    'elbv2:DescribeListeners': {
      Listeners: [
        { ListenerArn: LISTENER, LoadBalancerArn: LB, Protocol: 'HTTP', Port: 80, DefaultActions: [forward] },
      ],
    },
    'elbv2:DescribeTargetGroups': { TargetGroups: [group] },
    'elbv2:DescribeTargetGroupAttributes': attributes({ 'stickiness.enabled': 'true' }),
    'elbv2:DescribeTargetHealth': { TargetHealthDescriptions: [{ Target: { Id: 'i-1', Port: 80 } }] },
    'elbv2:DescribeLoadBalancerAttributes': attributes({ 'deletion_protection.enabled': 'true' }),
    'elbv2:DescribeRules': {
      Rules: [
        { RuleArn: 'r', IsDefault: false, Priority: '3', Actions: [forward] },
        { RuleArn: 'd', IsDefault: true, Priority: 'default', Actions: [forward] },
      ],
    },
    'elbv2:DescribeTags': {
      TagDescriptions: [{ Tags: [{ Key: 'elbv2.k8s.aws/cluster', Value: 'prod' }] }],
    },
  };
  const commands = (control: number, id: string, more: object = {}) => runbookOf(control, id, { ...answers, ...more });

  it('131 adds the encrypted listener before it removes the plain one', async () => {
    const text = await commands(131, LB);
    expectInOrder(text, 'web listens by HTTP on port 80', 'Kubernetes', 'create-listener', 'HTTPS', 'delete-listener');
    expect(text).toContain(GROUP);
  });

  it('131 advises against removing a redirect', async () => {
    const redirect = { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS' } };
    const Listeners = [{ ListenerArn: LISTENER, Protocol: 'HTTP', Port: 80, DefaultActions: [redirect] }];
    const text = await commands(131, LB, { 'elbv2:DescribeListeners': { Listeners } });
    expectInOrder(text, 'an exemption is the better way', 'delete-listener');
    expect(text).not.toContain('create-listener');
  });

  it.each([184, 245])('%i builds the internal one whole and deletes the public one last', async (control) => {
    const text = await commands(control, LB);
    expectInOrder(
      text,
      ...['meant to be public', 'create-load-balancer', 'web-int', 'internal', 'modify-load-balancer-attributes'],
      ...[
        'create-target-group',
        'create-listener',
        'new-web-arn',
        'DNS',
        'Deletion protection',
        'delete-load-balancer',
      ],
    );
  });

  it('187 swaps the group in the default action and in rules', async () => {
    const text = await commands(187, GROUP);
    expectInOrder(
      text,
      ...['create-target-group', 'HTTPS', 'stickiness.enabled', 'register-targets', 'i-1', 'modify-listener'],
      ...['modify-rule', 'new-web-arn', 'delete-target-group'],
    );
  });

  it('247 swaps groups that are not TLS on 443', async () => {
    const text = await commands(247, LISTENER);
    expectInOrder(
      text,
      'create-target-group',
      'TLS',
      'register-targets',
      'modify-listener',
      'new-web-arn',
      'To go back',
    );
  });

  it('248 listens on both ports for a while', async () => {
    const network = balancer({ Type: 'network' });
    const Listeners = [
      { ListenerArn: LISTENER, LoadBalancerArn: LB, Protocol: 'TCP', Port: 80, DefaultActions: [forward] },
    ];
    const more = { 'elbv2:DescribeLoadBalancers': network, 'elbv2:DescribeListeners': { Listeners } };
    const text = await commands(248, LISTENER, more);
    expectInOrder(text, 'passes TCP on port 80 through', 'create-listener', 'TLS', 'delete-listener', 'To go back');
  });

  it('131 says what cannot be encrypted', async () => {
    const Listeners = [{ ListenerArn: LISTENER, Protocol: 'UDP', Port: 53, DefaultActions: [forward] }];
    const more = {
      'elbv2:DescribeLoadBalancers': balancer({ Type: 'network' }),
      'elbv2:DescribeListeners': { Listeners },
    };
    expect(await commands(131, LB, more)).toContain('no load balancer ends encryption for this protocol');
  });
});
