import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, AwsPort, Request } from '../../src/aws/port.ts';
import { detailType, subjectLine } from '../../src/notify/publish.ts';
import { awsNotifier, lifecyclePublisher, noticePublisher, terminalNotifier } from '../../src/notify.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { FindingRecord } from '../../src/store/records.ts';
import { stateNames } from '../../src/workflow/finding.ts';
import type { LifecycleEvent } from '../../src/workflow/notifier.ts';
import { save } from '../../src/workflow/snapshot.ts';
import { start } from '../../src/workflow/step.ts';

const home = { account: '111122223333', region: 'eu-west-1' };
const topic = 'arn:aws:sns:us-east-1:444455556666:notices';

const event: LifecycleEvent = {
  id: 'f-1/3',
  type: 'rolledBack',
  at: '2026-11-02T09:30:00.000Z',
  finding: 'f-1',
  control: 48,
  arn: 'arn:aws:s3:::invoices',
  account: '111122223333',
  region: 'eu-west-1',
  plan: 'p-1',
  by: 'redress',
  because: 'the control still failed',
};

const resource = {
  type: 'AWS::S3::Bucket',
  id: 'invoices',
  arn: 'arn:aws:s3:::invoices',
  partition: 'aws',
  account: '111122223333',
  region: 'eu-west-1',
  scope: 'resource',
} as const;
const plan: Plan = {
  id: 'p-1',
  digest: 'sha256:1',
  controls: [48],
  findings: ['f-1'],
  resource,
  criticality: 'HIGH',
  titles: ['Bucket keeps versions'],
  kind: 'edit',
  mode: 'approve',
  impact: 'storage grows',
  steps: [],
  cli: ['aws s3api put-bucket-versioning --bucket invoices'],
  before: {},
  after: {},
  undo: { class: 'exact', steps: [] },
  permissions: [],
  missing: [],
  guide: [],
  locks: [],
};
const runbook: Plan = { ...plan, kind: 'guide', mode: 'guided', cli: [], guide: [{ text: 'Save the data first.' }] };
const finding: FindingRecord = {
  id: 'f-1',
  revision: 1,
  evaluation: {
    control: 48,
    finding: 'f-1',
    verdict: 'fail',
    because: 'versioning is suspended',
    title: 'Bucket keeps versions',
    criticality: 'HIGH',
    resource,
  },
  judgedAt: event.at,
  machine: save(start({ finding: 'f-1', control: 48, resource })),
  state: 'waiting',
  plan: 'p-1',
  cause: null,
  causers: [],
  createdAt: event.at,
  updatedAt: event.at,
  history: [],
};

/** A port that keeps what it is sent. */
function recordingPort(output: Answer['output'] = {}) {
  const requests: Request[] = [];
  const port: Pick<AwsPort, 'send'> = {
    send: async (request) => {
      requests.push(request);
      return { output, requestId: 'r' };
    },
  };
  return { port, requests };
}
const failing: Pick<AwsPort, 'send'> = { send: () => Promise.reject(new Error('throttled')) };

describe('lifecycle events', () => {
  it('go to the bus with their step in the detail type', async () => {
    const { port, requests } = recordingPort({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
    await lifecyclePublisher(port, 'redress', home)([event]);
    expect(requests).toEqual([
      {
        target: home,
        service: 'events',
        operation: 'PutEvents',
        input: {
          Entries: [
            {
              EventBusName: 'redress',
              Source: 'redress',
              DetailType: 'Redress Finding Rolled Back',
              Time: new Date(event.at),
              Resources: ['arn:aws:s3:::invoices'],
              Detail: JSON.stringify(event),
            },
          ],
        },
      },
    ]);
  });

  it('go where the ARN of the bus says', async () => {
    const { port, requests } = recordingPort();
    await lifecyclePublisher(port, 'arn:aws:events:us-west-2:444455556666:event-bus/central', home)([event]);
    expect(requests[0]?.target).toEqual({ account: '444455556666', region: 'us-west-2' });
  });

  it('are not lost when the bus answers 200 and takes nothing', async () => {
    const refusal = {
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'slow\ndown' }],
    };
    const { port } = recordingPort(refusal);
    await expect(lifecyclePublisher(port, 'redress', home)([event])).rejects.toThrow(
      'Bus redress did not take f-1/3: ThrottlingException: slow down',
    );
    await expect(lifecyclePublisher(failing, 'redress', home)([event])).rejects.toThrow('throttled');
  });

  it('go ten at a time, in their order, and the one that was not taken is named', async () => {
    const { port, requests } = recordingPort();
    const many = Array.from({ length: 12 }, (_, index) => ({ ...event, id: `f-1/${index}` }));
    await lifecyclePublisher(port, 'redress', home)(many);
    const sent = requests.map(({ input }) => ('Entries' in input && Array.isArray(input.Entries) ? input.Entries : []));
    expect(sent.map((entries) => entries.length)).toEqual([10, 2]);
    expect(sent.flat().map(({ Detail }) => JSON.parse(Detail).id)).toEqual(many.map(({ id }) => id));

    const refusal = { FailedEntryCount: 1, Entries: [{ EventId: 'e' }, { ErrorCode: 'InternalFailure' }] };
    await expect(lifecyclePublisher(recordingPort(refusal).port, 'redress', home)(many)).rejects.toThrow(
      'Bus redress did not take f-1/1: InternalFailure',
    );
  });

  it('have a detail type of their own for every state', () => {
    const types = stateNames.map(detailType);
    expect(new Set(types).size).toBe(stateNames.length);
    expect(types).toContain('Redress Finding Needs Person');
    for (const type of types) expect(type).toMatch(/^Redress Finding [A-Z][A-Za-z ]+$/);
  });

  it('stay below what EventBridge takes', async () => {
    const { port, requests } = recordingPort();
    await lifecyclePublisher(port, 'redress', home)([{ ...event, because: 'x'.repeat(1_000_000) }]);
    expect(JSON.stringify(requests[0]?.input).length).toBeLessThan(4096);
  });
});

describe('notices', () => {
  it('go to the topic, wherever it is', async () => {
    const { port, requests } = recordingPort();
    await noticePublisher(port, topic, home)({ subject: 'Hello', text: 'line one\nline two ü' });
    expect(requests).toEqual([
      {
        target: { account: '444455556666', region: 'us-east-1' },
        service: 'sns',
        operation: 'Publish',
        input: { TopicArn: topic, Subject: 'Hello', Message: 'line one\nline two ü' },
      },
    ]);
  });

  it('are cut before SNS refuses them', async () => {
    const { port, requests } = recordingPort();
    await noticePublisher(port, topic, home)({ subject: 'Hello', text: '🦀'.repeat(200_000) });
    expect(Buffer.byteLength(JSON.stringify(requests[0]?.input))).toBeLessThan(256 * 1024);
  });

  it('fail loudly, so that they are sent again', async () => {
    await expect(noticePublisher(failing, topic, home)({ subject: 's', text: 't' })).rejects.toThrow('throttled');
  });

  it.each([
    ['Größe geändert', 'Grosse geandert'],
    ['two\nlines\tand a tab', 'two lines and a tab'],
    ['日本', '??'],
    ['', 'Redress'],
    [' \n', 'Redress'],
  ])('subject %j', (text, expected) => {
    expect(subjectLine(text.replace('ß', 'ss'))).toBe(expected);
  });

  it('have subjects that SNS takes, whatever stands in them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(subjectLine(text)).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,99}$/);
      }),
    );
  });
});

describe('what AWS is told', () => {
  const both = { bus: 'redress', topicArn: topic };
  const services = (requests: readonly Request[]): string[] => requests.map(({ service }) => service);

  it('asks by notice, with what would be done and what to say', async () => {
    const { port, requests } = recordingPort();
    await awsNotifier(port, both, home).ask(finding, plan, 'once');
    expect(requests[0]?.input).toMatchObject({
      Subject: 'Redress: HIGH control 48 waits for a yes: invoices',
      Message: expect.stringContaining('Would run: aws s3api put-bucket-versioning --bucket invoices'),
    });
    expect(requests[0]?.input).toMatchObject({ Message: expect.stringContaining('redress approve f-1') });
  });

  it('hands a runbook over, and does not ask for a yes to it', async () => {
    const { port, requests } = recordingPort();
    await awsNotifier(port, both, home).ask(finding, runbook, 'once');
    expect(requests[0]?.input).toMatchObject({ Message: expect.stringContaining('- Save the data first.') });
    expect(JSON.stringify(requests)).not.toContain('redress approve');
  });

  it('sends every step to the bus, and those that people should know to the topic too', async () => {
    const { port, requests } = recordingPort();
    const notifier = awsNotifier(port, both, home);
    await notifier.changed(finding, [{ ...event, type: 'resolved' }]);
    expect(services(requests)).toEqual(['events']);
    await notifier.changed(finding, [{ ...event, type: 'needsPerson' }]);
    expect(services(requests)).toEqual(['events', 'events', 'sns']);
  });

  it('is nothing when nothing is configured', async () => {
    const { port, requests } = recordingPort();
    const notifier = awsNotifier(port, {}, home);
    await notifier.ask(finding, plan, 'once');
    await notifier.changed(finding, [{ ...event, type: 'needsPerson' }]);
    expect(requests).toEqual([]);
  });

  it('fails when AWS fails', async () => {
    const notifier = awsNotifier(failing, both, home);
    await expect(notifier.ask(finding, plan, 'once')).rejects.toThrow('throttled');
    await expect(notifier.changed(finding, [event])).rejects.toThrow('throttled');
  });
});

describe('the terminal', () => {
  it('gets one line for everything, whatever stands in it', async () => {
    const lines: string[] = [];
    const notifier = terminalNotifier({ write: (line) => lines.push(line) });
    await notifier.ask(finding, plan, 'once');
    await notifier.ask(finding, runbook, 'once');
    await notifier.changed(finding, []);
    await notifier.changed(finding, [{ ...event, because: 'evil\u001b[2J\nname' }]);
    expect(lines).toEqual([
      'f-1 waits for a yes: control 48, Bucket keeps versions (arn:aws:s3:::invoices). redress approve f-1\n',
      'f-1 needs a person: control 48, Bucket keeps versions (arn:aws:s3:::invoices). redress show f-1\n',
      '2026-11-02T09:30:00.000Z f-1 rolledBack, control 48, arn:aws:s3:::invoices, by redress: evil [2J name\n',
    ]);
  });
});
