import type {
  ScalableDimension,
  ServiceNamespace,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import type { TableDescription } from '@aws-sdk/client-dynamodb';
import {
  derive,
  detectors,
  fail,
  idsAs,
  missing,
  nextToken,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
} from '../src/control.ts';
import { inOrder } from './in-order.ts';

export const DYNAMODB: ServiceNamespace = 'dynamodb';

export const table = read(
  'dynamodb',
  'DescribeTable',
  ({ id }) => ({ TableName: id }),
  (out) => out.Table ?? missing,
);

/** Reads or writes, of a table or of one of its global secondary indexes. */
interface Capacity {
  /** As Application Auto Scaling names it: `table/orders`, `table/orders/index/by-date`. */
  readonly resource: string;
  readonly dimension: ScalableDimension;
  /** As people say it: "writes of index by-date". */
  readonly name: string;
  /** What is provisioned now. It follows the traffic once it scales. */
  readonly units: number;
}

/** A table says nothing of its mode before it was on demand for the first time. */
const isOnDemand = ({ BillingModeSummary }: TableDescription): boolean =>
  BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST';

function capacitiesOf(
  kind: 'table' | 'index',
  resource: string,
  name: string,
  provisioned: TableDescription['ProvisionedThroughput'],
): readonly Capacity[] {
  const { ReadCapacityUnits = 0, WriteCapacityUnits = 0 } = provisioned ?? {};
  return [
    { resource, dimension: `dynamodb:${kind}:ReadCapacityUnits`, name: `reads of ${name}`, units: ReadCapacityUnits },
    {
      resource,
      dimension: `dynamodb:${kind}:WriteCapacityUnits`,
      name: `writes of ${name}`,
      units: WriteCapacityUnits,
    },
  ];
}

/** Every capacity of a table that somebody provisioned. A table on demand has none. */
export const capacities = derive({ table }, ({ id, table }): readonly Capacity[] =>
  isOnDemand(table)
    ? []
    : [
        ...capacitiesOf('table', `table/${id}`, 'the table', table.ProvisionedThroughput),
        ...inOrder(table.GlobalSecondaryIndexes ?? [], ({ IndexName = '' }) => IndexName).flatMap(
          ({ IndexName = '', ProvisionedThroughput }) =>
            capacitiesOf('index', `table/${id}/index/${IndexName}`, `index ${IndexName}`, ProvisionedThroughput),
        ),
      ],
);

const scalable = derive({ capacities }, ({ capacities }) => [...new Set(capacities.map(({ resource }) => resource))]);

const targets = readPages(
  'application-autoscaling',
  'DescribeScalableTargets',
  ({ scalable }) => (scalable.length === 0 ? [] : [{ ServiceNamespace: DYNAMODB, ResourceIds: scalable }]),
  (out) => out.ScalableTargets ?? [],
  nextToken,
  { needs: { scalable } },
);
const policies = readPages(
  'application-autoscaling',
  'DescribeScalingPolicies',
  ({ scalable }) => scalable.map((ResourceId) => ({ ServiceNamespace: DYNAMODB, ResourceId })),
  (out) => out.ScalingPolicies ?? [],
  nextToken,
  { needs: { scalable } },
);

/** How one capacity scales: within which range, and by which policies. */
export interface Scaling extends Pick<Capacity, 'resource' | 'dimension'> {
  readonly range: { readonly least: number; readonly most: number; readonly isSuspended: boolean } | undefined;
  readonly policies: readonly {
    readonly name: string;
    readonly configuration: TargetTrackingScalingPolicyConfiguration;
  }[];
}

export const scaling = derive({ capacities, targets, policies }, ({ capacities, targets, policies }) =>
  capacities.map(({ resource, dimension }): Scaling => {
    const isOwn = (one: { ResourceId?: string | undefined; ScalableDimension?: string | undefined }): boolean =>
      one.ResourceId === resource && one.ScalableDimension === dimension;
    const target = targets.find(isOwn);
    const { DynamicScalingInSuspended, DynamicScalingOutSuspended } = target?.SuspendedState ?? {};
    return {
      resource,
      dimension,
      range: target && {
        least: target.MinCapacity ?? 0,
        most: target.MaxCapacity ?? 0,
        isSuspended: DynamicScalingInSuspended === true || DynamicScalingOutSuspended === true,
      },
      policies: inOrder(
        policies
          .filter(isOwn)
          .flatMap(({ PolicyName, TargetTrackingScalingPolicyConfiguration: configuration }) =>
            PolicyName === undefined || configuration === undefined ? [] : [{ name: PolicyName, configuration }],
          ),
      ),
    };
  }),
);

/** A range without a policy does not scale, and no policy does without a range. */
export const scales = ({ range, policies }: Scaling): boolean =>
  range !== undefined && !range.isSuspended && policies.length > 0;

const nameIn = (path: string) => idsAs((id) => id.replace(/^arn:.*:table\//, ''), path);
const named = nameIn('requestParameters.tableName');
const restored = nameIn('requestParameters.targetTableName');
// EC2 Auto Scaling shares the source, and PutScalingPolicy the name: its requests hold no resourceId.
const scaled = idsAs((id) => /^table\/([^/]+)/.exec(id)?.[1] ?? '', 'requestParameters.resourceId');

export const tables = detectors(
  resource('AWS::DynamoDB::Table', {
    service: 'dynamodb',
    arn: ({ partition, region, account, id }) => `arn:${partition}:dynamodb:${region}:${account}:table/${id}`,
    list: readPages(
      'dynamodb',
      'ListTables',
      () => ({}),
      (out) => out.TableNames ?? [],
      ({ LastEvaluatedTableName }) =>
        LastEvaluatedTableName ? { ExclusiveStartTableName: LastEvaluatedTableName } : undefined,
    ),
    gone: ['ResourceNotFoundException'],
    // A table has at most fifty tags, which fit on one page.
    tags: read(
      'dynamodb',
      'ListTagsOfResource',
      ({ arn }) => ({ ResourceArn: arn }),
      (out) => tagsFrom(out.Tags),
    ),
  }),
  {
    396: {
      title: 'DynamoDB table scales its provisioned capacity by itself',
      criticality: 'MEDIUM',
      on: {
        'dynamodb:CreateTable': named,
        'dynamodb:UpdateTable': named,
        'dynamodb:DeleteTable': named,
        'dynamodb:UpdateTableReplicaAutoScaling': named,
        'dynamodb:ImportTable': nameIn('requestParameters.tableCreationParameters.tableName'),
        'dynamodb:RestoreTableFromBackup': restored,
        'dynamodb:RestoreTableToPointInTime': restored,
        'autoscaling:RegisterScalableTarget': scaled,
        'autoscaling:DeregisterScalableTarget': scaled,
        'autoscaling:PutScalingPolicy': scaled,
        'autoscaling:DeleteScalingPolicy': scaled,
      },
      reads: { table, capacities, scaling },
      check: ({ table, capacities, scaling }) => {
        if (table.TableStatus !== 'ACTIVE')
          return skip(`the table is ${table.TableStatus?.toLowerCase().replaceAll('_', ' ') ?? 'in an unknown state'}`);
        if (isOnDemand(table)) return skip('it is paid by request, and has no capacity that could scale');
        const fixed = capacities.filter((_, index) => scaling[index] === undefined || !scales(scaling[index]));
        return fixed.length === 0 ? pass : fail(`no auto scaling of ${fixed.map(({ name }) => name).join(', ')}`);
      },
      note: 'Tables on demand are skipped: the console steps of the document would turn them into provisioned ones, which throttle. Global secondary indexes count, as they have a capacity of their own, and one that runs out holds up the writes of the table. A range without a policy, or whose scaling is suspended, does not scale.',
    },
  },
);
