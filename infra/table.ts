import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { table as definition } from '../src/store/dynamodb-table.ts';

export const TABLE_NAME = 'redress-state';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** The one table of the store, as src/store/dynamodb-table.ts says. It outlives its stack. */
export function stateTable(stack: Stack, key: IKey): Table {
  const table = new Table(stack, 'State', {
    tableName: TABLE_NAME,
    partitionKey: text(definition.keys.partition),
    sortKey: text(definition.keys.sort),
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: key,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: definition.timeToLive,
    stream: StreamViewType[definition.stream],
    deletionProtection: true,
    // Kept even when its first deployment fails: CloudFormation cannot delete what is protected.
    removalPolicy: RemovalPolicy.RETAIN,
  });
  for (const { name, partition, sort, projected } of definition.indexes) {
    table.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: text(partition),
      sortKey: text(sort),
      ...(projected.length === 0
        ? { projectionType: ProjectionType.KEYS_ONLY }
        : { projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...projected] }),
    });
  }
  return table;
}

/** The ARNs of the indexes, each by its name. */
export const indexArns = (table: Table): string[] =>
  definition.indexes.map(({ name }) => `${table.tableArn}/index/${name}`);
