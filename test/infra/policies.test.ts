import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OptionsError, readOptions } from '../../infra/options.ts';
import { characters, LINKED_ROLES, MANAGED_POLICY_CHARACTERS, memberPolicies } from '../../infra/policies.ts';
import { permissionsFor } from '../../src/aws/permissions.ts';
import { PASSED_TO } from '../../src/aws/permissions-table.ts';
import { type ControlSummary, summarise } from '../../src/control-summary.ts';
import { catalogue } from '../../src/redress.ts';

const controls = [...catalogue.values()].map(summarise);
const [sample] = controls;

/** A control that needs these actions and nothing else. */
function needing(read: readonly string[]): ControlSummary {
  if (sample === undefined) throw new Error('There are no controls.');
  return { ...sample, reads: [], writes: [], permissions: { read, write: [] } };
}

const action = fc
  .tuple(fc.constantFrom('ec2', 's3', 'rds', 'iam', 'dynamodb'), fc.stringMatching(/^Get[A-Za-z]{5,40}$/))
  .map(([service, name]) => `${service}:${name}`);

describe('policies', () => {
  it('hold every action once, none too large, whatever the order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(action, { minLength: 1, maxLength: 600 }), (actions) => {
        const policies = memberPolicies([needing(actions)], 'read');
        const held = policies.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action));
        expect([...held].sort()).toEqual([...new Set([...actions, 'cloudtrail:LookupEvents'])].sort());
        for (const policy of policies) expect(characters(policy)).toBeLessThanOrEqual(MANAGED_POLICY_CHARACTERS);
        expect(memberPolicies([needing([...actions].reverse())], 'read')).toEqual(policies);
      }),
      { numRuns: 30 },
    );
  });

  it('keep a service together where it fits', () => {
    const held = memberPolicies(controls, 'read').map(({ Statement }) => Statement.flatMap(({ Action }) => Action));
    const services = held.map((actions) => new Set(actions.map((one) => one.slice(0, one.indexOf(':')))));
    const all = services.flatMap((names) => [...names]);
    expect(new Set(all).size).toBe(all.length);
  });

  it('are refused when a role cannot have so many', () => {
    const many = Array.from({ length: 1500 }, (_, index) => `s${index}:Get${'x'.repeat(60)}${index}`);
    expect(() => memberPolicies([needing(many)], 'read')).toThrow(/policies; it can have 10/);
  });
});

describe('what calls take along', () => {
  const writes = controls.flatMap((control) => control.writes);
  const needsOf = (wanted: string): string[] => [
    ...new Set(
      writes
        .filter(({ service, operation }) => permissionsFor(service, operation).includes(wanted))
        .map(({ service, operation }) => `${service}.${operation}`),
    ),
  ];

  it('roles: for every operation that can hand one on, it is said to whom', () => {
    expect(needsOf('iam:PassRole').filter((name) => PASSED_TO[name] === undefined)).toEqual([]);
    expect(Object.keys(PASSED_TO).filter((name) => !needsOf('iam:PassRole').includes(name))).toEqual([]);
  });

  it('service-linked roles: for every operation that can make one, it is said whose', () => {
    expect(needsOf('iam:CreateServiceLinkedRole').filter((name) => LINKED_ROLES[name] === undefined)).toEqual([]);
  });
});

describe('session policies', () => {
  /** As the door asks for them: the actions of a plan, on everything. */
  const sessionPolicy = (Action: readonly string[]): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

  it.each([...new Set(controls.map(({ resourceType }) => resourceType))])(
    'of %s fit into AssumeRole, even if all its controls were one plan',
    (type) => {
      const actions = controls
        .filter(({ resourceType }) => resourceType === type)
        .flatMap(({ writes: operations }) =>
          operations.flatMap(({ service, operation }) => permissionsFor(service, operation)),
        );
      expect(sessionPolicy([...new Set(actions)].sort()).length).toBeLessThanOrEqual(2048);
    },
  );
});

describe('options', () => {
  const good = {
    ...{ organization: 'o-a1b2c3d4e5', account: '111122223333', region: 'eu-west-1' },
    externalId: 'an-external-id-of-ours',
  };

  it('have defaults, and take text from the command line', () => {
    expect(readOptions(good, catalogue)).toMatchObject({
      ...{
        controls: 'all',
        writeControls: 'configured',
        accounts: 'all',
        regions: 'all',
        retentionDays: 90,
        archiveDays: 0,
      },
      functions: { worker: { concurrency: 20, timeoutSeconds: 120 } },
    });
    const [number] = catalogue.keys();
    const text = { controls: `${number}`, accounts: '111122223333, 444455556666', retentionDays: '30', slack: 'false' };
    expect(readOptions({ ...good, ...text }, catalogue)).toMatchObject({
      ...{ controls: [number], accounts: ['111122223333', '444455556666'], retentionDays: 30, slack: false },
    });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['nothing', { organization: undefined }, /organization: is missing; it looks like o-/],
    ['an id that is none', { account: '1234' }, /account: "1234" is not an account id; use the 12 digits/],
    ['a short external id', { externalId: 'short' }, /externalId: "short" is not an external id; make one up/],
    ['an unknown control', { controls: '999999' }, /there is no control 999999; "redress controls" lists them/],
    ['an unknown control that may write', { writeControls: '999999' }, /writeControls: there is no control 999999/],
    ['words for controls', { controls: 'some' }, /controls: .* is neither all nor a list/],
    [
      'more accounts than a policy holds',
      { accounts: Array.from({ length: 401 }, (_, index) => String(100_000_000_000 + index)) },
      /accounts: are more than the 400 that a policy has room for; write all/,
    ],
    ['days that CloudWatch does not know', { retentionDays: 42 }, /retentionDays: 42 is not a time .* use one of 1, 3/],
    ['too few places', { functions: { worker: { concurrency: 2 } } }, /functions.worker.concurrency: 2 is not/],
    ['a name that is none', { retention: 3 }, /retention/],
  ])('%s is explained', (_, over, message) => {
    expect(() => readOptions({ ...good, ...over }, catalogue)).toThrow(OptionsError);
    expect(() => readOptions({ ...good, ...over }, catalogue)).toThrow(message);
  });
});
