import { isDeepStrictEqual } from 'node:util';
import type { MetricType, PolicyType } from '@aws-sdk/client-application-auto-scaling';
import { capacities, DYNAMODB, type Scaling, scales, scaling, table, tables } from '../detectors/dynamodb.ts';
import { byHand, call, derive, document, edit, optional, remediations, required } from '../src/control.ts';

const TRACKING: PolicyType = 'TargetTrackingScaling';
const READS: MetricType = 'DynamoDBReadCapacityUtilization';
const WRITES: MetricType = 'DynamoDBWriteCapacityUtilization';

const named = ({ resource, dimension }: Scaling) => ({
  ServiceNamespace: DYNAMODB,
  ResourceId: resource,
  ScalableDimension: dimension,
});

/** The same capacity in another state of the table. */
const twinOf = ({ resource, dimension }: Scaling, others: readonly Scaling[]) =>
  others.find((other) => other.resource === resource && other.dimension === dimension);

/** How all capacities of a table scale. What is there already is not written again. */
const scalingDocument = document(scaling, {
  write: [
    call('application-autoscaling', 'RegisterScalableTarget', (_at, wanted, current) =>
      wanted.flatMap((one) =>
        one.range === undefined || isDeepStrictEqual(one.range, twinOf(one, current)?.range)
          ? []
          : [{ ...named(one), MinCapacity: one.range.least, MaxCapacity: one.range.most }],
      ),
    ),
    call('application-autoscaling', 'PutScalingPolicy', (_at, wanted, current) =>
      wanted.flatMap((one) =>
        one.policies
          .filter((policy) => !twinOf(one, current)?.policies.some((other) => isDeepStrictEqual(other, policy)))
          .map(({ name, configuration }) => ({
            ...named(one),
            PolicyName: name,
            PolicyType: TRACKING,
            TargetTrackingScalingPolicyConfiguration: configuration,
          })),
      ),
    ),
    call(
      'application-autoscaling',
      'DeleteScalingPolicy',
      (_at, wanted, current) =>
        current.flatMap((one) =>
          one.policies
            .filter(({ name }) => !twinOf(one, wanted)?.policies.some((other) => other.name === name))
            .map(({ name }) => ({ ...named(one), PolicyName: name })),
        ),
      { already: ['ObjectNotFoundException'] },
    ),
    call(
      'application-autoscaling',
      'DeregisterScalableTarget',
      (_at, wanted, current) =>
        current.flatMap((one) =>
          one.range !== undefined && twinOf(one, wanted)?.range === undefined ? [named(one)] : [],
        ),
      { already: ['ObjectNotFoundException'] },
    ),
  ],
});

/** The other regions that a global table is in. */
const replicas = derive({ table }, ({ table }) => (table.Replicas ?? []).flatMap(({ RegionName }) => RegionName ?? []));

/** The name that the console gives its policies. */
const trackingPolicy = ({ resource, dimension }: Scaling, TargetValue: number) => {
  const PredefinedMetricType = dimension.endsWith('ReadCapacityUnits') ? READS : WRITES;
  return {
    name: `${PredefinedMetricType}:${resource}`,
    configuration: { TargetValue, PredefinedMetricSpecification: { PredefinedMetricType } },
  };
};

/** The floor that keeps what is provisioned today. */
const AS_IT_IS = 'current';

export const tableRemediations = remediations(tables, {
  396: edit(
    scalingDocument,
    {
      mode: 'approve',
      impact:
        'nothing at once: the range always holds what is provisioned now. From then on the capacity, and with it the bill, follows the traffic up to the maximum. It takes minutes, so steep peaks are throttled as before, and more often with a low floor',
      undo: 'best-effort',
      parameters: {
        maxCapacityUnits: required(
          'Most capacity units that the reads or the writes of a table or index may grow to. It bounds the bill; what has more already is left to a person.',
        ),
        minCapacityUnits: optional(
          'Fewest capacity units to shrink to when there is little traffic, never more than today. "current" keeps what is provisioned now as the floor.',
          AS_IT_IS,
        ),
        targetUtilization: optional('Percentage of the capacity that is to be in use, from 20 to 90.', '70'),
      },
      reads: { capacities, replicas },
      note: 'The document gives console steps only. Ranges and policies that exist stay as they are. Undoing takes away what was added; the capacity stays where the traffic has led it.',
    },
    (current, { id, region, capacities, replicas, parameters }) => {
      if (replicas.length > 0)
        return byHand(
          `the table is replicated to ${replicas.join(', ')}, and its writes must scale alike everywhere: set it for all replicas in one call (aws dynamodb update-table-replica-auto-scaling --table-name ${id} --region ${region})`,
        );
      const most = Number(parameters.maxCapacityUnits);
      if (!Number.isInteger(most) || most < 1)
        return byHand(`maxCapacityUnits is "${parameters.maxCapacityUnits}"; set it to a whole number from 1`);
      const floor = parameters.minCapacityUnits === AS_IT_IS ? most : Number(parameters.minCapacityUnits);
      if (!Number.isInteger(floor) || floor < 1)
        return byHand(`minCapacityUnits is "${parameters.minCapacityUnits}"; set it to a whole number from 1`);
      const utilization = Number(parameters.targetUtilization);
      if (!(utilization >= 20 && utilization <= 90))
        return byHand(`targetUtilization is "${parameters.targetUtilization}"; set it to a percentage from 20 to 90`);
      const paused = current.filter(({ range }) => range?.isSuspended);
      if (paused.length > 0)
        return byHand(
          `somebody has suspended the scaling of ${paused.map(({ resource }) => resource).join(', ')}: find out why, and resume it (aws application-autoscaling register-scalable-target --service-namespace dynamodb --region ${region}, with --suspended-state)`,
        );
      const unscaled = capacities.filter((_, index) => current[index]?.range === undefined);
      const tooLarge = unscaled.find(({ units }) => units > most);
      if (tooLarge !== undefined)
        return byHand(
          `${tooLarge.units} capacity units are provisioned for ${tooLarge.name}, and maxCapacityUnits is ${most}, which would throttle it: set a higher maximum, or scale this table by hand`,
        );
      return current.map((one, index): Scaling => {
        if (scales(one)) return one;
        const { units = most } = capacities[index] ?? {};
        const range = one.range ?? { least: Math.min(floor, units), most, isSuspended: false };
        const policies = one.policies.length > 0 ? one.policies : [trackingPolicy(one, utilization)];
        return { ...one, range, policies };
      });
    },
  ),
});
