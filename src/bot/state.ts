import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { MayLose } from '../store/libsql.ts';
import type { Store } from '../store/port.ts';

/** The folder of the embedded store. */
export const stateFolder = (config: Pick<Config, 'stateFolder'>): string =>
  process.env.REDRESS_STATE ?? config.stateFolder;

/**
 * Opens the store that the configuration names: the table, else the embedded
 * one, making its folder when there is none.
 *
 * @throws StoreError when it cannot be opened
 */
export async function openState(config: Config, mayLose: MayLose = 'nothing'): Promise<Store> {
  if (config.store !== undefined) {
    const [{ openDynamoDbStore }, { createDynamoDbClient }] = await Promise.all([
      import('../store/dynamodb.ts'),
      import('../aws/dynamodb-client.ts'),
    ]);
    return openDynamoDbStore({ table: config.store.table, client: await createDynamoDbClient() });
  }
  const { openLibsqlStore } = await import('../store/libsql.ts');
  return openLibsqlStore(join(stateFolder(config), 'redress.db'), mayLose);
}
