import { describe, expect, it } from 'vitest';
import { createRouter } from '../../src/intake/route.ts';
import { ACCOUNT, type Answer, awsError, catalogue, controlOf, judge, placeOf, sessionOn } from '../controls.ts';

const zone = (PrivateZone: boolean) => ({
  HostedZone: { Id: '/hostedzone/Z1', Name: 'a.com.', Config: { PrivateZone } },
});
const group = { Id: 'q', HostedZoneId: 'Z1', CloudWatchLogsLogGroupArn: 'arn:aws:logs:us-east-1:1:log-group:dns' };

describe('443: query logs', () => {
  const pages: Answer = ({ NextToken }) =>
    NextToken === undefined
      ? { QueryLoggingConfigs: [{ ...group, HostedZoneId: 'Z2' }], NextToken: 'n' }
      : { QueryLoggingConfigs: [{ ...group, HostedZoneId: '/hostedzone/Z1' }] };
  it.each<[string, Answer, Answer, string]>([
    ['logged, on the second page', zone(false), pages, 'pass'],
    [
      'another zone only',
      zone(false),
      { QueryLoggingConfigs: [{ ...group, HostedZoneId: 'Z2' }] },
      'fail: queries for the zone are not logged',
    ],
    ['private', zone(true), {}, 'skip: the zone is private; its queries are logged by the resolver, if at all'],
    ['gone', awsError('NoSuchHostedZone'), {}, 'skip: Z1 does not exist (any more)'],
    ['denied', awsError('AccessDenied'), {}, 'unknown: route53:GetHostedZone was denied; allow route53:GetHostedZone'],
  ])('%s', async (_, GetHostedZone, configs, expected) => {
    const answers = { 'route53:GetHostedZone': GetHostedZone, 'route53:ListQueryLoggingConfigs': configs };
    expect(await judge(443, 'Z1', answers)).toBe(expected);
  });
});

describe('444: DNSSEC', () => {
  it.each<[string, Answer, Answer, string]>([
    ['signed', zone(false), { Status: { ServeSignature: 'SIGNING' } }, 'pass'],
    ['not', zone(false), { Status: { ServeSignature: 'NOT_SIGNING' } }, 'fail: the zone is not signed'],
    [
      'broken',
      zone(false),
      { Status: { ServeSignature: 'ACTION_NEEDED', StatusMessage: 'the key is gone' } },
      'fail: signing is broken: ACTION_NEEDED (the key is gone); act at once',
    ],
    ['private', zone(true), awsError('InvalidArgument'), 'skip: the zone is private'],
    ['gone', awsError('NoSuchHostedZone'), {}, 'skip: Z1 does not exist (any more)'],
    ['denied', zone(false), awsError('AccessDenied'), 'unknown: route53:GetDNSSEC was denied; allow route53:GetDNSSEC'],
  ])('%s', async (_, GetHostedZone, GetDNSSEC, expected) => {
    expect(await judge(444, 'Z1', { 'route53:GetHostedZone': GetHostedZone, 'route53:GetDNSSEC': GetDNSSEC })).toBe(
      expected,
    );
  });
});

describe('401: aliases', () => {
  const a = (more: object) => ({ Name: 'www.a.com.', Type: 'A', ...more });
  const plain = { TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] };
  const alias = { AliasTarget: { DNSName: 'lb.aws.com.', HostedZoneId: 'Z9', EvaluateTargetHealth: false } };
  it.each<[string, string, Answer, string]>([
    ['an alias', 'Z1/www.a.com.', { ResourceRecordSets: [a(alias)] }, 'pass'],
    ['an address', 'Z1/www.a.com.', { ResourceRecordSets: [a(plain)] }, 'fail: the record holds 192.0.2.1 itself'],
    [
      'the right one of two',
      'Z1/www.a.com./blue%2Fgreen',
      { ResourceRecordSets: [a({ ...plain, SetIdentifier: 'b' }), a({ ...alias, SetIdentifier: 'blue/green' })] },
      'pass',
    ],
    [
      'gone, another follows',
      'Z1/www.a.com.',
      { ResourceRecordSets: [{ ...a(plain), Name: 'x.a.com.' }] },
      'skip: Z1/www.a.com. does not exist (any more)',
    ],
    [
      'another type',
      'Z1/www.a.com.',
      { ResourceRecordSets: [{ ...a(plain), Type: 'AAAA' }] },
      'skip: Z1/www.a.com. does not exist (any more)',
    ],
    ['no zone', 'Z1/www.a.com.', awsError('NoSuchHostedZone'), 'skip: Z1/www.a.com. does not exist (any more)'],
  ])('%s', async (_, id, answer, expected) => {
    expect(await judge(401, id, { 'route53:ListResourceRecordSets': answer })).toBe(expected);
  });

  it('keeps a name with a slash apart from a set identifier', async () => {
    const ResourceRecordSets = [{ ...a(alias), Name: '0/25.a.com.' }];
    const session = sessionOn({
      'route53:ListHostedZones': { HostedZones: [{ Id: '/hostedzone/Z0' }, { Id: '/hostedzone/Z1' }] },
      'route53:ListResourceRecordSets': ({ HostedZoneId }) =>
        HostedZoneId === 'Z0' ? awsError('NoSuchHostedZone') : { ResourceRecordSets },
    });
    const { resource } = controlOf(401).detector;
    const found = resource.list && (await session.value(resource.list, placeOf(401), resource.gone));
    expect(found).toEqual(['Z1/0%2F25.a.com.']);
    expect(await judge(401, 'Z1/0%2F25.a.com.', { 'route53:ListResourceRecordSets': { ResourceRecordSets } })).toBe(
      'pass',
    );
  });

  it('judges the records that a change names, all those of one name, and no others', async () => {
    const router = createRouter(catalogue);
    const named = (...names: string[]) => ({
      hostedZoneId: '/hostedzone/Z1',
      changeBatch: { changes: names.map((name) => ({ action: 'UPSERT', resourceRecordSet: { name, type: 'A' } })) },
    });
    const { subjects } = router.route({
      ...{ eventID: '1', eventSource: 'route53.amazonaws.com', eventName: 'ChangeResourceRecordSets', eventTime: '' },
      ...{ awsRegion: 'us-east-1', account: ACCOUNT, requestID: undefined, userIdentity: {}, userAgent: undefined },
      ...{ requestParameters: named('*.A.com', 'x.a.com.', 'x.a.com.'), responseElements: null },
    });
    const targets = subjects.map(({ target }) => target.kind === 'through' && target.from);
    expect(targets).toEqual(['Z1/*.A.com', 'Z1/x.a.com.']);

    const star = (SetIdentifier: string) => ({ ...a(plain), Name: '\\052.a.com.', SetIdentifier });
    const trigger = controlOf(401).detector.on['route53:ChangeResourceRecordSets'];
    const session = sessionOn({
      'route53:ListResourceRecordSets': ({ StartRecordIdentifier }) =>
        StartRecordIdentifier
          ? {
              ResourceRecordSets: [star('b'), { ...a(plain), Name: 'b.a.com.' }],
              ...{ IsTruncated: true, NextRecordName: 'c.a.com.', NextRecordType: 'A' },
            }
          : {
              ResourceRecordSets: [star('a')],
              ...{ IsTruncated: true, NextRecordName: star('b').Name, NextRecordType: 'A', NextRecordIdentifier: 'b' },
            },
    });
    const found = trigger?.kind === 'through' && (await session.value(trigger.read, placeOf(401, 'Z1/*.A.com'), []));
    expect(found).toEqual(['Z1/\\052.a.com./a', 'Z1/\\052.a.com./b']);
  });
});
