import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
} from '@aws-sdk/client-ecs';
import { ACCOUNT, type Aws } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const CLUSTER = `arn:aws:ecs:us-east-1:${ACCOUNT}:cluster/main`;
const REVISION = `arn:aws:ecs:us-east-1:${ACCOUNT}:task-definition/web:1`;

const team = { key: 'team', value: 'shop' };

async function clusterState({ ecs }: Aws) {
  const { clusters = [] } = await ecs.send(new DescribeClustersCommand({ clusters: ['main'], include: ['SETTINGS'] }));
  const { tags = [] } = await ecs.send(new ListTagsForResourceCommand({ resourceArn: CLUSTER }));
  return {
    clusters: clusters.map(({ settings, configuration, capacityProviders }) => ({
      settings,
      configuration,
      capacityProviders,
    })),
    tags,
  };
}

/** A task definition with all that a careless copy would lose. */
const definition: RegisterTaskDefinitionCommandInput = {
  family: 'web',
  taskRoleArn: `arn:aws:iam::${ACCOUNT}:role/task`,
  executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/execution`,
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  cpu: '256',
  memory: '512',
  runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
  ephemeralStorage: { sizeInGiB: 40 },
  tags: [team],
  containerDefinitions: [
    {
      name: 'app',
      image: 'web:1',
      memory: 256,
      portMappings: [{ containerPort: 80, protocol: 'tcp' }],
      environment: [{ name: 'MODE', value: 'live' }],
      secrets: [{ name: 'TOKEN', valueFrom: `arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/token` }],
      mountPoints: [{ sourceVolume: 'data', containerPath: '/data' }],
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/acme/web', 'awslogs-region': 'us-east-1' },
      },
    },
    { name: 'proxy', image: 'proxy:1', memory: 128, essential: false },
  ],
  volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-12345678', rootDirectory: '/srv' } }],
};

async function makeService({ ecs }: Aws) {
  await ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  await ecs.send(new RegisterTaskDefinitionCommand({ ...definition, family: 'other' }));
  await ecs.send(new RegisterTaskDefinitionCommand(definition));
  const common = { cluster: 'main', launchType: 'FARGATE' as const, desiredCount: 0 };
  await ecs.send(new CreateServiceCommand({ ...common, serviceName: 'other', taskDefinition: 'other:1' }));
  await ecs.send(new CreateServiceCommand({ ...common, serviceName: 'web', taskDefinition: REVISION }));
  const responseElements = { taskDefinition: { taskDefinitionArn: REVISION } };
  return {
    id: REVISION,
    event: event('ecs:RegisterTaskDefinition', { family: 'web' }, { responseElements }),
  };
}

/** What the services run, and the whole of the newest active revision. */
async function inPlay({ ecs }: Aws) {
  const { services = [] } = await ecs.send(
    new DescribeServicesCommand({ cluster: 'main', services: ['web', 'other'] }),
  );
  const { taskDefinitionArns = [] } = await ecs.send(
    new ListTaskDefinitionsCommand({ familyPrefix: 'web', status: 'ACTIVE' }),
  );
  const newest = taskDefinitionArns.at(-1) ?? '';
  const { taskDefinition = {}, tags = [] } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: newest, include: ['TAGS'] }),
  );
  const { taskDefinitionArn: _arn, revision: _revision, registeredAt: _at, ...rest } = taskDefinition;
  return {
    services: services.map(({ serviceName, taskDefinition = '', desiredCount }) => ({
      serviceName,
      desiredCount,
      runs: taskDefinition.split('/')[1],
    })),
    revisions: taskDefinitionArns.length,
    definition: rest,
    tags,
  };
}

type State = Awaited<ReturnType<typeof inPlay>>;

const moved = ({ services, revisions }: State) => ({
  revisions: revisions + 1,
  services: services.map((one) => (one.serviceName === 'web' ? { ...one, runs: 'web:2' } : one)),
});

export const ecs = [
  scenario({
    control: 312,
    arrange: async ({ ecs }) => {
      await ecs.send(
        new CreateClusterCommand({
          clusterName: 'main',
          settings: [{ name: 'containerInsights', value: 'disabled' }],
          configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } },
          capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
          tags: [team],
        }),
      );
      const parameters = { cluster: 'main', settings: [{ name: 'containerInsights', value: 'disabled' }] };
      return { id: 'main', event: event('ecs:UpdateClusterSettings', parameters) };
    },
    state: clusterState,
    expected: (before) => ({
      ...before,
      clusters: before.clusters.map((one) => ({
        ...one,
        settings: [{ name: 'containerInsights' as const, value: 'enabled' }],
      })),
    }),
  }),
  scenario({
    control: 411,
    // The old revision is out of play afterwards: nobody runs it, and a newer one passes.
    removes: true,
    off: [466],
    arrange: async (aws) => ({ ...(await makeService(aws)), parameters: { taskLogGroup: '/acme/web' } }),
    state: inPlay,
    expected: (before) => ({
      ...before,
      ...moved(before),
      definition: {
        ...before.definition,
        containerDefinitions: before.definition.containerDefinitions?.map((one) =>
          one.name === 'proxy'
            ? {
                ...one,
                logConfiguration: {
                  logDriver: 'awslogs' as const,
                  options: {
                    'awslogs-group': '/acme/web',
                    'awslogs-region': 'us-east-1',
                    'awslogs-stream-prefix': 'ecs',
                  },
                },
              }
            : one,
        ),
      },
    }),
  }),
  scenario({
    control: 466,
    removes: true,
    off: [411],
    arrange: makeService,
    state: inPlay,
    expected: (before) => ({
      ...before,
      ...moved(before),
      definition: {
        ...before.definition,
        volumes: before.definition.volumes?.map(({ efsVolumeConfiguration, ...one }) => ({
          ...one,
          efsVolumeConfiguration: {
            fileSystemId: 'fs-12345678',
            ...efsVolumeConfiguration,
            transitEncryption: 'ENABLED' as const,
          },
        })),
      },
    }),
  }),
];
