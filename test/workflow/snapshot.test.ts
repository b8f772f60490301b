import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stateNames } from '../../src/workflow/finding.ts';
import {
  machineVersion,
  migrations,
  restore,
  type SavedMachine,
  save,
  UnknownMachineError,
} from '../../src/workflow/snapshot.ts';
import { restingStates, step } from '../../src/workflow/step.ts';

/** One file per version of the machine that was ever released, with a machine in every state. Never change one. */
const folder = join(import.meta.dirname, 'fixtures');
const at = '2026-11-23T10:00:00.000Z';

const fixtures = readdirSync(folder).map((file): { version: number; states: Record<string, SavedMachine> } => ({
  version: Number(/^machine-(\d+)\.json$/.exec(file)?.[1]),
  states: JSON.parse(readFileSync(join(folder, file), 'utf8')),
}));
const every = fixtures.flatMap(({ version, states }) =>
  Object.entries(states).map(([name, saved]) => ({ version, name, saved })),
);

test('there is a fixture for every version, and a migration between any two', () => {
  expect(fixtures.map(({ version }) => version).sort()).toEqual(
    Array.from({ length: machineVersion }, (_, index) => index + 1),
  );
  expect(migrations).toHaveLength(machineVersion - 1);
});

test('the fixture of this version has every state that a finding can rest in', () => {
  const { states } = fixtures.find(({ version }) => version === machineVersion) ?? { states: {} };
  expect(Object.keys(states).sort()).toEqual(stateNames.filter((name) => name !== 'planned').sort());
});

test.each(every)('version $version, $name: is understood and goes on', ({ version, name, saved }) => {
  expect(saved.version).toBe(version);
  const state = restore(saved);
  const late = step(state, { type: 'timeout', at, of: state.value });
  expect(late.through.length > 0).toBe(!restingStates.includes(state.value));
  const exempt = step(state, { type: 'exempt', at, by: 'alice', because: 'accepted', until: at });
  const busy = ['applying', 'verifying', 'rollingBack'].includes(name);
  expect(exempt.value).toBe(busy ? state.value : 'exempted');
  expect(restore(save(late))).toEqual({ value: late.value, context: late.context });
});

test('a machine of a newer version is left alone', () => {
  const [one] = every;
  if (one === undefined) throw new Error('no fixture');
  expect(() => restore({ ...one.saved, version: machineVersion + 1 })).toThrow(UnknownMachineError);
});

test('a state that nobody knows is no crash of the process but an error that names it', () => {
  const text = JSON.stringify(every[0]?.saved).replace('"value":"judged"', '"value":"removed"');
  expect(() => restore(JSON.parse(text))).toThrow(/stored in state 'removed', which this version does not know/);
});
