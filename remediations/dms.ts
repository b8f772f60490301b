import type { ReplicationInstance, ReplicationTask } from '@aws-sdk/client-database-migration-service';
import { nextPage, replicationInstance, replicationInstances, tags } from '../detectors/dms.ts';
import { inOrder } from '../detectors/in-order.ts';
import { pendingIn } from '../detectors/pending.ts';
import {
  byHand,
  call,
  concrete,
  derive,
  document,
  edit,
  type GuideLine,
  guide,
  readPages,
  remediations,
  steps,
  until,
} from '../src/control.ts';
import { isInWindow } from './maintenance-window.ts';
import { nextName, ownTagsOf } from './twin.ts';

/** Why an instance is left alone for now. */
const whyBusy = ({ ReplicationInstanceStatus: status }: ReplicationInstance): string | undefined =>
  status === 'available'
    ? undefined
    : `the instance is ${status ?? 'in an unknown state'}, and AWS changes only one that is available: plan again then`;

function whyNoStandby(instance: ReplicationInstance, region: string): string | undefined {
  const busy = whyBusy(instance);
  if (busy !== undefined) return busy;
  const waiting = pendingIn(instance.PendingModifiedValues);
  if (waiting.length > 0)
    return `changes wait for the maintenance window ${instance.PreferredMaintenanceWindow ?? ''} (${waiting.join(', ')}) and would happen at once with this one, which can stop tasks: let them happen, then plan again`;
  const { ReplicationSubnetGroupIdentifier: group, Subnets = [] } = instance.ReplicationSubnetGroup ?? {};
  const zones = new Set(Subnets.flatMap(({ SubnetAvailabilityZone }) => SubnetAvailabilityZone?.Name ?? []));
  return zones.size === 1
    ? `all subnets of its subnet group ${group} are in ${[...zones].join()}, and a standby needs another zone: add a subnet there (aws dms modify-replication-subnet-group --replication-subnet-group-identifier ${group} --region ${region}, with the subnets that it has), and plan again`
    : undefined;
}

const standby = derive({ replicationInstance }, ({ region, replicationInstance }) => ({
  multiAz: replicationInstance.MultiAZ === true,
  status: replicationInstance.ReplicationInstanceStatus,
  obstacle: whyNoStandby(replicationInstance, region),
}));

const automatic = derive(
  { replicationInstance },
  ({ replicationInstance }) => replicationInstance.AutoMinorVersionUpgrade === true,
);

// ApplyImmediately would also apply whatever waits for the maintenance window: it is not sent.
const upgradeDocument = document(automatic, {
  write: call('dms', 'ModifyReplicationInstance', ({ id }, AutoMinorVersionUpgrade) => ({
    ReplicationInstanceArn: id,
    AutoMinorVersionUpgrade,
  })),
});

/** What AWS may still be doing when the window begins. */
const MINUTES_BEFORE = 30;

const everyTask = readPages(
  'dms',
  'DescribeReplicationTasks',
  ({ id }) => ({ Filters: [{ Name: 'replication-instance-arn', Values: [id] }], WithoutSettings: true }),
  (out) => out.ReplicationTasks ?? [],
  nextPage,
  { absent: ['ResourceNotFoundFault'] },
);
/** The tasks of an instance, without their settings and progress. */
const tasks = derive({ everyTask }, ({ everyTask }) =>
  inOrder(everyTask, ({ ReplicationTaskIdentifier = '' }) => ReplicationTaskIdentifier),
);

/** The new instance: all that the old one has, but for the public address. */
function privateTwin(instance: ReplicationInstance, tagged: Readonly<Record<string, string>>) {
  const { ReplicationInstanceIdentifier: name = '', VpcSecurityGroups = [], ReplicationSubnetGroup } = instance;
  const { AvailabilityZone, DnsNameServers, EngineVersion, KerberosAuthenticationSettings, NetworkType } = instance;
  const { AllocatedStorage, KmsKeyId, PreferredMaintenanceWindow } = instance;
  const groups = VpcSecurityGroups.flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []);
  const own = ownTagsOf(tagged);
  return concrete('dms', 'CreateReplicationInstance', {
    ReplicationInstanceIdentifier: nextName(name, 63),
    ReplicationInstanceClass: instance.ReplicationInstanceClass,
    PubliclyAccessible: false,
    ...(AllocatedStorage ? { AllocatedStorage } : {}),
    ...(EngineVersion ? { EngineVersion } : {}),
    ReplicationSubnetGroupIdentifier: ReplicationSubnetGroup?.ReplicationSubnetGroupIdentifier,
    ...(groups.length > 0 ? { VpcSecurityGroupIds: groups } : {}),
    // AWS takes a zone only for an instance that has no standby.
    ...(instance.MultiAZ ? { MultiAZ: true } : { MultiAZ: false, ...(AvailabilityZone ? { AvailabilityZone } : {}) }),
    AutoMinorVersionUpgrade: instance.AutoMinorVersionUpgrade ?? true,
    ...(PreferredMaintenanceWindow ? { PreferredMaintenanceWindow } : {}),
    ...(KmsKeyId ? { KmsKeyId } : {}),
    ...(DnsNameServers ? { DnsNameServers } : {}),
    ...(NetworkType ? { NetworkType } : {}),
    ...(KerberosAuthenticationSettings ? { KerberosAuthenticationSettings } : {}),
    ...(own.length > 0 ? { Tags: own } : {}),
  });
}

const NEW_INSTANCE = '<arn-of-the-new-instance>';

/** How one task gets to the new instance, and goes on there from where it was. */
function moveLines({ ReplicationTaskArn: arn, ...task }: ReplicationTask, region: string): GuideLine[] {
  const { ReplicationTaskIdentifier: name, Status: status = 'in an unknown state', MigrationType: type } = task;
  const isRunning = status === 'running' || status === 'starting';
  const move = {
    text: `Task ${name}: move it, and wait until it is no longer "moving" (aws dms describe-replication-tasks --filters Name=replication-task-arn,Values=${arn} --without-settings --region ${region}).`,
    call: concrete('dms', 'MoveReplicationTask', {
      ReplicationTaskArn: arn,
      TargetReplicationInstanceArn: NEW_INSTANCE,
    }),
  };
  if (!isRunning) return [{ ...move, text: `${move.text} It is ${status}: it stays so, do not start it.` }];
  const whileLoading =
    type === 'cdc' ? '' : ' If it is still loading tables, wait for that: tables half loaded start again.';
  return [
    {
      text: `Task ${name} (${type}) is ${status}: stop it.${whileLoading} Then aws dms wait replication-task-stopped --filters Name=replication-task-arn,Values=${arn} --region ${region}`,
      call: concrete('dms', 'StopReplicationTask', { ReplicationTaskArn: arn }),
    },
    move,
    {
      text: `Task ${name}: go on from where it stopped. Any other type of start would load everything again.`,
      call: concrete('dms', 'StartReplicationTask', {
        ReplicationTaskArn: arn,
        StartReplicationTaskType: 'resume-processing',
      }),
    },
  ];
}

export const replicationInstanceRemediations = remediations(replicationInstances, {
  329: guide(
    {
      impact:
        'each running task pauses while it is moved; databases and firewalls that know the instance by its public address must let the new one in before. Two instances are paid for meanwhile',
      reads: { replicationInstance, tasks, tags },
      note: 'Whether an instance is public is fixed when it is made. The runbook moves the tasks, each with its position, and deletes the public instance last.',
    },
    ({ id, region, replicationInstance, tasks, tags }) => {
      const {
        ReplicationInstanceIdentifier: name = id,
        ReplicationSubnetGroup,
        VpcSecurityGroups,
      } = replicationInstance;
      const addresses = replicationInstance.ReplicationInstancePublicIpAddresses ?? [];
      const groups = (VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []);
      const { ReplicationSubnetGroupIdentifier: subnets, VpcId } = ReplicationSubnetGroup ?? {};
      const endpoints = [
        ...new Set(tasks.flatMap(({ SourceEndpointArn, TargetEndpointArn }) => [SourceEndpointArn, TargetEndpointArn])),
      ].flatMap((arn) => arn ?? []);
      return [
        {
          text: `${name} (${replicationInstance.ReplicationInstanceClass}, engine ${replicationInstance.EngineVersion}, ${VpcId}) runs ${tasks.length === 0 ? 'no task' : `${tasks.length} task${tasks.length > 1 ? 's' : ''}: ${tasks.map(({ ReplicationTaskIdentifier, Status }) => `${ReplicationTaskIdentifier} (${Status})`).join(', ')}`}. Save what is there: aws dms describe-replication-instances --filters Name=replication-instance-arn,Values=${id} --region ${region}, and aws dms describe-replication-tasks --filters Name=replication-instance-arn,Values=${id} --region ${region}`,
        },
        {
          text: `Until the move is done, keep the internet out: the instance opens connections and takes none, so ${groups.length > 0 ? groups.join(', ') : 'its security group'} needs no rule for what comes in. Look first who else uses the group.`,
        },
        {
          text: `Find everyone who lets in ${addresses.length > 0 ? addresses.join(', ') : 'its public address'}: security groups, firewalls and pg_hba.conf of sources and targets. Let the new instance in by its security group, its private address, or the address of the NAT gateway that it goes out through.`,
        },
        {
          text: `The new instance needs private ways to all endpoints: subnets with a route to them (peering, VPN, Direct Connect, NAT), and VPC endpoints for S3, DynamoDB, Kinesis, OpenSearch, Redshift and Secrets Manager where tasks use these. If the subnets of ${subnets} lead out through an internet gateway only, make another subnet group of private ones in two zones (aws dms create-replication-subnet-group --region ${region}), and name that.`,
        },
        {
          text: `Make the new instance. Its engine must not be older than that of ${name}: where AWS no longer offers the version, take a later one (aws dms describe-orderable-replication-instances --region ${region}). Then aws dms wait replication-instance-available --filters Name=replication-instance-arn,Values=${NEW_INSTANCE} --region ${region}`,
          call: privateTwin(replicationInstance, tags),
        },
        ...endpoints.map((EndpointArn) => ({
          text: `Try ${EndpointArn} from the new instance; aws dms describe-connections --filters Name=endpoint-arn,Values=${EndpointArn} --region ${region} must say "successful" before any task moves.`,
          call: concrete('dms', 'TestConnection', { ReplicationInstanceArn: NEW_INSTANCE, EndpointArn }),
        })),
        ...tasks.flatMap((task) => moveLines(task, region)),
        {
          text: `Check: tasks run, tables have no errors (aws dms describe-table-statistics --replication-task-arn <task-arn> --region ${region}), CDCLatencySource and CDCLatencyTarget come down. Alarms, dashboards and event subscriptions name ${name}: lead them to the new one, whose logs are in dms-tasks-${nextName(name, 63)}. To go back, stop a task and move it to ${name} again, if its engine is as new.`,
        },
        {
          text: `When nothing is missing after some days, delete the public instance. AWS refuses while a task is left on it.`,
          call: concrete('dms', 'DeleteReplicationInstance', { ReplicationInstanceArn: id }),
        },
      ];
    },
  ),

  489: steps(
    {
      mode: 'approve',
      impact:
        'a standby is made beside the instance, and tasks go on. Instance and storage cost about twice as much, and writing to both zones takes a little longer',
      reads: { standby },
      note: 'The change applies at once, which would also apply every other one that waits for the maintenance window: while there is one, nothing is planned. Without that, as in the command of the document, nothing happens before the window, and the finding stays.',
    },
    ({ step }) => [
      step(
        'standby',
        call('dms', 'ModifyReplicationInstance', ({ id }) => ({
          ReplicationInstanceArn: id,
          MultiAZ: true,
          ApplyImmediately: true,
        })),
        {
          repeat: 'safe',
          undo: call('dms', 'ModifyReplicationInstance', ({ id, standby }) => ({
            ReplicationInstanceArn: id,
            MultiAZ: standby.multiAz,
            ApplyImmediately: true,
          })),
          until: until(standby, ({ multiAz, status }) => multiAz && status === 'available'),
        },
      ),
    ],
    ({ standby }) =>
      standby.obstacle === undefined ? { standby: { ...standby, multiAz: true } } : byHand(standby.obstacle),
  ),

  490: edit(
    upgradeDocument,
    {
      mode: 'auto',
      impact: 'none at once; minor versions are installed in the maintenance window, where running tasks pause for it',
      reads: { replicationInstance },
      note: 'Switched on within the maintenance window, AWS may upgrade at once and stop tasks: then, and half an hour before, Redress waits. Changes that wait for the window are left alone. A version that was installed by then stays after an undo.',
    },
    (_, { replicationInstance, now }) => {
      const busy = whyBusy(replicationInstance);
      if (busy !== undefined) return byHand(busy);
      const { PreferredMaintenanceWindow: window } = replicationInstance;
      return isInWindow(window, now, MINUTES_BEFORE)
        ? byHand(
            `its maintenance window ${window} is now or soon, and an upgrade could start at once: plan again after it`,
          )
        : true;
    },
  ),
});
