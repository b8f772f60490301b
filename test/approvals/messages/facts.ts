import type { Manner, MessageFacts } from '../../../approvals/messages/facts.ts';
import { named } from '../../../approvals/messages/text.ts';
import type { Evaluation, Plan } from '../../../src/plan/plan.ts';
import type { CallRecord, FindingRecord, HistoryEntry } from '../../../src/store/records.ts';
import type { FindingContext, StateName } from '../../../src/workflow/finding.ts';

/** Facts to make messages from: a bucket that is open to everyone, and a plan that closes it. */

export const at = (time: string): string => `2026-11-16T${time}:00.000Z`;

const USERS: Readonly<Record<string, string>> = { sam: 'U0SAM', casey: 'U0CASEY' };

/** Sam and Casey are in the workspace; nobody else is. */
export const manner: Manner = {
  mention: (by) => (USERS[by] === undefined ? named(by) : `<@${USERS[by]}>`),
};

export const resource: Plan['resource'] = {
  type: 'AWS::S3::Bucket',
  id: 'acme-press-kit',
  arn: 'arn:aws:s3:::acme-press-kit',
  partition: 'aws',
  account: '123456789012',
  region: 'us-east-1',
  scope: 'resource',
};

const HASH = '6f277b346e181fc727387767dd6e96f856d46c2a2e158c33d0f12aa73622bab7';

const tlsOnly = { Sid: 'TlsOnly', Effect: 'Deny', Principal: '*', Action: 's3:*' };
const everyone = {
  Sid: 'EveryoneReads',
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::acme-press-kit/*',
};
const policy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

export const plan: Plan = {
  id: `p-${HASH.slice(0, 12)}`,
  digest: `sha256:${HASH}`,
  controls: [46],
  findings: ['f-a78e113a72be'],
  resource,
  criticality: 'HIGH',
  titles: ['Bucket policy lets nobody in without naming them'],
  kind: 'edit',
  mode: 'approve',
  impact: 'anonymous readers (websites, downloads, CDN origins without origin access control) are cut off at once',
  steps: [
    {
      name: 'write',
      service: 's3',
      operation: 'PutBucketPolicy',
      region: 'us-east-1',
      input: { Bucket: 'acme-press-kit', Policy: policy(tlsOnly) },
      repeat: 'safe',
    },
  ],
  cli: [`aws s3api put-bucket-policy --bucket acme-press-kit --policy '${policy(tlsOnly)}' --region us-east-1`],
  before: policy(tlsOnly, everyone),
  after: policy(tlsOnly),
  undo: {
    class: 'exact',
    steps: [
      {
        name: 'undo-write',
        service: 's3',
        operation: 'PutBucketPolicy',
        region: 'us-east-1',
        input: { Bucket: 'acme-press-kit', Policy: policy(tlsOnly, everyone) },
        repeat: 'safe',
      },
    ],
  },
  permissions: ['s3:PutBucketPolicy'],
  missing: [],
  guide: [],
  locks: ['s3 bucket policy acme-press-kit'],
};

export const evaluation: Evaluation = {
  control: 46,
  finding: 'f-a78e113a72be',
  verdict: 'fail',
  because: 'the policy lets everyone use s3:GetObject (statement EveryoneReads)',
  title: 'Bucket policy lets nobody in without naming them',
  criticality: 'HIGH',
  resource,
};

const context: FindingContext = {
  finding: evaluation.finding,
  control: evaluation.control,
  resource,
  plan: { id: plan.id, digest: plan.digest, kind: plan.kind, missing: [] },
  policy: {
    apply: true,
    mode: 'approve',
    approvalsNeeded: 1,
    limits: { perControl: 10, perAccount: 100 },
    mostRecurrences: 3,
  },
  approvals: [],
  round: 1,
  recurrences: [],
  because: evaluation.because,
  by: 'arn:aws:iam::123456789012:user/alice',
  until: null,
  handsOff: null,
  stuck: null,
  replans: 0,
  takingBack: null,
  application: 0,
  fixedByUs: false,
  markedDone: false,
};

type Change = {
  readonly state?: StateName;
  readonly context?: Partial<FindingContext>;
  readonly history?: readonly HistoryEntry[];
  readonly evaluation?: Partial<Evaluation>;
  readonly cause?: FindingRecord['cause'];
};

export const entry = (
  time: string,
  event: string,
  to: StateName,
  by: string,
  because: string,
  from: StateName | null = null,
): HistoryEntry => ({ at: at(time), event, from, to, by, because, plan: plan.id });

const opening = [
  entry('08:06', 'judged', 'judged', 'redress', 'judged as failing'),
  entry('08:06', 'plan', 'waiting', context.by, evaluation.because, 'judged'),
];

export function record({ state = 'waiting', history = [], ...change }: Change = {}): FindingRecord {
  const own: Evaluation = { ...evaluation, ...change.evaluation };
  const entries = [...opening, ...history];
  return {
    id: own.finding,
    revision: entries.length,
    evaluation: own,
    judgedAt: at('08:06'),
    machine: {
      version: 1,
      value: state,
      context: { ...context, finding: own.finding, control: own.control, ...change.context },
    },
    state,
    plan: plan.id,
    cause:
      change.cause === undefined
        ? {
            by: context.by,
            tool: null,
            event: 'PutBucketPolicy',
            eventId: '8f0c1e52-5a6f-4c43-8f4f-2f0d9a5a8f10',
            at: at('08:05'),
          }
        : change.cause,
    causers: [context.by],
    createdAt: at('08:06'),
    updatedAt: entries.at(-1)?.at ?? at('08:06'),
    history: entries,
  };
}

export const call = (change: Partial<CallRecord> = {}): CallRecord => ({
  plan: plan.id,
  application: 1,
  purpose: 'apply',
  step: 0,
  name: 'write',
  service: 's3',
  operation: 'PutBucketPolicy',
  account: resource.account,
  region: resource.region,
  at: at('08:33'),
  attempts: 1,
  seen: null,
  outcome: {
    status: 'done',
    at: at('08:33'),
    requestId: '2ddb3c20-82ac-4e4a-8adf-953d2c26162d',
    output: {},
    inferred: false,
  },
  ...change,
});

export function factsOf(one: Change & Partial<MessageFacts> = {}): MessageFacts {
  return {
    plan,
    findings: [record(one)],
    calls: [],
    current: true,
    expires: at('20:06'),
    undoable: false,
    ...pick(one),
  };
}

function pick({ plan, findings, calls, current, expires, undoable }: Partial<MessageFacts>): Partial<MessageFacts> {
  const given = { plan, findings, calls, current, expires, undoable };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
