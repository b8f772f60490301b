import type { ReplicationInstance } from '@aws-sdk/client-database-migration-service';
import {
  derive,
  detectors,
  fail,
  ids,
  only,
  pass,
  read,
  readEach,
  readPages,
  resource,
  skip,
  tagsFrom,
  through,
  type Verdict,
} from '../src/control.ts';

/** DMS pages by `Marker` alone, without saying whether there is more. */
export const nextPage = ({ Marker }: { readonly Marker?: string | undefined }) => (Marker ? { Marker } : undefined);

export const replicationInstance = read(
  'dms',
  'DescribeReplicationInstances',
  ({ id }) => ({ Filters: [{ Name: 'replication-instance-arn', Values: [id] }] }),
  (out) => only(out.ReplicationInstances),
);

export const tags = read(
  'dms',
  'ListTagsForResource',
  ({ id }) => ({ ResourceArn: id }),
  (out) => tagsFrom(out.TagList),
);

const isArn = (id: string): boolean => id.startsWith('arn:');
const namesakes = readEach(
  'dms',
  'DescribeReplicationInstances',
  ({ id }) => (isArn(id) ? [] : [{ Filters: [{ Name: 'replication-instance-id', Values: [id.toLowerCase()] }] }]),
  (out) => out.ReplicationInstances?.[0]?.ReplicationInstanceArn,
  { absent: ['ResourceNotFoundFault'] },
);
/** The ARN of an instance that an event may know by its name only. */
const byName = derive({ namesakes }, ({ id, namesakes }) => (isArn(id) ? [id] : namesakes.flatMap((arn) => arn ?? [])));

const created = {
  'dms:CreateReplicationInstance': through(
    byName,
    ids(
      'responseElements.replicationInstance.replicationInstanceArn',
      'requestParameters.replicationInstanceIdentifier',
    ),
  ),
  'dms:DeleteReplicationInstance': ids('requestParameters.replicationInstanceArn'),
};
const changed = { ...created, 'dms:ModifyReplicationInstance': ids('requestParameters.replicationInstanceArn') };

/** Judges an instance that is there, and says why another is not. */
function unless(
  states: readonly string[],
  { ReplicationInstanceStatus: status = 'unknown' }: ReplicationInstance,
  judge: () => Verdict,
): Verdict {
  return states.includes(status) ? skip(`the instance is ${status}`) : judge();
}

const NEVER = ['deleting', 'deleted', 'failed'];
const NOT_YET = [...NEVER, 'creating'];

export const replicationInstances = detectors(
  resource('AWS::DMS::ReplicationInstance', {
    service: 'dms',
    arn: ({ id }) => id,
    list: readPages(
      'dms',
      'DescribeReplicationInstances',
      () => ({}),
      (out) => (out.ReplicationInstances ?? []).flatMap(({ ReplicationInstanceArn }) => ReplicationInstanceArn ?? []),
      nextPage,
    ),
    gone: ['ResourceNotFoundFault'],
    tags,
  }),
  {
    329: {
      title: 'DMS replication instance has no public address',
      criticality: 'HIGH',
      on: created,
      reads: { replicationInstance },
      check: ({ replicationInstance }) =>
        unless(NEVER, replicationInstance, () =>
          replicationInstance.PubliclyAccessible === false ? pass : fail('the instance has a public address'),
        ),
      note: 'Fixed when an instance is made, and public unless one says otherwise. The document makes a second instance and leaves the tasks on the first: the finding stays.',
    },
    489: {
      title: 'DMS replication instance has a standby in another zone',
      criticality: 'MEDIUM',
      on: changed,
      reads: { replicationInstance },
      check: ({ replicationInstance }) =>
        unless(NOT_YET, replicationInstance, () => {
          const { MultiAZ, PendingModifiedValues, PreferredMaintenanceWindow } = replicationInstance;
          if (MultiAZ === true) return pass;
          return PendingModifiedValues?.MultiAZ === true
            ? skip(`the standby is on its way (maintenance window ${PreferredMaintenanceWindow ?? 'unknown'})`)
            : fail('the instance runs in one zone only');
        }),
      note: 'A standby that waits for the maintenance window does not fail; the next sweep looks again. Serverless replications have no instance and are not judged.',
    },
    490: {
      title: 'DMS replication instance takes minor versions by itself',
      criticality: 'MEDIUM',
      on: changed,
      reads: { replicationInstance },
      check: ({ replicationInstance }) =>
        unless(NOT_YET, replicationInstance, () =>
          replicationInstance.AutoMinorVersionUpgrade === true
            ? pass
            : fail('minor versions are not installed by themselves'),
        ),
      note: 'The remark about pending changes is that of 489: this setting never waits for the maintenance window.',
    },
  },
);
