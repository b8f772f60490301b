import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addStatement,
  allowsAction,
  type Condition,
  covers,
  deniesPlaintext,
  freeSid,
  isEveryone,
  openStatements,
  orNoPolicy,
  type PolicyDocument,
  parsePolicy,
  pinsCaller,
  type Statement,
  statementsOf,
  withStatements,
} from '../../src/control/policy-document.ts';
import { isFixedNetwork } from '../../src/control/policy-values.ts';

const BUCKET = 'arn:aws:s3:::b';
const read: Statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${BUCKET}/*` };
const policy = (...Statement: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const isOpen = (statement: Partial<Statement>, ...others: Statement[]) =>
  openStatements(policy({ ...read, ...statement }, ...others)).length > 0;

/** A policy variable, which AWS fills in from the request. */
const variable = (name: string): string => `$\{${name}}`;

describe('who everyone is', () => {
  it.each<[string, Partial<Statement>, boolean]>([
    ['*', { Principal: '*' }, true],
    ['{AWS: *}', { Principal: { AWS: '*' } }, true],
    ['a list with *', { Principal: { AWS: ['arn:aws:iam::111122223333:root', '*'] } }, true],
    ['any canonical user', { Principal: { CanonicalUser: '*' } }, true],
    ['one account', { Principal: { AWS: '111122223333' } }, false],
    ['a role', { Principal: { AWS: 'arn:aws:iam::111122223333:role/r' } }, false],
    ['a service', { Principal: { Service: 'cloudtrail.amazonaws.com' } }, false],
    ['all but one', { Principal: undefined, NotPrincipal: { AWS: '111122223333' } }, true],
    ['nobody named', { Principal: undefined }, false],
  ])('%s: %j', (_, principal, open) => {
    expect(isEveryone({ ...read, ...principal })).toBe(open);
    expect(isOpen(principal)).toBe(open);
  });

  it('a Deny for all but some is not a Deny for everyone', () => {
    expect(isEveryone({ ...read, Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: '1' } })).toBe(false);
  });
});

describe('conditions that pin the caller', () => {
  it.each<[boolean, Condition]>([
    [true, { StringEquals: { 'aws:PrincipalAccount': '111122223333' } }],
    [true, { StringEquals: { 'AWS:SOURCEOWNER': '111122223333' } }],
    [true, { stringequals: { 'aws:SourceAccount': ['111122223333', '444455556666'] } }],
    [true, { StringEqualsIgnoreCase: { 'aws:PrincipalOrgID': 'o-abc123' } }],
    [true, { StringLike: { 'aws:SourceVpce': 'vpce-1' } }],
    [true, { StringEquals: { 'aws:SourceVpc': 'vpc-1' } }],
    [true, { StringEquals: { 'aws:VpceAccount': '111122223333' } }],
    [true, { StringEquals: { 'aws:VpceOrgID': 'o-abc123' } }],
    [true, { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-abc/r-1/*' } }],
    [true, { 'ForAnyValue:StringLike': { 'aws:VpceOrgPaths': 'o-abc/r-1/*' } }],
    [true, { StringEquals: { 's3:DataAccessPointAccount': '111122223333' } }],
    [true, { ArnLike: { 's3:DataAccessPointArn': 'arn:aws:s3:eu-west-1:111122223333:accesspoint/*' } }],
    [true, { StringEquals: { 's3:x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:eu-west-1:1:key/k' } }],
    [true, { StringLike: { 'aws:userid': 'AROAEXAMPLEID:*' } }],
    [true, { Bool: { 'aws:PrincipalIsAWSService': 'true' } }],
    // More conditions narrow further; they cannot open.
    [true, { StringEquals: { 'aws:SourceAccount': '111122223333' }, Bool: { 'aws:SecureTransport': 'true' } }],

    [false, {}],
    [false, { Bool: { 'aws:SecureTransport': 'true' } }],
    [false, { StringEquals: { 'SNS:Protocol': 'https' } }],
    [false, { StringLike: { 'aws:Referer': 'https://example.com/*' } }],
    [false, { StringLike: { 'aws:UserAgent': 'curl/1' } }],
    [false, { Null: { 'aws:PrincipalOrgID': 'false' } }],
    [false, { StringNotEquals: { 'aws:SourceAccount': '111122223333' } }],
    [false, { StringEqualsIfExists: { 'aws:SourceAccount': '111122223333' } }],
    [false, { 'ForAllValues:StringEquals': { 'aws:PrincipalOrgID': 'o-abc123' } }],
    [false, { StringLike: { 'aws:SourceAccount': '*' } }],
    [false, { StringLike: { 'aws:PrincipalOrgID': 'o-*' } }],
    [false, { StringEquals: { 'aws:SourceAccount': [] } }],
    [false, { StringEquals: { 'aws:PrincipalAccount': variable('aws:SourceAccount') } }],
    [false, { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': '*' } }],
    [false, { StringLike: { 'aws:userid': 'AIDA*' } }],
    [false, { Bool: { 'aws:PrincipalIsAWSService': 'false' } }],
    [false, { StringEquals: { 'aws:PrincipalTag/team': 'shop' } }],
  ])('%s: %j', (pins, condition) => {
    expect(pinsCaller(condition)).toBe(pins);
    expect(isOpen({ Condition: condition })).toBe(!pins);
  });
});

describe('ARNs and networks that pin', () => {
  it.each([
    [true, 'arn:aws:iam::111122223333:role/r'],
    [true, 'arn:aws:iam::111122223333:*'],
    [true, 'arn:*:sns:*:111122223333:*'],
    [true, 'arn:aws:s3:::my-bucket'],
    [true, 'arn:aws:s3:::my-bucket/*'],
    [false, 'arn:aws:iam::*:role/admin'],
    [false, 'arn:aws:iam::11112222????:root'],
    [false, `arn:aws:iam::${variable('aws:PrincipalAccount')}:root`],
    [false, 'arn:aws:s3:::*'],
    [false, 'arn:aws:s3:::logs-*'],
    [false, '*'],
    [false, 'not-an-arn'],
  ])('%s: aws:SourceArn like %s', (pins, arn) => {
    for (const operator of ['ArnLike', 'ArnEquals', 'StringLike', 'StringEquals']) {
      expect(pinsCaller({ [operator]: { 'aws:SourceArn': arn } })).toBe(pins);
      expect(pinsCaller({ [operator]: { 'aws:PrincipalArn': [arn, 'arn:aws:iam::111122223333:root'] } })).toBe(pins);
    }
  });

  it.each([
    [true, '198.51.100.7'],
    [true, '198.51.100.0/24'],
    [true, '10.0.0.0/8'],
    [true, '2001:db8::/32'],
    [true, '2001:db8::1'],
    [false, '0.0.0.0/0'],
    [false, '0.0.0.0/1'],
    [false, '::/0'],
    [false, '2001::/16'],
    [false, '*'],
    [false, 'somewhere'],
    [false, '198.51.100.0/33'],
  ])('%s: aws:SourceIp %s', (pins, range) => {
    expect(isFixedNetwork(range)).toBe(pins);
    expect(pinsCaller({ IpAddress: { 'aws:SourceIp': range } })).toBe(pins);
    expect(pinsCaller({ IpAddress: { 'aws:SourceIp': ['198.51.100.0/24', range] } })).toBe(pins);
    expect(pinsCaller({ IpAddressIfExists: { 'aws:SourceIp': range } })).toBe(false);
    expect(pinsCaller({ NotIpAddress: { 'aws:SourceIp': range } })).toBe(false);
  });
});

describe('a Deny that takes back', () => {
  const deny = (statement: Partial<Statement> = {}): Statement => ({
    ...{ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: `${BUCKET}/*` },
    ...statement,
  });
  it.each<[string, Statement, Partial<Statement>, boolean]>([
    ['everything denied', deny({ Action: '*', Resource: '*' }), {}, false],
    ['wider action', deny(), {}, false],
    ['the same in other case', deny({ Action: 'S3:getobject' }), {}, false],
    ['{AWS: *}', deny({ Principal: { AWS: '*' } }), {}, false],
    ['an empty condition', deny({ Condition: {} }), {}, false],
    ['with a condition', deny({ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }), {}, true],
    ['for one account only', deny({ Principal: { AWS: '111122223333' } }), {}, true],
    ['for all but some', deny({ Principal: undefined, NotPrincipal: { AWS: '111122223333' } }), {}, true],
    ['another action', deny({ Action: 's3:PutObject' }), {}, true],
    ['another resource', deny({ Resource: `${BUCKET}/private/*` }), {}, true],
    ['one of two actions', deny({ Action: 's3:GetObject' }), { Action: ['s3:GetObject', 's3:PutObject'] }, true],
    ['one of two resources', deny(), { Resource: [BUCKET, `${BUCKET}/*`] }, true],
    ['an Allow of all but some', deny(), { Action: undefined, NotAction: 's3:PutObject' }, true],
    ['a Deny of all but some', deny({ Action: undefined, NotAction: 's3:PutObject' }), {}, true],
    ['where statements name no resource', deny({ Resource: undefined }), { Resource: undefined }, false],
    ['of the one resource, named in the Allow only', deny({ Resource: undefined }), {}, false],
    ['of all resources but some', deny({ Resource: undefined, NotResource: BUCKET }), {}, true],
    ['of a resource that the Allow does not name', deny(), { Resource: undefined }, true],
  ])('%s', (_, statement, allow, open) => {
    expect(isOpen(allow, statement)).toBe(open);
  });
});

describe('openStatements with actions', () => {
  it.each<[string, Partial<Statement>, boolean]>([
    ['the action', { Action: 'sns:Publish' }, true],
    ['other case', { Action: 'SNS:PUBLISH' }, true],
    ['a list', { Action: ['SNS:Subscribe', 'SNS:Publish'] }, true],
    ['SNS:*', { Action: 'SNS:*' }, true],
    ['*', { Action: '*' }, true],
    ['a part', { Action: 'sns:Pub*' }, true],
    ['another', { Action: 'SNS:Subscribe' }, false],
    ['all but another', { Action: undefined, NotAction: 'SNS:Subscribe' }, true],
    ['all but this', { Action: undefined, NotAction: ['SNS:pub*'] }, false],
  ])('%s', (_, statement, open) => {
    const one: Statement = { Effect: 'Allow', Principal: '*', Resource: 'arn:aws:sns:eu-west-1:1:t', ...statement };
    expect(openStatements(policy(one), ['sns:Publish'])).toEqual(open ? [one] : []);
    expect(allowsAction(one, 'sns:Publish')).toBe(open);
  });

  it('returns the very statements, in order', () => {
    const pinned = { ...read, Sid: 'Pinned', Condition: { StringEquals: { 'aws:SourceAccount': '1' } } };
    const [one, two] = [
      { ...read, Sid: 'One' },
      { ...read, Sid: 'Two' },
    ];
    const found = openStatements(policy(one, pinned, two));
    expect(found[0]).toBe(one);
    expect(found[1]).toBe(two);
    expect(found).toHaveLength(2);
  });

  it('reads a policy with a single statement, and none', () => {
    expect(openStatements({ Statement: read })).toEqual([read]);
    expect(openStatements(undefined)).toEqual([]);
  });
});

describe('deniesPlaintext', () => {
  const tls = (statement: Partial<Statement> = {}): Statement => ({
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [BUCKET, `${BUCKET}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    ...statement,
  });
  it.each<[string, Partial<Statement>, boolean]>([
    ['the usual form', {}, true],
    ['{AWS: *}', { Principal: { AWS: '*' } }, true],
    ['every action', { Action: '*' }, true],
    ['a list of actions', { Action: ['s3:GetObject', 'S3:*'] }, true],
    ['objects only', { Resource: `${BUCKET}/*` }, true],
    ['every resource', { Resource: '*' }, true],
    ['every bucket', { Resource: 'arn:aws:s3:::*' }, true],
    ['boolean false', { Condition: { Bool: { 'aws:SecureTransport': false } } }, true],
    ['a list of one', { Condition: { Bool: { 'aws:SecureTransport': ['false'] } } }, true],
    ['BoolIfExists', { Condition: { BoolIfExists: { 'aws:SecureTransport': 'false' } } }, true],
    ['key in other case', { Condition: { Bool: { 'AWS:securetransport': 'False' } } }, true],
    ['an Allow over TLS', { Effect: 'Allow', Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, false],
    ['true', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, false],
    ['both values', { Condition: { Bool: { 'aws:SecureTransport': ['true', 'false'] } } }, false],
    ['no condition', { Condition: undefined }, false],
    ['one account', { Principal: { AWS: '111122223333' } }, false],
    ['reading only', { Action: 's3:GetObject' }, false],
    ['the bucket only', { Resource: BUCKET }, false],
    ['a folder only', { Resource: `${BUCKET}/private/*` }, false],
    ['another bucket', { Resource: `${BUCKET}2/*` }, false],
    [
      'narrowed by another key',
      { Condition: { Bool: { 'aws:SecureTransport': 'false', 'aws:ViaAWSService': 'false' } } },
      false,
    ],
    [
      'narrowed by another operator',
      { Condition: { Bool: { 'aws:SecureTransport': 'false' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } },
      false,
    ],
  ])('%s', (_, statement, denied) => {
    expect(deniesPlaintext(policy(read, tls(statement)), { action: 's3:*', resource: `${BUCKET}/*` })).toBe(denied);
  });
});

describe('changing a policy', () => {
  it('adds a statement under a Sid that is free', () => {
    const one = { ...read, Sid: 'Tls' };
    const two = addStatement(addStatement(policy(one), one), one);
    expect(statementsOf(two).map(({ Sid }) => Sid)).toEqual(['Tls', 'Tls2', 'Tls3']);
    expect(freeSid([], 'Tls')).toBe('Tls');
  });

  it('starts a new policy with the current version, and keeps the version of an old one', () => {
    expect(addStatement(undefined, { ...read, Sid: 'One' }).Version).toBe('2012-10-17');
    expect(addStatement({ Version: '2008-10-17', Statement: [] }, { ...read, Sid: 'One' }).Version).toBe('2008-10-17');
    expect(addStatement({ Statement: [] }, { ...read, Sid: 'One' })).not.toHaveProperty('Version');
  });

  it('has no policy where no statement is left', () => {
    expect(orNoPolicy(policy())).toBeUndefined();
    expect(orNoPolicy(undefined)).toBeUndefined();
    expect(orNoPolicy(policy(read))).toEqual(policy(read));
  });

  it('reads no policy from no text, and fails on what is none', () => {
    expect(parsePolicy(undefined)).toBeUndefined();
    expect(parsePolicy('')).toBeUndefined();
    expect(() => parsePolicy('{')).toThrow(SyntaxError);
  });
});

const anyCondition = fc.option(
  fc.constantFrom<Condition>(
    { Bool: { 'aws:SecureTransport': 'false' } },
    { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    { StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/x' } },
    { IpAddress: { 'aws:SourceIp': ['0.0.0.0/0'] } },
  ),
  { nil: undefined },
);
const anyStatement: fc.Arbitrary<Statement> = fc.record(
  {
    Sid: fc.string({ maxLength: 4 }),
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Principal: fc.constantFrom('*', { AWS: '*' }, { AWS: ['1', '*'] }, { Service: 's3.amazonaws.com' }, { AWS: '1' }),
    Action: fc.constantFrom('s3:*', 's3:GetObject', ['s3:Put*', 's3:Get*'], '*'),
    Resource: fc.constantFrom('*', `${BUCKET}/*`, [BUCKET, `${BUCKET}/a/*`]),
    Condition: anyCondition,
  },
  { requiredKeys: ['Effect', 'Principal', 'Action', 'Resource'] },
);
const anyPolicy = fc.array(anyStatement, { maxLength: 6 }).map((Statement) => policy(...Statement));

describe('properties', () => {
  it('adding a Deny never opens a policy', () => {
    fc.assert(
      fc.property(anyPolicy, anyStatement, (before, one) => {
        const after = withStatements(before, (all) => [...all, { ...one, Effect: 'Deny' as const }]);
        const open = openStatements(before);
        expect(openStatements(after).every((statement) => open.includes(statement))).toBe(true);
      }),
    );
  });

  it('without its open statements a policy has none', () => {
    fc.assert(
      fc.property(anyPolicy, (before) => {
        const open = new Set(openStatements(before));
        const after = withStatements(before, (all) => all.filter((one) => !open.has(one)));
        expect(openStatements(after)).toEqual([]);
      }),
    );
  });

  it('keeps all other statements byte for byte, and the rest of the policy', () => {
    fc.assert(
      fc.property(anyPolicy, fc.string(), (before, Id) => {
        const text = JSON.stringify({ Id, ...before });
        const after = addStatement(parsePolicy(text), { ...read, Sid: 'New' });
        const added = JSON.stringify(statementsOf(after).at(-1));
        const [head] = text.split(/\]\}$/);
        expect(JSON.stringify(after)).toBe(`${head}${statementsOf(before).length === 0 ? '' : ','}${added}]}`);
      }),
    );
  });

  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 5 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 5 });

  /** IAM's matching as its documentation says it, without any cleverness. */
  function matches(wild: string, text: string): boolean {
    const [first, rest] = [wild[0], wild.slice(1)];
    if (first === undefined) return text === '';
    if (first === '*') return matches(rest, text) || (text !== '' && matches(wild, text.slice(1)));
    return text !== '' && (first === '?' || first === text[0]) && matches(rest, text.slice(1));
  }
  const texts = (length: number): string[] =>
    length === 0 ? [''] : ['', ...texts(length - 1).flatMap((one) => [`a${one}`, `b${one}`])];

  it('covers a text exactly where a brute-force matcher matches it', () => {
    fc.assert(
      fc.property(pattern, letters, (wild, text) => {
        expect(covers(wild, text)).toBe(matches(wild, text));
      }),
    );
  });

  it('covers a pattern only if it covers everything that the pattern matches', () => {
    const all = [...new Set(texts(6))];
    fc.assert(
      fc.property(pattern, pattern, (wild, other) => {
        if (!covers(wild, other)) return;
        expect(all.filter((text) => matches(other, text) && !matches(wild, text))).toEqual([]);
      }),
    );
  });

  it('does not take for ever over a pattern that somebody wrote to that end', () => {
    expect(covers(`${'*a'.repeat(60)}b`, 'a'.repeat(20_000))).toBe(false);
  });
});
