import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Condition,
  isEveryone,
  listOf,
  openStatements,
  type PolicyDocument,
  type Statement,
  statementsOf,
} from '../../src/control/policy-document.ts';
import {
  forPrincipals,
  isRootOf,
  pinEveryone,
  principalsOf,
  replaceStatements,
  rootArn,
  splitPrincipals,
  withoutEveryone,
} from '../../src/control/policy-principals.ts';

const read: Statement = { Sid: 'Read', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' };

describe('principals', () => {
  it.each<[string, Partial<Statement>, string[]]>([
    ['everyone', { Principal: '*' }, ['AWS *']],
    ['one', { Principal: { AWS: '1' } }, ['AWS 1']],
    ['several kinds', { Principal: { AWS: ['1', '2'], Service: 's' } }, ['AWS 1', 'AWS 2', 'Service s']],
    ['twice the same', { Principal: { AWS: ['1', '1'] } }, ['AWS 1']],
    ['nobody', { Principal: undefined }, []],
    ['all but one', { Principal: undefined, NotPrincipal: { AWS: '1' } }, []],
  ])('%s', (_, principal, expected) => {
    expect(principalsOf({ ...read, ...principal }).map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected);
  });

  const principal = fc.dictionary(
    fc.constantFrom('AWS', 'Service', 'Federated'),
    fc.oneof(fc.constantFrom('a', 'b', '*'), fc.array(fc.constantFrom('a', 'b', 'c', '*'), { minLength: 1 })),
    { minKeys: 1 },
  );

  it('are none lost and none gained when a statement is taken apart', () => {
    fc.assert(
      fc.property(principal, fc.constantFrom('a', '*', 'nobody'), (Principal, name) => {
        const statement = { ...read, Principal };
        const { chosen, rest } = splitPrincipals(statement, (one) => one.name === name);
        const parts = [...listOf(chosen), ...listOf(rest)].flatMap(principalsOf).map((one) => JSON.stringify(one));
        expect(parts.sort()).toEqual(
          principalsOf(statement)
            .map((one) => JSON.stringify(one))
            .sort(),
        );
        expect(
          listOf(chosen)
            .flatMap(principalsOf)
            .every((one) => one.name === name),
        ).toBe(true);
        expect(
          listOf(rest)
            .flatMap(principalsOf)
            .some((one) => one.name === name),
        ).toBe(false);
        for (const part of [chosen, rest]) if (part) expect({ ...part, Principal }).toEqual(statement);
      }),
    );
  });

  it('nobody is left of a statement for nobody', () => {
    expect(forPrincipals(read, [])).toBeUndefined();
  });

  it('an account is named by its ARN or its number', () => {
    const place = { partition: 'aws-cn', account: '111122223333' };
    expect(isRootOf(place, { kind: 'AWS', name: rootArn(place) })).toBe(true);
    expect(isRootOf(place, { kind: 'AWS', name: '111122223333' })).toBe(true);
    expect(isRootOf(place, { kind: 'AWS', name: 'arn:aws:iam::111122223333:root' })).toBe(false);
    expect(isRootOf(place, { kind: 'Service', name: '111122223333' })).toBe(false);
  });
});

describe('replacing statements', () => {
  it('never gives a Sid twice that was not there twice, and keeps all else', () => {
    const statements = fc.uniqueArray(fc.constantFrom('A', 'A2', 'A3', 'B'), { minLength: 1 });
    fc.assert(
      fc.property(statements, fc.integer({ min: 0, max: 3 }), (sids, copies) => {
        const policy: PolicyDocument = { Version: 'v', Id: 'i', Statement: sids.map((Sid) => ({ ...read, Sid })) };
        const after = replaceStatements(policy, (one) => Array.from({ length: copies }, () => one));
        const left = statementsOf(after).map(({ Sid }) => Sid);
        expect(left).toHaveLength(sids.length * copies);
        expect(new Set(left).size).toBe(left.length);
        expect(after).toMatchObject({ Version: 'v', Id: 'i' });
      }),
    );
  });
});

describe('everyone', () => {
  const statement: fc.Arbitrary<Statement> = fc.record(
    {
      Sid: fc.constant('S'),
      Effect: fc.constant<'Allow'>('Allow'),
      Principal: fc.oneof(
        fc.constantFrom<NonNullable<Statement['Principal']>>('*', { AWS: '*' }),
        fc.record({ AWS: fc.uniqueArray(fc.constantFrom('*', '111122223333', '444455556666'), { minLength: 1 }) }),
      ),
      Action: fc.uniqueArray(fc.constantFrom('sns:Publish', 'sns:Subscribe', 'sns:*'), { minLength: 1 }),
      Resource: fc.constant('*'),
      Condition: fc.constantFrom<Condition>(
        { Bool: { 'aws:SecureTransport': 'true' } },
        { StringEquals: { 'aws:PrincipalAccount': '*' } },
      ),
    },
    { requiredKeys: ['Effect', 'Principal', 'Action', 'Resource'] },
  );
  const namedIn = (all: readonly Statement[]) =>
    new Set(all.flatMap((one) => principalsOf(one).map(({ name }) => name)).filter((name) => name !== '*'));

  it('is gone where it is taken out, and everybody named stays', () => {
    fc.assert(
      fc.property(statement, (one) => {
        const left = withoutEveryone(one);
        expect(left.some(isEveryone)).toBe(false);
        expect(namedIn(left)).toEqual(namedIn([one]));
      }),
    );
  });

  it('is nobody of other accounts once pinned; all else stays', () => {
    fc.assert(
      fc.property(statement, (one) => {
        const open = openStatements({ Statement: one }).length > 0;
        const left = open ? pinEveryone(one, '111122223333') : [one];
        expect(openStatements({ Statement: left })).toEqual([]);
        expect(namedIn(left)).toEqual(namedIn([one]));
      }),
    );
  });

  it('keeps the actions that nobody is concerned about', () => {
    fc.assert(
      fc.property(statement, (one) => {
        const isConcerned = (action: string) => action !== 'sns:Subscribe';
        const left = pinEveryone(one, '111122223333', { isConcerned, suffix: 'Publish' });
        const actions = new Set(left.flatMap(({ Action }) => listOf(Action)));
        expect(actions).toEqual(new Set(listOf(one.Action)));
        if (principalsOf(one).some(({ name }) => name === '*')) {
          const wide = openStatements({ Statement: left }).flatMap(({ Action }) => listOf(Action));
          expect(wide.filter(isConcerned)).toEqual([]);
        }
      }),
    );
  });
});
