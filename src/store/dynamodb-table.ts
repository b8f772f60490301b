/**
 * The one table of the DynamoDB store, as plain data: the stack, the adapter
 * and the tests all make it from here. Every key is text.
 *
 * - `by-time` lists what is looked up by a moment, oldest first: effects by lane
 *   and when they may be taken, timers by when they come due, findings by state
 *   and last change. Its partitions are few and busy, and need not be split: a
 *   commit moves the head of the audit chain, one item, which lets some tens of
 *   commits a second through; a partition takes 1,000 writes a second.
 * - `by-control` lists findings of a control by last change, `by-account` those
 *   of an account by state and last change.
 *
 * All only lead to keys. What they lead to is read from the table itself.
 */
export const table = {
  keys: { partition: 'pk', sort: 'sk' },
  indexes: [
    { name: 'by-time', partition: 'list', sort: 'at', projected: ['holder'] },
    { name: 'by-control', partition: 'control', sort: 'at', projected: [] },
    { name: 'by-account', partition: 'account', sort: 'standing', projected: [] },
  ],
  /** Seconds since 1970. Only counts, ids of events and of requests, and locks have it. */
  timeToLive: 'expires',
  stream: 'NEW_IMAGE',
  /** What an effect looks like in the stream, and who holds it: workers are woken by those that nobody does. */
  wakes: { entity: 'effect', attributes: { entity: 'entity', lane: 'lane', holder: 'holder' } },
} as const;

/** What CreateTable takes for this table, paid by request. */
export function tableDefinition(name: string) {
  const keys = [table.keys, ...table.indexes].flatMap(({ partition, sort }) => [partition, sort]);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: [...new Set(keys)].map((key) => ({ AttributeName: key, AttributeType: 'S' as const })),
    KeySchema: keySchema(table.keys),
    GlobalSecondaryIndexes: table.indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keySchema(index),
      Projection:
        index.projected.length === 0
          ? { ProjectionType: 'KEYS_ONLY' as const }
          : { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...index.projected] },
    })),
    StreamSpecification: { StreamEnabled: true, StreamViewType: table.stream },
  };
}

function keySchema({ partition, sort }: { readonly partition: string; readonly sort: string }) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
}

/** How to make the table by hand, as commands for a shell. */
export function createTableCommand(name: string): string {
  const ttl = `Enabled=true,AttributeName=${table.timeToLive}`;
  return [
    `aws dynamodb create-table --cli-input-json '${JSON.stringify(tableDefinition(name))}'`,
    `aws dynamodb wait table-exists --table-name ${name}`,
    `aws dynamodb update-time-to-live --table-name ${name} --time-to-live-specification ${ttl}`,
  ].join(' && ');
}
