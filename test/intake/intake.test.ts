import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { takeIn } from '../../src/intake/intake.ts';
import { createRouter } from '../../src/intake/route.ts';
import { eventBridge, recordOf } from './records.ts';
import { catalogue } from './small-catalogue.ts';

const router = createRouter(catalogue);
const json = JSON.stringify;
const record = recordOf();
const other = recordOf({ eventName: 'CreateBucket', requestParameters: { bucketName: 'photos' }, eventID: 'e2' });

function idsIn(body: Uint8Array | string): string[] {
  const { arrivals, ignored } = takeIn(body, router);
  expect(ignored).toEqual([]);
  return arrivals.map(({ subject }) => (subject.target.kind === 'id' ? subject.target.id : subject.target.from));
}

describe('every envelope that records arrive in', () => {
  const sns = { Type: 'Notification', MessageId: 'm', TopicArn: 'arn:aws:sns:eu-west-1:1:t', Message: json(record) };
  it.each<[string, string | Uint8Array, string[]]>([
    ['a bare record', json(record), ['invoices']],
    ['an EventBridge envelope', json(eventBridge(record)), ['invoices']],
    ['a log file', json({ Records: [record, other] }), ['invoices', 'photos']],
    [
      'a log file laid out over many lines',
      JSON.stringify({ Records: [record, other] }, null, 2),
      ['invoices', 'photos'],
    ],
    ['a list', json([record, other]), ['invoices', 'photos']],
    ['a list of EventBridge envelopes', json([eventBridge(record), eventBridge(other)]), ['invoices', 'photos']],
    ['JSON lines', `${json(record)}\n${json(other)}\n`, ['invoices', 'photos']],
    ['JSON lines with CRLF and blank lines', `${json(record)}\r\n\r\n${json(other)}\r\n`, ['invoices', 'photos']],
    [
      'JSON lines of log files',
      `${json({ Records: [record] })}\n${json({ Records: [other] })}`,
      ['invoices', 'photos'],
    ],
    ['a gzipped log file', gzipSync(json({ Records: [record] })), ['invoices']],
    ['gzipped JSON lines', gzipSync(`${json(record)}\n${json(other)}`), ['invoices', 'photos']],
    ['gzip within gzip', gzipSync(gzipSync(json(record))), ['invoices']],
    [
      'gzip in two members',
      Buffer.concat([gzipSync(`${json(record)}\n`), gzipSync(json(other))]),
      ['invoices', 'photos'],
    ],
    ['bytes', Buffer.from(json(record)), ['invoices']],
    ['a byte order mark', `\uFEFF${json(record)}`, ['invoices']],
    ['bytes with a byte order mark', Buffer.from(`\uFEFF${json(record)}`), ['invoices']],
    ['UTF-16 from a Windows shell', Buffer.from(`\uFEFF${json(record)}`, 'utf16le'), ['invoices']],
    ['an SNS notification', json(sns), ['invoices']],
    [
      'an EventBridge envelope in an SNS notification',
      json({ ...sns, Message: json(eventBridge(record)) }),
      ['invoices'],
    ],
    ['an SQS message', json({ MessageId: 'm', Body: json(eventBridge(record)) }), ['invoices']],
    [
      'an answer of ReceiveMessage',
      json({ Messages: [{ Body: json(record) }, { Body: json(other) }] }),
      ['invoices', 'photos'],
    ],
    [
      "Lambda's event from SQS",
      json({ Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: json(eventBridge(record)) }] }),
      ['invoices'],
    ],
    [
      "Lambda's event from SQS from SNS",
      json({ Records: [{ eventSource: 'aws:sqs', messageId: 'm', body: json(sns) }] }),
      ['invoices'],
    ],
    ["Lambda's event from SNS", json({ Records: [{ EventSource: 'aws:sns', Sns: sns }] }), ['invoices']],
    ['what lookup-events prints', json({ Events: [{ EventId: 'e', CloudTrailEvent: json(record) }] }), ['invoices']],
    ['JSON that was encoded twice', json(json(record)), ['invoices']],
    ['an empty log file', json({ Records: [] }), []],
  ])('%s', (_name, body, expected) => {
    expect(idsIn(body)).toEqual(expected);
  });

  it.each(['AWS Service Event via CloudTrail', 'AWS Console Action via CloudTrail'])('%s', (type) => {
    expect(idsIn(json(eventBridge(record, { 'detail-type': type })))).toEqual(['invoices']);
  });
});

function reasons(body: Uint8Array | string): string[] {
  const { arrivals, ignored } = takeIn(body, router);
  expect(arrivals).toEqual([]);
  return ignored.map(({ because }) => because);
}

describe('what is ignored, and why', () => {
  it.each<[string, Record<string, unknown>]>([
    ['failed call', { errorCode: 'AccessDenied' }],
    ['failed call', { errorCode: 'AccessDenied', eventName: 'SomethingElse' }],
    ['read-only', { readOnly: true }],
    ['read-only', { readOnly: 'true', eventName: 'ListBuckets' }],
    ['data event', { eventCategory: 'Data', eventName: 'PutObject' }],
    ['data event', { managementEvent: false }],
    ['data event', { managementEvent: 'false', eventCategory: undefined }],
    ['insight event', { eventCategory: 'Insight' }],
    ['network event', { eventCategory: 'NetworkActivity' }],
    ['not watched', { eventName: 'PutBucketTagging' }],
    ['not watched', { eventSource: 'iam.amazonaws.com' }],
    ['not watched', { eventName: 'constructor' }],
  ])('%s: %o', (because, over) => {
    const { ignored, arrivals } = takeIn(json(recordOf(over)), router);
    expect(arrivals).toEqual([]);
    expect(ignored).toEqual([
      {
        event: over.eventName ?? 'PutBucketVersioning',
        because,
        source: over.eventSource ?? 's3.amazonaws.com',
        eventID: record.eventID,
      },
    ]);
  });

  it('accepts an empty error code', () => {
    expect(idsIn(json(recordOf({ errorCode: null })))).toEqual(['invoices']);
  });

  it('knows other mail by its type', () => {
    const { ignored } = takeIn(
      json([
        eventBridge({}, { 'detail-type': 'EC2 Instance State-change Notification' }),
        eventBridge({}, { 'detail-type': 'AWS Insight via CloudTrail' }),
      ]),
      router,
    );
    expect(ignored).toEqual([
      { event: 'EC2 Instance State-change Notification', because: 'not watched' },
      { event: 'AWS Insight via CloudTrail', because: 'insight event' },
    ]);
  });
});

describe('what cannot be read', () => {
  const log = JSON.stringify({ Records: [record, other] }, null, 2);
  it.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /^unparseable: it is empty$/],
    ['blanks', ' \n\t\n', /^unparseable: it is empty$/],
    ['no bytes', new Uint8Array(), /^unparseable: it is empty$/],
    ['other text', 'hello', /^unparseable: it is not JSON, or is cut short/],
    ['a log file cut short', log.slice(0, log.length / 2), /^unparseable: it is not JSON, or is cut short/],
    [
      'a single line cut short',
      json({ Records: [record] }).slice(0, 300),
      /^unparseable: it is not JSON, or is cut short/,
    ],
    ['gzip cut short', gzipSync(json(record)).subarray(0, 60), /^unparseable: the gzip data is damaged/],
    ['broken gzip', Buffer.from([0x1f, 0x8b, 1, 2, 3]), /^unparseable: the gzip data is damaged/],
    ['Records that are no list', '{"Records":{}}', /^unparseable: "Records" is not a list$/],
    ['null', 'null', /^unparseable: it is null, not a CloudTrail record$/],
    ['a number', '42', /^unparseable: it is a number/],
    ['an empty group', '{}', /^unparseable: it has no eventName$/],
    ['no source', '{"eventName":"PutBucketPolicy"}', /^unparseable: it has no eventSource/],
    ['an envelope without its record', json(eventBridge(undefined)), /^unparseable: it is missing/],
    ['an envelope with null in it', json(eventBridge(null)), /^unparseable: it is null/],
    ['a notice about log files', json({ s3Bucket: 'b', s3ObjectKey: ['k'] }), /^unparseable: it names log files in S3/],
    ['an account that is none', json(recordOf({ recipientAccountId: 'me' })), /recipientAccountId: not a 12-digit/],
    ['a region that is none', json(recordOf({ awsRegion: '../../x' })), /awsRegion: not the name of a region/],
    ['an identity that is none', json(recordOf({ userIdentity: 'root' })), /^unparseable: userIdentity:/],
    ['a time of the wrong type', json(recordOf({ eventTime: 5 })), /^unparseable: eventTime:/],
    ['no region', json(recordOf({ awsRegion: undefined })), /does not say which region/],
    ['no account', json(recordOf({ recipientAccountId: null, userIdentity: null })), /does not say which account/],
    ['no request', json(recordOf({ requestParameters: null })), /names no resource; the next sweep covers it/],
    ['a request as text', json(recordOf({ requestParameters: 'bucketName=x' })), /names no resource/],
    ['an empty id', json(recordOf({ requestParameters: { bucketName: '' } })), /names no resource/],
    ['lists in lists without end', '['.repeat(100_000) + ']'.repeat(100_000), /wrapped too many times/],
    ['lists that never close', '['.repeat(100_000), /not JSON, or is cut short/],
  ])('%s is told in one line', (_name, body, expected) => {
    const [because, ...rest] = reasons(body);
    expect(rest).toEqual([]);
    expect(because).toMatch(expected);
    expect(because).not.toMatch(/\n|\bat .*:\d+:\d+/);
    expect(because?.length).toBeLessThan(300);
  });

  it('stops at messages in messages without end', () => {
    let message = json(record);
    for (let depth = 0; depth < 12; depth += 1) message = json({ Message: message });
    expect(reasons(message)).toEqual(['unparseable: it is wrapped too many times over']);
  });

  it('opens a record however deep its parameters go', () => {
    const depth = 50_000;
    const deep = `{"bucketName":"invoices","x":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
    const body = json(recordOf({ requestParameters: 'HERE' })).replace('"HERE"', deep);
    expect(idsIn(body)).toEqual(['invoices']);
  });

  it('opens a record of five megabytes', () => {
    const big = recordOf({ requestParameters: { bucketName: 'invoices', policy: 'x'.repeat(5_000_000) } });
    expect(idsIn(json(big))).toEqual(['invoices']);
    expect(reasons(json({ ...big, eventName: 'x'.repeat(5_000_000) })).join()).toBe('not watched');
  });

  it('says where it stood', () => {
    const body = `${json(record)}\n{"broken\n${json({ Records: [record, 7] })}`;
    const { arrivals, ignored } = takeIn(body, router);
    expect(arrivals).toHaveLength(2);
    expect(ignored.map(({ event }) => event)).toEqual(['line 2', 'line 3, record 1, record 2']);
  });
});

describe('a bad record takes no good one down', () => {
  const junk = fc.oneof(
    fc.anything().map((value) => JSON.stringify(value) ?? 'null'),
    fc.constantFrom(
      '{"eventName":1}',
      '{"eventName":"CreateBucket"}',
      '[[[]]]',
      '""',
      '{"Records":7}',
      '{"detail-type":"x"}',
    ),
  );

  it('in a log file', () => {
    fc.assert(
      fc.property(fc.array(junk), fc.array(junk), (before, after) => {
        const { arrivals } = takeIn(`{"Records":[${[...before, json(record), ...after].join(',')}]}`, router);
        expect(arrivals.map(({ event }) => event.eventID)).toContain(record.eventID);
      }),
    );
  });

  it('in JSON lines, broken ones too', () => {
    const line = fc.oneof(
      junk,
      fc.string().map((text) => text.replace(/[\r\n]/g, '')),
      fc.constant('{"eventName":"Crea'),
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(line), (before, after) => {
        const { arrivals } = takeIn([...before, json(record), ...after].join('\n'), router);
        expect(arrivals.map(({ event }) => event.eventID)).toContain(record.eventID);
      }),
    );
  });

  it('and nothing throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void takeIn(bytes, router)));
    fc.assert(fc.property(fc.json(), (text) => void takeIn(text, router)));
    fc.assert(
      fc.property(
        fc.record(
          Object.fromEntries(Object.keys(record).map((key) => [key, fc.option(fc.jsonValue(), { nil: undefined })])),
        ),
        (over) => void takeIn(json({ ...record, ...over }), router),
      ),
    );
  });
});

describe('what is kept of a record', () => {
  it('all that Redress looks at', () => {
    const resources = [{ ARN: 'arn:aws:s3:::invoices' }];
    const { arrivals } = takeIn(json(recordOf({ resources, serviceEventDetails: { a: 1 } })), router);
    expect(arrivals[0]?.event).toEqual({
      eventID: record.eventID,
      eventSource: 's3.amazonaws.com',
      eventName: 'PutBucketVersioning',
      eventTime: '2026-11-02T09:30:00Z',
      awsRegion: 'eu-west-1',
      account: '111122223333',
      requestID: 'REQUEST1',
      userIdentity: record.userIdentity,
      userAgent: 'console',
      requestParameters: { bucketName: 'invoices' },
      responseElements: null,
      resources,
      additionalEventData: undefined,
      serviceEventDetails: { a: 1 },
    });
  });

  it('the envelope fills in what the record leaves out', () => {
    const bare = recordOf({ awsRegion: undefined, recipientAccountId: undefined, eventTime: undefined });
    const [first] = takeIn(json(eventBridge({ ...bare, userIdentity: undefined })), router).arrivals;
    expect(first?.event).toMatchObject({
      awsRegion: 'eu-west-1',
      account: '111122223333',
      eventTime: '2026-11-02T09:30:01Z',
    });
  });

  it("the record's account is the one that it was written for, not the caller's", () => {
    const shared = recordOf({ recipientAccountId: '444455556666' });
    expect(takeIn(json(shared), router).arrivals[0]?.subject.account).toBe('444455556666');
  });
});
