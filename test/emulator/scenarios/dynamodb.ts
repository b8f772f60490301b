import {
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CreateTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

const capacity = (ReadCapacityUnits: number, WriteCapacityUnits: number) => ({ ReadCapacityUnits, WriteCapacityUnits });

async function makeTable({ dynamodb }: Aws, TableName: string) {
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      ProvisionedThroughput: capacity(20, 10),
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'day', AttributeType: 'S' },
      ],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-day',
          KeySchema: [{ AttributeName: 'day', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
          ProvisionedThroughput: capacity(4, 3),
        },
      ],
    }),
  );
}

/** Reads of a table that scale already, in a manner of their own. */
async function scaleReads({ 'application-autoscaling': autoscaling }: Aws, table: string) {
  const name = {
    ...{ ServiceNamespace: 'dynamodb' as const, ResourceId: `table/${table}` },
    ScalableDimension: 'dynamodb:table:ReadCapacityUnits' as const,
  };
  await autoscaling.send(new RegisterScalableTargetCommand({ ...name, MinCapacity: 5, MaxCapacity: 15 }));
  await autoscaling.send(
    new PutScalingPolicyCommand({
      ...{ ...name, PolicyName: 'calm', PolicyType: 'TargetTrackingScaling' },
      TargetTrackingScalingPolicyConfiguration: {
        ...{ TargetValue: 40, ScaleInCooldown: 900 },
        PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBReadCapacityUtilization' },
      },
    }),
  );
}

async function state({ dynamodb, 'application-autoscaling': autoscaling }: Aws, TableName: string) {
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
  const ServiceNamespace = 'dynamodb';
  const { ScalableTargets = [] } = await autoscaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace }));
  const { ScalingPolicies = [] } = await autoscaling.send(new DescribeScalingPoliciesCommand({ ServiceNamespace }));
  return {
    table: Table,
    targets: ScalableTargets.map(
      ({ ResourceId, ScalableDimension, MinCapacity, MaxCapacity }) =>
        `${ResourceId} ${ScalableDimension} ${MinCapacity}-${MaxCapacity}`,
    ).sort(),
    policies: ScalingPolicies.map(
      ({ PolicyName, ScalableDimension, TargetTrackingScalingPolicyConfiguration: tracking }) =>
        `${PolicyName} ${ScalableDimension} ${tracking?.TargetValue}`,
    ).sort(),
  };
}

const TABLE = 'table/orders';
const INDEX = 'table/orders/index/by-day';

export const dynamodb = [
  scenario({
    control: 396,
    arrange: async (aws) => {
      await makeTable(aws, 'carts');
      await scaleReads(aws, 'carts');
      await makeTable(aws, 'orders');
      await scaleReads(aws, 'orders');
      const created = event('dynamodb:CreateTable', { tableName: 'orders' }, { by: terraform });
      return { id: 'orders', event: created, parameters: { maxCapacityUnits: '200', minCapacityUnits: '8' } };
    },
    state,
    expected: (before) => ({
      ...before,
      targets: [
        ...before.targets,
        `${TABLE} dynamodb:table:WriteCapacityUnits 8-200`,
        `${INDEX} dynamodb:index:ReadCapacityUnits 4-200`,
        `${INDEX} dynamodb:index:WriteCapacityUnits 3-200`,
      ].sort(),
      policies: [
        ...before.policies,
        `DynamoDBWriteCapacityUtilization:${TABLE} dynamodb:table:WriteCapacityUnits 70`,
        `DynamoDBReadCapacityUtilization:${INDEX} dynamodb:index:ReadCapacityUnits 70`,
        `DynamoDBWriteCapacityUtilization:${INDEX} dynamodb:index:WriteCapacityUnits 70`,
      ].sort(),
    }),
  }),
];
