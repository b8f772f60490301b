import { describe, expect, it } from 'vitest';
import { ACCOUNT, callsOf, judge, planFor, REGION } from '../controls.ts';

describe('312', () => {
  const state = (value?: string) => ({
    'ecs:DescribeClusters': { clusters: [{ settings: value ? [{ name: 'containerInsights', value }] : [] }] },
  });
  const set = (value: string) => [
    'ecs:UpdateCluster',
    { cluster: 'web', settings: [{ name: 'containerInsights', value }] },
  ];

  it.each(['enabled', 'enhanced'])('turns it %s, and off again', async (insightsLevel) => {
    const plan = await planFor(312, 'web', state('disabled'), { parameters: { insightsLevel } });
    expect(callsOf(plan)).toEqual({ steps: [set(insightsLevel)], undo: [set('disabled')] });
    expect(await judge(312, 'web', state(insightsLevel))).toBe('pass');
  });

  it('knows no other level', async () => {
    const plan = await planFor(312, 'web', state(), { parameters: { insightsLevel: 'on' } });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
  });
});

const revision = (number: number) => `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/web:${number}`;
const ID = revision(9);
const CLUSTER = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/main`;
const SERVICE = `arn:aws:ecs:${REGION}:${ACCOUNT}:service/main/web`;
const NEW = 'ref:register/taskDefinition.taskDefinitionArn';

const app = {
  name: 'app',
  image: 'web:1',
  secrets: [{ name: 'TOKEN', valueFrom: 'arn:aws:ssm:…' }],
  portMappings: [{ containerPort: 80 }],
  logConfiguration: { logDriver: 'awsfirelens', options: { Name: 'es' } },
};
const sidecar = { name: 'sidecar', image: 'proxy:1', environment: [] };
const data = { name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/srv' } };
/** What a copy must hold. */
const kept = {
  family: 'web',
  taskRoleArn: `arn:aws:iam::${ACCOUNT}:role/task`,
  executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/execution`,
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
  ephemeralStorage: { sizeInGiB: 40 },
  placementConstraints: [],
  enableFaultInjection: false,
  containerDefinitions: [app, sidecar],
  volumes: [data, { name: 'scratch', host: {} }],
};
/** What AWS adds, and takes from nobody. */
const added = {
  taskDefinitionArn: ID,
  revision: 9,
  status: 'ACTIVE',
  requiresAttributes: [{ name: 'ecs.capability.efs' }],
  compatibilities: ['EC2', 'FARGATE'],
  registeredAt: new Date('2026-01-01'),
  registeredBy: 'arn:aws:iam::1:user/alice',
};
const team = { key: 'team', value: 'shop' };
const service = { status: 'ACTIVE', clusterArn: CLUSTER, serviceArn: SERVICE, taskDefinition: ID };
const state = (one: object = {}, services: readonly object[] = [service], revisions: readonly string[] = [ID]) => ({
  'ecs:DescribeTaskDefinition': {
    taskDefinition: { ...kept, ...added, ...one },
    tags: [team, { key: 'aws:cloudformation:stack-name', value: 'web' }],
  },
  'ecs:ListTaskDefinitions': { taskDefinitionArns: revisions },
  'ecs:ListClusters': { clusterArns: [CLUSTER] },
  'ecs:ListServices': { serviceArns: [SERVICE] },
  'ecs:DescribeServices': { services },
});
const register = (changed: object) => ['ecs:RegisterTaskDefinition', { ...kept, tags: [team], ...changed }];
const roll = (taskDefinition: string) => ['ecs:UpdateService', { cluster: CLUSTER, service: SERVICE, taskDefinition }];
const deregister = ['ecs:DeregisterTaskDefinition', { taskDefinition: NEW }];
const parameters = { taskLogGroup: '/ecs/web' };
const logConfiguration = {
  logDriver: 'awslogs',
  options: { 'awslogs-group': '/ecs/web', 'awslogs-region': REGION, 'awslogs-stream-prefix': 'ecs' },
};

describe('411', () => {
  it('registers a whole copy that logs, and moves the services to it', async () => {
    const plan = await planFor(411, ID, state(), { parameters });
    expect(callsOf(plan)).toEqual({
      steps: [register({ containerDefinitions: [app, { ...sidecar, logConfiguration }] }), roll(NEW)],
      undo: [roll(ID), deregister],
    });
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'best-effort' } });
    expect((await planFor(411, ID, state())).missing).toEqual(['taskLogGroup']);
  });

  it('asks for an execution role on Fargate', async () => {
    const plan = await planFor(411, ID, state({ executionRoleArn: undefined }), { parameters });
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('without an execution role');
  });
});

describe('466', () => {
  const encrypted = {
    ...data,
    efsVolumeConfiguration: { ...data.efsVolumeConfiguration, transitEncryption: 'ENABLED' },
  };

  it('registers a whole copy with TLS, and moves the services to it', async () => {
    const plan = await planFor(466, ID, state());
    expect(callsOf(plan)).toEqual({
      steps: [register({ volumes: [encrypted, { name: 'scratch', host: {} }] }), roll(NEW)],
      undo: [roll(ID), deregister],
    });
  });

  it('registers a copy alone where no service runs it', async () => {
    const plan = await planFor(466, ID, state({}, []));
    expect(callsOf(plan).steps.map(([name]) => name)).toEqual(['ecs:RegisterTaskDefinition']);
  });

  it('leaves Windows to a person', async () => {
    const windows = { runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' } };
    expect((await planFor(466, ID, state(windows))).guide[0]?.text).toContain('Windows cannot mount EFS');
  });
});

it.each([
  [411, 'a newer revision', state({}, [service], [ID, revision(10)]), `${revision(10)} is newer`],
  [
    466,
    'CodeDeploy',
    state({}, [{ ...service, deploymentController: { type: 'CODE_DEPLOY' } }]),
    'is deployed by CODE_DEPLOY',
  ],
])('%i leaves %s to a person', async (number, _, answers, says) => {
  const plan = await planFor(number, ID, answers, { parameters: number === 411 ? parameters : {} });
  expect(plan).toMatchObject({ mode: 'guided', steps: [] });
  expect(plan.guide[0]?.text).toContain(says);
});
