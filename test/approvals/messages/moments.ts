import type { MessageFacts } from '../../../approvals/messages/facts.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { at, call, entry, evaluation, factsOf, plan, record } from './facts.ts';

/** Every moment in the life of a message, by name: what the snapshots show. */

const approvedBySam = { approvals: [{ by: 'sam', at: at('08:33') }], because: 'approved by sam', by: 'sam' };
const approval = entry('08:33', 'approve', 'approved', 'sam', 'approved by sam', 'waiting');
const applied = [
  approval,
  entry('08:33', 'started', 'applying', 'sam', 'being applied', 'approved'),
  entry('08:33', 'applied', 'verifying', 'sam', 'every call was made; reading again', 'applying'),
];
const fixedBecause = 'fixed, and read again: the control passes';
const fixed = [...applied, entry('08:34', 'verified', 'resolved', 'redress', fixedBecause, 'verifying')];
const fixedContext = { ...approvedBySam, because: fixedBecause, by: 'redress', fixedByUs: true, application: 1 };
const undoCall = call({
  purpose: 'undo',
  name: 'undo-write',
  at: at('08:50'),
  outcome: {
    status: 'done',
    at: at('08:50'),
    requestId: '9e747772-0647-4681-8e67-b1481ed83c41',
    output: {},
    inferred: false,
  },
});
const undoing = [
  ...fixed,
  entry('08:50', 'undo', 'rollingBack', 'casey', 'casey asked to take the fix back', 'resolved'),
];
const unverified = 'every call was made, but it still fails: control 46: the policy lets everyone use s3:GetObject';

const passwords = ['an uppercase letter', 'a lowercase letter', 'a digit'].map((what, index) =>
  record({
    evaluation: {
      control: 7 + index,
      finding: `f-00000000000${7 + index}`,
      title: `Passwords need ${what}`,
      because: `${what.replace(/^an? /, '')}s are not required`,
    },
  }),
);
const [firstPassword = record(), ...morePasswords] = passwords;
const passwordPlan: Plan = {
  ...plan,
  controls: [7, 8, 9],
  findings: passwords.map(({ id }) => id),
  titles: passwords.map(({ evaluation: { title } }) => title),
  resource: {
    ...plan.resource,
    type: 'AWS::Account',
    id: '123456789012',
    arn: 'arn:aws:iam::123456789012:root',
    scope: 'account',
  },
  impact: 'existing passwords stay valid until they are changed',
  before: { MinimumPasswordLength: 16, RequireNumbers: false },
  after: { MinimumPasswordLength: 16, RequireNumbers: true, RequireUppercaseCharacters: true },
};

const guide: Plan = {
  ...plan,
  kind: 'guide',
  mode: 'guided',
  steps: [],
  before: null,
  after: null,
  guide: [
    { text: 'Make a snapshot of the volume.', cli: 'aws ec2 create-snapshot --volume-id vol-1' },
    { text: 'Copy it with a key, and make a volume of the copy.', cli: 'aws ec2 copy-snapshot --encrypted' },
    { text: 'Stop the instance, swap the volumes, start it. It is down for some minutes.' },
  ],
};

export const moments: Readonly<Record<string, MessageFacts>> = {
  waiting: factsOf(),
  'waiting for the second approval': factsOf({
    context: {
      ...approvedBySam,
      policy: {
        apply: true,
        mode: 'approve',
        approvalsNeeded: 2,
        limits: { perControl: 1, perAccount: 1 },
        mostRecurrences: 3,
      },
    },
  }),
  'waiting after a fix was taken back': factsOf({
    context: {
      handsOff: 'casey took the last fix back',
      because: 'it asks first, because: casey took the last fix back',
      by: 'redress',
    },
  }),
  'waiting, cannot be undone': factsOf({ plan: { ...plan, undo: { class: 'none', steps: [] } } }),
  'waiting, found by a sweep': factsOf({ cause: null }),
  'waiting, one plan for several controls': factsOf({
    plan: passwordPlan,
    findings: [firstPassword, ...morePasswords],
  }),
  'waiting, several calls': factsOf({
    plan: {
      ...plan,
      kind: 'steps',
      before: null,
      after: null,
      steps: [
        'CopySnapshot',
        'CreateVolume',
        'StopInstances',
        'DetachVolume',
        'AttachVolume',
        'StartInstances',
        'CreateTags',
      ].map((operation) => ({
        name: operation,
        service: 'ec2',
        operation,
        region: 'us-east-1',
        input: {},
        repeat: 'once' as const,
      })),
      undo: { class: 'best-effort', steps: [] },
    },
  }),
  approved: factsOf({ state: 'approved', history: [approval], context: approvedBySam }),
  'approved, held': factsOf({
    state: 'approved',
    history: [approval],
    context: { ...approvedBySam, because: 'every write is held: a release is under way (casey)' },
  }),
  applying: factsOf({ state: 'applying', history: applied.slice(0, 2), context: approvedBySam }),
  verifying: factsOf({ state: 'verifying', history: applied, context: approvedBySam, calls: [call()] }),
  'fixed and verified': factsOf({
    state: 'resolved',
    history: fixed,
    context: fixedContext,
    calls: [call()],
    undoable: true,
  }),
  'fixed by itself': factsOf({
    state: 'resolved',
    history: [
      entry('08:06', 'plan', 'approved', 'arn:aws:iam::123456789012:user/alice', evaluation.because),
      ...fixed.slice(1),
    ],
    context: {
      ...fixedContext,
      approvals: [],
      policy: {
        apply: true,
        mode: 'auto',
        approvalsNeeded: 1,
        limits: { perControl: 1, perAccount: 1 },
        mostRecurrences: 3,
      },
    },
    calls: [call()],
    undoable: true,
  }),
  'fixed, undo refused': factsOf({
    state: 'resolved',
    history: [...undoing, entry('08:51', 'undoRefused', 'resolved', 'casey', 'Somebody changed it', 'rollingBack')],
    context: {
      ...fixedContext,
      takingBack: 'undo',
      because:
        'Somebody changed acme-press-kit since the fix was applied. Undoing it would erase that change, so nothing was done.',
    },
    calls: [call()],
  }),
  'fixed by somebody else': factsOf({
    state: 'resolved',
    history: [entry('08:20', 'passed', 'resolved', 'arn:aws:iam::123456789012:user/bob', 'set right', 'waiting')],
    context: {
      by: 'arn:aws:iam::123456789012:user/bob',
      because: 'set right by arn:aws:iam::123456789012:user/bob through Terraform',
    },
  }),
  'being undone': factsOf({
    state: 'rollingBack',
    history: undoing,
    context: { ...fixedContext, because: 'casey asked to take the fix back', by: 'casey' },
  }),
  undone: factsOf({
    state: 'rolledBack',
    history: [...undoing, entry('08:51', 'undone', 'rolledBack', 'casey', 'taken back, exactly', 'rollingBack')],
    context: {
      ...fixedContext,
      fixedByUs: false,
      by: 'casey',
      because: 'casey asked to take the fix back; taken back, exactly',
    },
    calls: [call(), undoCall],
  }),
  'failed, being taken back': factsOf({
    state: 'rollingBack',
    history: [...applied, entry('08:38', 'unverified', 'rollingBack', 'redress', unverified, 'verifying')],
    context: { ...approvedBySam, because: unverified, by: 'redress', takingBack: 'unverified' },
    calls: [call()],
  }),
  'failed and taken back': factsOf({
    state: 'rolledBack',
    history: [
      ...applied,
      entry('08:38', 'unverified', 'rollingBack', 'redress', unverified, 'verifying'),
      entry('08:39', 'undone', 'rolledBack', 'redress', `${unverified}; taken back, exactly`, 'rollingBack'),
    ],
    context: { ...approvedBySam, because: `${unverified}; taken back, exactly`, by: 'redress' },
    calls: [call(), undoCall],
  }),
  'needs a person, a call failed': factsOf({
    state: 'needsPerson',
    history: applied.slice(0, 2),
    context: {
      ...approvedBySam,
      because: 'write (s3 PutBucketPolicy) was refused: AccessDenied',
      by: 'redress',
      stuck: 'failed',
    },
    calls: [
      call({
        outcome: {
          status: 'failed',
          at: at('08:33'),
          error: 'AccessDenied: User: arn:aws:sts::123456789012:assumed-role/RedressRemediate/p-1 is not authorized',
          requestId: 'r-2',
        },
      }),
    ],
  }),
  'needs a person, parameters missing': factsOf({
    state: 'needsPerson',
    plan: {
      ...plan,
      controls: [47],
      missing: ['logBucket'],
      impact: 'none for the bucket itself; the log bucket grows and costs',
    },
    evaluation: { control: 47, title: 'Bucket writes server access logs', because: 'access logs are not written' },
    context: {
      because: 'the configuration lacks logBucket; set it, and the plan is made again',
      stuck: 'missing',
      by: 'redress',
    },
  }),
  'needs a person, somebody keeps changing it': factsOf({
    state: 'needsPerson',
    context: {
      because:
        'it came back 4 times: arn:aws:iam::123456789012:role/deploy through Terraform keeps changing it. Mend it at the source, then mark this finding done',
      stuck: 'fight',
      by: 'redress',
    },
  }),
  denied: factsOf({
    state: 'denied',
    history: [entry('08:40', 'deny', 'denied', 'sam', 'denied by sam: the press kit is public on purpose', 'waiting')],
    context: { because: 'denied by sam: the press kit is public on purpose', by: 'sam' },
  }),
  expired: factsOf({ state: 'expired', context: { because: 'nobody decided in time', by: 'redress' } }),
  snoozed: factsOf({
    state: 'snoozed',
    context: { because: 'snoozed by sam: after the launch', by: 'sam', until: at('20:00') },
  }),
  exempted: factsOf({
    state: 'exempted',
    context: {
      because: 'accepted for press-team until 2027-01-31: a press kit is public',
      by: 'sam',
      until: '2027-01-31T23:59:59.999Z',
    },
  }),
  superseded: factsOf({
    state: 'superseded',
    history: [
      entry(
        '08:40',
        'plan',
        'superseded',
        'arn:aws:iam::123456789012:user/bob',
        'somebody added a statement',
        'waiting',
      ),
    ],
    context: { because: 'somebody added a statement', by: 'redress' },
  }),
  'no longer current': factsOf({
    current: false,
    history: [
      entry(
        '08:40',
        'outdated',
        'superseded',
        'redress',
        'acme-press-kit changed after the plan was made; planning again',
        'approved',
      ),
    ],
  }),
  guided: factsOf({
    state: 'guided',
    plan: guide,
    evaluation: {
      ...evaluation,
      control: 115,
      title: 'EBS volume attached to an instance is encrypted',
      because: 'the volume is not encrypted',
    },
  }),
  'guided, marked done': factsOf({
    state: 'guided',
    plan: guide,
    context: { markedDone: true, because: 'sam says that it is done; judging again', by: 'sam' },
  }),
  proposed: factsOf({ state: 'proposed', context: { because: 'dry-run: planned, not applied' }, expires: null }),
  judged: factsOf({ state: 'judged', context: { because: 'the snooze is over', by: 'redress' }, expires: null }),
};
