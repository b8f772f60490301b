import type {
  ContainerDefinition,
  RegisterTaskDefinitionCommandInput,
  Tag,
  TaskDefinition,
  Volume,
} from '@aws-sdk/client-ecs';
import {
  type At,
  derive,
  detectors,
  fail,
  ids,
  idsAs,
  lowerNextToken,
  missing,
  only,
  pass,
  read,
  readEach,
  readPages,
  resource,
  skip,
  tagsFrom,
  type Verdict,
} from '../src/control.ts';

const tags = read(
  'ecs',
  'ListTagsForResource',
  ({ arn }) => ({ resourceArn: arn }),
  (out) => tagsFrom((out.tags ?? []).map(({ key, value }) => ({ Key: key ?? '', Value: value ?? '' }))),
);

const clusterNames = readPages(
  'ecs',
  'ListClusters',
  () => ({}),
  (out) => (out.clusterArns ?? []).map(nameOfCluster),
  lowerNextToken,
);

/** Events name a cluster by name or ARN; a name is enough in its region. */
function nameOfCluster(id: string): string {
  return id.replace(/^arn:[^/]*\//, '');
}
const clusterName = idsAs(nameOfCluster, 'responseElements.cluster.clusterArn', 'requestParameters.cluster');

// Without being asked for, settings come back empty.
const cluster = read(
  'ecs',
  'DescribeClusters',
  ({ id }) => ({ clusters: [id], include: ['SETTINGS' as const] }),
  (out) => only(out.clusters),
);

/** How much Container Insights sees: `disabled`, `enabled` or `enhanced`. */
export const insights = derive(
  { cluster },
  ({ cluster }) => cluster.settings?.find(({ name }) => name === 'containerInsights')?.value ?? 'disabled',
);

export const clusters = detectors(
  resource('AWS::ECS::Cluster', {
    service: 'ecs',
    arn: ({ partition, region, account, id }) => `arn:${partition}:ecs:${region}:${account}:cluster/${id}`,
    list: clusterNames,
    gone: ['ClusterNotFoundException'],
    tags,
  }),
  {
    312: {
      title: 'Cluster reports to Container Insights',
      criticality: 'MEDIUM',
      on: {
        'ecs:CreateCluster': clusterName,
        'ecs:UpdateCluster': clusterName,
        'ecs:UpdateClusterSettings': clusterName,
      },
      reads: { cluster, insights },
      check: ({ cluster, insights }) => {
        if (cluster.status === 'INACTIVE' || cluster.status === 'DEPROVISIONING')
          return skip(`the cluster is ${cluster.status}`);
        return insights === 'disabled' ? fail('Container Insights is off') : pass;
      },
      note: 'Enhanced observability passes too and is never turned down. UpdateCluster does what the UpdateClusterSettings of the document does.',
    },
  },
);

/** A task definition in the form in which a copy of it is registered: nothing that AWS adds, nothing lost. */
export type Copy = RegisterTaskDefinitionCommandInput;

function copyOf(one: TaskDefinition, tags: readonly Tag[]): Copy {
  const {
    taskDefinitionArn: _arn,
    revision: _revision,
    status: _status,
    requiresAttributes: _requires,
    compatibilities: _compatibilities,
    registeredAt: _at,
    registeredBy: _by,
    deregisteredAt: _gone,
    deleteRequestedAt: _going,
    inferenceAccelerators = [],
    ...rest
  } = one;
  // Names that begin with `aws:` are AWS's own, and an empty list of tags is refused.
  const own = tags.filter(({ key }) => !key?.startsWith('aws:'));
  return {
    ...rest,
    family: one.family,
    containerDefinitions: one.containerDefinitions ?? [],
    ...(inferenceAccelerators.length > 0 ? { inferenceAccelerators } : {}),
    ...(own.length > 0 ? { tags: own } : {}),
  };
}

export const definition = read(
  'ecs',
  'DescribeTaskDefinition',
  ({ id }) => ({ taskDefinition: id, include: ['TAGS' as const] }),
  ({ taskDefinition, tags = [] }) =>
    taskDefinition === undefined ? missing : { status: taskDefinition.status, copy: copyOf(taskDefinition, tags) },
);

const familyOf = (arn: string): string => arn.replace(/^.*task-definition\//, '').replace(/:\d+$/, '');
const revisionOf = (arn: string): number => Number(arn.split(':').at(-1));

const latest = read(
  'ecs',
  'ListTaskDefinitions',
  ({ id }) => ({ familyPrefix: familyOf(id), status: 'ACTIVE' as const, sort: 'DESC' as const }),
  (out, { id }) => (out.taskDefinitionArns ?? []).filter((arn) => familyOf(arn) === familyOf(id)),
);

/** The newest active revision of the family: what a caller gets who names the family only. */
export const newest = derive({ latest }, ({ latest }) =>
  latest.reduce<string | undefined>(
    (best, one) => (best === undefined || revisionOf(one) > revisionOf(best) ? one : best),
    undefined,
  ),
);

const serviceArns = readPages(
  'ecs',
  'ListServices',
  ({ clusterNames }) => clusterNames.map((cluster) => ({ cluster })),
  (out) => out.serviceArns ?? [],
  lowerNextToken,
  { needs: { clusterNames }, absent: ['ClusterNotFoundException'] },
);

/** Older ARNs of services do not name the cluster: those are looked for in each. */
const mayBeIn = (cluster: string, arn: string): boolean => {
  const [, first, second] = arn.split('/');
  return second === undefined || first === cluster;
};

/** As many as DescribeServices takes. */
const TEN = 10;
const tens = (list: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(list.length / TEN) }, (_, index) => list.slice(index * TEN, (index + 1) * TEN));

const describedServices = readEach(
  'ecs',
  'DescribeServices',
  ({ clusterNames, serviceArns }) =>
    clusterNames.flatMap((cluster) =>
      tens(serviceArns.filter((arn) => mayBeIn(cluster, arn))).map((services) => ({ cluster, services })),
    ),
  (out) => (out.services ?? []).filter(({ status }) => status === 'ACTIVE'),
  { needs: { clusterNames, serviceArns }, absent: ['ClusterNotFoundException'] },
);

const services = derive({ describedServices }, ({ describedServices }) => describedServices.flat());

/** The services that run the revision, with how they are deployed. */
export const users = derive({ services }, ({ services, id }) =>
  services
    .filter(({ taskDefinition }) => taskDefinition === id)
    .map(({ clusterArn, serviceArn, deploymentController }) => ({
      cluster: clusterArn ?? '',
      service: serviceArn ?? '',
      controller: deploymentController?.type ?? 'ECS',
    })),
);

/** How far the deployments are that roll out any revision of the family. */
export const rollouts = derive({ services }, ({ services, id }) =>
  services
    .filter(({ taskDefinition = '' }) => familyOf(taskDefinition) === familyOf(id))
    .flatMap(({ deployments = [] }) => deployments.flatMap(({ rolloutState }) => rolloutState ?? [])),
);

const registered = ids('responseElements.taskDefinition.taskDefinitionArn');
const used = ids('responseElements.service.taskDefinition');
const definitionChanges = {
  'ecs:RegisterTaskDefinition': registered,
  'ecs:DeregisterTaskDefinition': registered,
  'ecs:CreateService': used,
  'ecs:UpdateService': used,
};

/** A revision is judged while it is in play: the newest of its family, or what a service runs. */
function outOfPlay(
  state: { definition: { status?: string | undefined }; newest: string | undefined; users: readonly unknown[] },
  { id }: At,
): Verdict | undefined {
  if (state.definition.status !== 'ACTIVE') return skip(`the revision is ${state.definition.status}`);
  if (state.newest === id || state.users.length > 0) return undefined;
  return skip('a newer revision has taken its place, and no service runs this one');
}

export const isSilent = ({ logConfiguration }: ContainerDefinition): boolean => !logConfiguration?.logDriver;

/** Whether data of a volume travels to EFS in the clear. */
export const isPlain = ({ efsVolumeConfiguration: efs }: Volume): boolean =>
  efs !== undefined && efs.transitEncryption !== 'ENABLED';

const OLD_REVISIONS =
  'Revisions cannot be changed: the fix registers a corrected one and moves the services to it. Judged are the newest active revision of a family and those that services run; deregister older ones when nothing names them any more.';

export const taskDefinitions = detectors(
  resource('AWS::ECS::TaskDefinition', {
    service: 'ecs',
    arn: ({ id }) => id,
    list: readPages(
      'ecs',
      'ListTaskDefinitions',
      () => ({ status: 'ACTIVE' as const }),
      (out) => out.taskDefinitionArns ?? [],
      lowerNextToken,
    ),
    // AWS has no code of its own for a revision that is not there.
    gone: ['ClientException'],
    tags,
  }),
  {
    411: {
      title: 'Every container of a task definition in use has a log driver',
      criticality: 'HIGH',
      on: definitionChanges,
      reads: { definition, newest, users },
      check: (state, at) => {
        const skipped = outOfPlay(state, at);
        if (skipped !== undefined) return skipped;
        const silent = (state.definition.copy.containerDefinitions ?? []).filter(isSilent).map(({ name }) => name);
        return silent.length === 0 ? pass : fail(`${silent.join(', ')} writes no logs anywhere`);
      },
      note: `The sample of the document is a task that sleeps, without roles, ports or secrets: rolled out, it would take the service down. ${OLD_REVISIONS}`,
    },
    466: {
      title: 'Task definition in use reaches EFS over TLS',
      criticality: 'HIGH',
      on: definitionChanges,
      reads: { definition, newest, users },
      check: (state, at) => {
        const { volumes = [] } = state.definition.copy;
        if (!volumes.some(({ efsVolumeConfiguration }) => efsVolumeConfiguration))
          return skip('the task definition has no EFS volumes');
        const skipped = outOfPlay(state, at);
        if (skipped !== undefined) return skipped;
        const plain = volumes.filter(isPlain).map(({ name }) => name);
        return plain.length === 0 ? pass : fail(`the EFS volume ${plain.join(', ')} is mounted without TLS`);
      },
      note: `The walkthrough of the document makes an unrelated task definition, which fixes nothing. ${OLD_REVISIONS}`,
    },
  },
);
