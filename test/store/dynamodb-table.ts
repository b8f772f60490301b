import { afterAll, beforeAll } from 'vitest';
import { openDynamoDbStore } from '../../src/store/dynamodb.ts';
import { tableDefinition } from '../../src/store/dynamodb-table.ts';
import type { Store } from '../../src/store/port.ts';
import { type LocalDynamo, startDynalite } from './dynalite.ts';

/** A DynamoDB for the tests of one file, and stores on tables of it. */
export interface Tables {
  readonly local: () => LocalDynamo;
  /** Makes a table, and says its name. */
  readonly create: () => Promise<string>;
  readonly store: (table: string) => Store;
}

/** Starts a DynamoDB before the tests of this file, and stops it after them. */
export function useTables(): Tables {
  let running: LocalDynamo | undefined;
  let tables = 0;
  beforeAll(async () => {
    running = await startDynalite();
  });
  afterAll(() => running?.stop());
  const local = (): LocalDynamo => {
    if (running === undefined) throw new Error('a table before the tests have begun');
    return running;
  };
  return {
    local,
    create: async () => {
      tables += 1;
      const client = local().client();
      await client.createTable(tableDefinition(`redress-${tables}`));
      client.destroy();
      return `redress-${tables}`;
    },
    store: (table) => openDynamoDbStore({ table, client: local().client() }),
  };
}
