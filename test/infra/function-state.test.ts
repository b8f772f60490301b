import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hubName } from '../../infra/names.ts';
import { defaultConfig } from '../../src/config.ts';
import type { Store } from '../../src/store/port.ts';
import { remember } from '../../src/sweep/remember.ts';
import { handOver } from '../../src/workflow/inbox.ts';
import { useTables } from '../store/dynamodb-table.ts';
import { listOf, type Part, reader, stacks } from './stacks.ts';

/**
 * The intake and the endpoint of Slack stand where strangers send to. Their
 * roles let them write one kind of item each: compared here with what their
 * code asks of a table.
 */

const tables = useTables();
const now = () => new Date('2026-11-24T03:00:00.000Z');
const inHub = reader(stacks().hub);

const statementsOf = (name: Parameters<typeof hubName>[0]): readonly Part[] =>
  inHub('AWS::IAM::Role')
    .filter(({ properties }) => properties.RoleName === hubName(name))
    .flatMap(({ properties }) => listOf<Part>(properties.Policies))
    .flatMap(({ PolicyDocument }) => listOf<Part>(PolicyDocument.Statement))
    .filter(({ Action }) => listOf<string>(Action).some((action) => action.startsWith('dynamodb:')));

let store: Store;
const asked: { readonly operation: string; readonly partitions: readonly string[] }[] = [];

beforeAll(async () => {
  const table = await tables.create();
  tables.local().intercept = (operation, body) => {
    const partitions = [...body.matchAll(/"pk":\{"S":"([^"]+)"\}/g)].map(([, pk = '']) => pk);
    asked.push({ operation, partitions });
    return undefined;
  };
  store = tables.store(table);
});
afterAll(() => store.close());

describe.each([
  ['slack', () => handOver({ store, now }, { kind: 'click', by: 'U1' })],
  ['intake', () => remember(store, defaultConfig, ['event-1', 'event-2'], now())],
] as const)('what %s does to the table', (name, step) => {
  it('is all that its role lets it do', async () => {
    asked.length = 0;
    await step();
    expect(asked.length).toBeGreaterThan(0);
    const statements = statementsOf(name);
    expect(statements).toHaveLength(1);
    const [{ Action, Condition }] = [statements[0]];
    const [prefix, ...others] = Condition['ForAllValues:StringLike']['dynamodb:LeadingKeys'];
    expect(others).toEqual([]);
    // A request without keys would fulfil "for all".
    expect(Condition.Null).toEqual({ 'dynamodb:LeadingKeys': 'false' });
    for (const { operation, partitions } of asked) {
      expect(`dynamodb:${operation}`).toBe(Action);
      expect(partitions.length).toBeGreaterThan(0);
      for (const partition of partitions) expect(partition.startsWith(prefix.replace('*', ''))).toBe(true);
    }
    expect(prefix).toMatch(/^\w+#.*\*$/);
  });
});
