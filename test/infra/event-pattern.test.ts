import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventPattern, eventPattern, MAX_PATTERN_CHARACTERS } from '../../infra/event-pattern.ts';
import { joinCatalogue } from '../../src/catalogue.ts';
import { detectors, guide, ids, pass, remediations } from '../../src/control.ts';
import { undated } from '../../src/intake/cloudtrail.ts';
import { createRouter, watchedEvent } from '../../src/intake/route.ts';
import { eventBridge, recordOf } from '../intake/records.ts';
import { bucket, catalogue } from '../intake/small-catalogue.ts';

/** EventBridge's matching, for as much of its language as is used: exact values, `prefix`, `exists`, `$or`. */
function matches(pattern: unknown, event: unknown): boolean {
  return entries(pattern).every(([key, wanted]) => {
    if (key === '$or') return list(wanted).some((alternative) => matches(alternative, event));
    const value = entries(event).find(([name]) => name === key)?.[1];
    return Array.isArray(wanted) ? wanted.some((filter) => accepts(filter, value)) : matches(wanted, value);
  });
}

function accepts(filter: unknown, value: unknown): boolean {
  if (typeof filter === 'string') return value === filter;
  const [[operator, operand] = []] = entries(filter);
  if (operator === 'exists') return (value !== undefined) === operand;
  if (operator === 'prefix') return typeof value === 'string' && value.startsWith(String(operand));
  throw new Error(`The matcher does not know ${operator}.`);
}

const entries = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function sent(
  patterns: readonly EventPattern[],
  eventSource: string,
  eventName: string,
  over: Record<string, unknown> = {},
): number {
  const event = eventBridge(recordOf({ eventSource, eventName }), over);
  return patterns.filter((pattern) => matches(pattern, event)).length;
}

/** A catalogue with as many events as are wanted, each with a name of its own. */
function catalogueOf(triggers: readonly string[]) {
  const nothing = guide({ impact: 'none', reads: {} }, () => []);
  const on = Object.fromEntries(triggers.map((trigger) => [trigger, ids('requestParameters.id')]));
  const table = detectors(bucket, { 1: { title: 'x', criticality: 'LOW', on, reads: {}, check: () => pass } });
  return joinCatalogue([table], [remediations(table, { 1: nothing })]);
}

const triggersOf = (of: typeof catalogue): { source: string; event: string }[] =>
  [...of.values()].flatMap(({ detector }) => Object.keys(detector.on).map(watchedEvent));

describe('what the rules let through', () => {
  const patterns = eventPattern(catalogue);

  it.each(triggersOf(catalogue).map(({ source, event }) => [source, event]))('%s %s, by one rule', (source, event) => {
    expect(sent(patterns, source, event)).toBe(1);
  });

  it('names with dates, where the service appends them', () => {
    expect(sent(patterns, 'cloudfront.amazonaws.com', 'UpdateDistribution2020_05_31')).toBe(1);
    expect(sent(patterns, 'cloudfront.amazonaws.com', 'UpdateDistributionWithStagingConfig')).toBe(0);
    expect(sent(patterns, 's3.amazonaws.com', 'CreateBucket20200531')).toBe(0);
  });

  it('service events and console actions, whatever AWS calls the source', () => {
    for (const type of ['AWS Service Event via CloudTrail', 'AWS Console Action via CloudTrail']) {
      expect(sent(patterns, 's3.amazonaws.com', 'CreateBucket', { 'detail-type': type })).toBe(1);
    }
    expect(sent(patterns, 's3.amazonaws.com', 'CreateBucket', { source: 'aws.simple-storage' })).toBe(1);
  });

  it.each<[string, string, string, Record<string, unknown>]>([
    ['an event that nobody listens to', 's3.amazonaws.com', 'PutBucketTagging', {}],
    ['an event of another service with the same name', 'ec2.amazonaws.com', 'CreateBucket', {}],
    ['an event that a program made up', 's3.amazonaws.com', 'CreateBucket', { source: 'my.app' }],
    ['other mail', 's3.amazonaws.com', 'CreateBucket', { 'detail-type': 'Object Created' }],
    [
      'a failed call',
      's3.amazonaws.com',
      'CreateBucket',
      { detail: recordOf({ eventName: 'CreateBucket', errorCode: 'AccessDenied' }) },
    ],
  ])('not %s', (_what, source, event, over) => {
    expect(sent(patterns, source, event, over)).toBe(0);
  });

  it('only what the router watches', () => {
    const router = createRouter(catalogue);
    const all = triggersOf(catalogue);
    fc.assert(
      fc.property(
        fc.constantFrom(...all.map(({ source }) => source)),
        fc.constantFrom(...all.map(({ event }) => event)),
        fc.constantFrom('', '20150331', '2020_05_31'),
        (source, name, date) => {
          const dated = date === '' || source === 'cloudfront.amazonaws.com';
          const watched = dated && router.watches(source, undated(name + date));
          expect(sent(patterns, source, name + date)).toBe(watched ? 1 : 0);
        },
      ),
    );
  });
});

describe('how the rules are cut', () => {
  it('into as many as the limit needs, losing nothing', () => {
    const trigger = fc
      .tuple(fc.constantFrom('s3', 'ec2', 'lambda', 'elasticloadbalancing'), fc.stringMatching(/^[A-Z][a-z]{3,40}$/))
      .map(([service, event]) => `${service}:${event}`);
    fc.assert(
      fc.property(fc.uniqueArray(trigger, { minLength: 1, maxLength: 200 }), (triggers) => {
        const many = catalogueOf(triggers);
        const patterns = eventPattern(many);
        expect(patterns.filter((one) => JSON.stringify(one).length > MAX_PATTERN_CHARACTERS)).toEqual([]);
        expect(triggersOf(many).filter(({ source, event }) => sent(patterns, source, event) === 0)).toEqual([]);
        expect(JSON.stringify(eventPattern(catalogueOf([...triggers].reverse())))).toBe(JSON.stringify(patterns));
      }),
      { numRuns: 30 },
    );
  });

  it('few sources share one rule, grouped by source', () => {
    const [only, ...more] = eventPattern(catalogueOf(['s3:PutBucketAcl', 'ec2:RunInstances', 's3:CreateBucket']));
    expect(more).toEqual([]);
    expect(only?.detail).toEqual({
      errorCode: [{ exists: false }],
      $or: [
        { eventSource: ['ec2.amazonaws.com'], eventName: ['RunInstances'] },
        { eventSource: ['s3.amazonaws.com'], eventName: ['CreateBucket', 'PutBucketAcl'] },
      ],
    });
  });

  it('one source needs no alternatives, and EventBridge would not take a single one', () => {
    expect(eventPattern(catalogueOf(['s3:PutBucketAcl']))[0]?.detail).toEqual({
      errorCode: [{ exists: false }],
      eventSource: ['s3.amazonaws.com'],
      eventName: ['PutBucketAcl'],
    });
  });

  it('no triggers, no rules', () => {
    expect(eventPattern(catalogueOf([]))).toEqual([]);
  });
});
