import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyDocument, Statement } from '../../src/control/policy-document.ts';
import { type Grant, grants } from '../../src/control/policy-grants.ts';

const wanted: Grant = {
  principal: { Service: 'delivery.logs.amazonaws.com' },
  action: 's3:PutObject',
  resource: 'arn:aws:s3:::logs/web/AWSLogs/111122223333/*',
  context: { 'aws:sourceaccount': '111122223333', 'aws:sourcearn': 'arn:aws:logs:eu-west-1:111122223333:*' },
};
const allowed: Statement = {
  Effect: 'Allow',
  Principal: { Service: 'delivery.logs.amazonaws.com' },
  Action: 's3:PutObject',
  Resource: 'arn:aws:s3:::logs/*',
};
const policy = (...Statement: Statement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const isGranted = (change: Partial<Statement>, grant = wanted) => grants(policy({ ...allowed, ...change }), grant);

describe('grants', () => {
  it.each<[string, Partial<Statement>, boolean]>([
    ['a wider resource', {}, true],
    ['exactly the resource', { Resource: [wanted.resource] }, true],
    ['another folder', { Resource: 'arn:aws:s3:::logs/api/*' }, false],
    ['a wildcard action', { Action: ['s3:Get*', 'S3:put*'] }, true],
    ['another action', { Action: 's3:GetObject' }, false],
    ['a Deny', { Effect: 'Deny' }, false],
    ['several services', { Principal: { Service: ['a.amazonaws.com', 'delivery.logs.amazonaws.com'] } }, true],
    ['another service', { Principal: { Service: 'logging.s3.amazonaws.com' } }, false],
    ['everyone, which may not include services', { Principal: '*' }, false],
    ['nobody', { Principal: undefined }, false],
    ['the right account', { Condition: { StringEquals: { 'AWS:SourceAccount': ['1', '111122223333'] } } }, true],
    ['another account', { Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }, false],
    ['a pattern that fits', { Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:logs:*:111122223333:*' } } }, true],
    ['a pattern taken literally', { Condition: { StringEquals: { 'aws:SourceArn': 'arn:aws:logs:*' } } }, false],
    ['something unknown', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, false],
    ['the opposite', { Condition: { StringNotEquals: { 'aws:SourceAccount': '111122223333' } } }, false],
  ])('%s: %j is %s', (_, change, expected) => {
    expect(isGranted(change)).toBe(expected);
  });

  it.each(['arn:aws:iam::999988887777:root', '999988887777', '*'])('takes an account in any form: %s', (AWS) => {
    const account: Grant = { ...wanted, principal: { AWS: 'arn:aws:iam::999988887777:root' } };
    expect(isGranted({ Principal: { AWS: ['arn:aws:iam::1:role/r', AWS] } }, account)).toBe(true);
    expect(isGranted({}, account)).toBe(false);
  });

  it('finds none where there is no policy', () => {
    expect(grants(undefined, wanted)).toBe(false);
  });

  it('always finds a statement that says just what is wanted, whatever stands around it', () => {
    const word = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
    fc.assert(
      fc.property(word, word, word, fc.boolean(), (service, folder, account, first) => {
        const grant: Grant = {
          principal: { Service: `${service}.amazonaws.com` },
          action: 's3:PutObject',
          resource: `arn:aws:s3:::logs/${folder}/*`,
          context: { 'aws:sourceaccount': account },
        };
        const own: Statement = {
          Effect: 'Allow',
          Principal: grant.principal,
          Action: grant.action,
          Resource: grant.resource,
          Condition: { StringEquals: { 'aws:SourceAccount': account } },
        };
        const other: Statement = { ...own, Effect: 'Deny', Resource: 'arn:aws:s3:::other/*' };
        expect(grants(policy(...(first ? [own, other] : [other, own])), grant)).toBe(true);
        expect(grants(policy(other), grant)).toBe(false);
      }),
    );
  });
});
