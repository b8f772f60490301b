import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listOf, type PolicyDocument, type Statement, statementsOf } from '../../src/control/policy-document.ts';
import {
  forPrincipals,
  isRootOf,
  principalsOf,
  replaceStatements,
  rootArn,
  splitPrincipals,
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
