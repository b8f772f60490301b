import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findingsMessage, planMessage, statusMessage } from '../../../approvals/messages/commands.ts';
import { detailsView } from '../../../approvals/messages/details.ts';
import type { Manner, MessageFacts } from '../../../approvals/messages/facts.ts';
import { findingMessage } from '../../../approvals/messages/finding.ts';
import { homeView } from '../../../approvals/messages/home.ts';
import { limits } from '../../../approvals/messages/limits.ts';
import { listMessage } from '../../../approvals/messages/list.ts';
import { needsFile, planFile } from '../../../approvals/messages/plan-file.ts';
import { code, fenced, named, plain, prose } from '../../../approvals/messages/text.ts';
import { threadReply } from '../../../approvals/messages/thread.ts';
import { denyView, exemptView, snoozeView } from '../../../approvals/messages/windows.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { CallRecord } from '../../../src/store/records.ts';
import { stateNames } from '../../../src/workflow/finding.ts';
import { at, call, factsOf, plan, record } from './facts.ts';
import { brokenRules } from './slack-rules.ts';

/** Whatever a resource, a statement, a person or a reason is called, Slack takes the message and says only what we say. */

const NASTY = [
  ...['<!channel>', '<!here>', '<@U0VICTIM>', '<#C0SECRET>', '<https://evil.example|Approve>', '&lt;!channel&gt;'],
  ...['```', '`', '``', '*', '_', '~', '*bold*', '_slanted_', ':tada:', '> quote', '\n', '\r\n', '\u2028', '\t', '\0'],
  ...[
    '\u202e',
    '\u200b',
    '\ufeff',
    '\ud800',
    '🙂',
    '𝕏',
    'é',
    '漢字',
    '"',
    "'",
    '\\',
    '&',
    '<',
    '>',
    '|',
    '^',
    '{date}',
  ],
  ...['arn:aws:iam::123456789012:user/alice', 'arn:aws:s3:::b', '<!date^0^x|y>', 'Approved by sam', ' ', ''],
];
const nasty = fc.constantFrom(...NASTY);
const short = fc.array(nasty, { maxLength: 8 }).map((parts) => parts.join(''));
/** Ten thousand characters and more. */
const long = fc
  .tuple(short, fc.integer({ min: 1000, max: 3000 }))
  .map(([text, count]) => `${text}abcd`.repeat(count).slice(0, 12_000));
const text = fc.oneof(
  { weight: 4, arbitrary: short },
  { weight: 1, arbitrary: long },
  { weight: 1, arbitrary: fc.string({ maxLength: 300 }) },
);

const document = fc.oneof(
  fc.constant(null),
  fc.dictionary(text, text, { maxKeys: 5 }),
  fc
    .tuple(text, fc.integer({ min: 1, max: 600 }))
    .map(([line, count]) => ({ lines: Array.from({ length: count }, (_, index) => `${index} ${line.slice(0, 300)}`) })),
);

const planned = fc.record({
  name: text,
  service: text,
  operation: text,
  region: text,
  input: fc.record({ Value: text }),
  repeat: fc.constant('safe' as const),
});
const hash = fc.stringMatching(/^[0-9a-f]{64}$/);

const plans: fc.Arbitrary<Plan> = fc
  .record({
    hash,
    resource: fc.record({ id: text, arn: text, type: text, region: text }),
    criticality: fc.constantFrom('HIGH', 'MEDIUM', 'LOW'),
    kind: fc.constantFrom('edit', 'steps', 'guide'),
    mode: fc.constantFrom('auto', 'approve', 'guided', 'off'),
    impact: text,
    calls: fc.tuple(planned, fc.constantFrom(0, 1, 3, 300)),
    cli: fc.tuple(text, fc.constantFrom(0, 1, 300)),
    before: document,
    after: document,
    undo: fc.constantFrom('exact', 'best-effort', 'none'),
    permissions: fc.tuple(text, fc.constantFrom(1, 200)),
    missing: fc.array(text, { maxLength: 20 }),
    guide: fc.tuple(fc.record({ text, cli: text }), fc.constantFrom(0, 1, 100)),
  })
  .map(({ hash, resource, calls, cli, permissions, guide, undo, ...rest }) => {
    const repeated = <T>([one, count]: readonly [T, number]): T[] => Array.from({ length: count }, () => one);
    const steps = repeated(calls);
    return {
      ...plan,
      ...rest,
      ...{ id: `p-${hash.slice(0, 12)}`, digest: `sha256:${hash}`, resource: { ...plan.resource, ...resource } },
      ...{ steps, cli: repeated(cli), permissions: repeated(permissions), guide: repeated(guide) },
      undo: { class: undo, steps },
    };
  });

const outcomes: fc.Arbitrary<CallRecord['outcome']> = fc.oneof(
  fc.constant({ status: 'intent' as const }),
  fc.record({ status: fc.constant('failed' as const), at: fc.constant(at('08:33')), error: text, requestId: text }),
  fc.record({
    status: fc.constant('done' as const),
    at: fc.constant(at('08:33')),
    requestId: text,
    output: fc.constant({}),
    inferred: fc.boolean(),
  }),
);
const calls = fc
  .tuple(
    fc.record({ purpose: fc.constantFrom('apply', 'undo'), service: text, operation: text, outcome: outcomes }),
    fc.constantFrom(0, 1, 300),
  )
  .map(([one, count]) => Array.from({ length: count }, () => call(one)));

const facts: fc.Arbitrary<MessageFacts> = fc
  .record({
    plan: plans,
    state: fc.constantFrom(...stateNames),
    words: fc.record({ because: text, by: text, handsOff: fc.option(text), until: fc.option(text) }),
    evaluation: fc.record({ because: text, title: text }),
    flags: fc.record({
      fixedByUs: fc.boolean(),
      markedDone: fc.boolean(),
      takingBack: fc.constantFrom(null, 'undo', 'unverified'),
    }),
    approvals: fc.array(text, { maxLength: 20 }),
    needed: fc.constantFrom(1, 30),
    cause: fc.option(
      fc.record({ by: text, event: text, eventId: text, at: text, tool: fc.constantFrom(null, 'Terraform') }),
    ),
    others: fc.constantFrom(0, 1, 40),
    calls,
    current: fc.boolean(),
    undoable: fc.boolean(),
    expires: fc.option(fc.constantFrom(at('20:00'), 'never')),
    event: fc.constantFrom('undo', 'verified', 'deny', 'plan', 'superseded'),
  })
  .map(({ plan, state, words, evaluation, flags, approvals, needed, cause, others, event, ...rest }) => {
    const { resource } = plan;
    const policy = {
      apply: true,
      mode: plan.mode,
      approvalsNeeded: needed,
      limits: { perControl: 1, perAccount: 1 },
      mostRecurrences: 1,
    };
    const given = approvals.map((by) => ({ by, at: at('08:30') }));
    const history = Array.from({ length: 60 }, () => ({
      at: at('08:31'),
      event,
      from: null,
      to: state,
      by: words.by,
      because: words.because,
      plan: plan.id,
    }));
    const one = (index: number) =>
      record({
        ...{ state, history, cause },
        evaluation: { ...evaluation, resource, finding: `f-${String(index).padStart(12, '0')}`, control: 100 + index },
        context: {
          ...words,
          ...flags,
          approvals: given,
          policy,
          resource,
          plan: { id: plan.id, digest: plan.digest, kind: plan.kind, missing: plan.missing },
        },
      });
    return {
      ...factsOf(),
      ...rest,
      plan,
      findings: [one(0), ...Array.from({ length: others }, (_, index) => one(index + 1))],
    };
  });

/** Knows nobody but Sam. */
const manner: Manner = { mention: (by) => (by === 'sam' ? '<@U0SAM>' : named(by)) };

interface Text {
  readonly type: string;
  readonly text: string;
}
const isText = (value: object): value is Text => 'type' in value && 'text' in value && typeof value.text === 'string';

/** All texts that are shown, wherever they stand. */
function textsIn(value: unknown): Text[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = isText(value) ? [value] : [];
  return [...own, ...Object.values(value).flatMap(textsIn)];
}

const OURS = /<!date\^\d+\^\{date_short_pretty\} \{time\}\|[-\dT:.Z]+>|<@U0SAM>/g;

/** Nothing in it is parsed by Slack but what we wrote; code is closed where it was opened. */
function expectHarmless(text: string, type = 'mrkdwn'): void {
  expect(text.replace(OURS, '')).not.toMatch(/[<>]/);
  if (type === 'plain_text') return;
  // Every & begins an entity, or Slack would read what follows as one.
  expect(text.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
  const outside = text.split('```');
  expect(outside.length % 2).toBe(1);
  for (const line of outside
    .filter((_, index) => index % 2 === 0)
    .join('')
    .split('\n')) {
    expect((line.match(/`/g) ?? []).length % 2).toBe(0);
  }
}

function expectGood(shown: unknown): void {
  expect(brokenRules(shown)).toEqual([]);
  for (const { type, text } of textsIn(shown)) expectHarmless(text, type);
}

const runs = { numRuns: 30 };

describe('whatever things are called and however large they are', () => {
  test('the message about a plan', () => {
    fc.assert(
      fc.property(facts, (one) => {
        const { text, blocks } = findingMessage(one, manner);
        expectGood(blocks);
        expectHarmless(text);
        expect(text.length).toBeLessThanOrEqual(limits.message.text);
        expect(JSON.stringify(blocks).length).toBeLessThanOrEqual(limits.message.total);
      }),
      { numRuns: 150 },
    );
  });

  test('the list of a storm', () => {
    const about = fc.oneof(
      fc.record({ kind: fc.constant('control' as const), control: fc.integer({ min: 1, max: 999 }), title: text }),
      fc.record({ kind: fc.constant('actor' as const), by: text }),
    );
    const items = fc.array(facts, { minLength: 1, maxLength: 4 }).chain((some) =>
      fc.constantFrom(1, 8).map((times) =>
        Array.from({ length: times }, () => some)
          .flat()
          .slice(0, 30)
          .map((one, index) => renamed(one, index)),
      ),
    );
    fc.assert(
      fc.property(about, items, (about, items) => {
        const { text, blocks } = listMessage({ about, items }, manner);
        expectGood(blocks);
        expectHarmless(text);
      }),
      runs,
    );
  });

  test('the windows', () => {
    const now = new Date(at('08:40'));
    fc.assert(
      fc.property(facts, text, (one, owner) => {
        expectGood(detailsView(one, manner));
        const { plan, findings } = one;
        const asking = { targets: [{ finding: findings[0].id, digest: plan.digest }], origin: null, about: one };
        expectGood(denyView(asking));
        expectGood(snoozeView({ ...asking, now }));
        expectGood(exemptView({ ...asking, now, owner }));
      }),
      runs,
    );
  });

  test('the file has every command, one whole line each, and what the window cuts is in it', () => {
    fc.assert(
      fc.property(facts, (one) => {
        const { content, name } = planFile(one);
        expect(name).toMatch(/^p-[0-9a-f]{12}\.md$/);
        if (one.plan.steps.length >= 300) expect(needsFile(one)).toBe(true);
        if (one.plan.steps.length > 0) expect(content).toContain(`${one.plan.steps.length}. `);
      }),
      runs,
    );
  });

  test('replies in the thread', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom(...stateNames), text, text, (one, type, by, because) => {
        const [{ id, evaluation }] = one.findings;
        const { arn, account, region } = evaluation.resource;
        const own = { finding: id, control: evaluation.control, arn, account, region, plan: one.plan.id };
        const reply = threadReply({ id: 'e-1', type, at: at('08:31'), by, because, ...own }, one, manner);
        if (reply === undefined) return;
        expectGood(reply.blocks);
        expectHarmless(reply.text);
        expect(reply.text.length).toBeLessThanOrEqual(limits.message.text);
      }),
      runs,
    );
  });

  test('App Home and the answers of the command', () => {
    const stops = fc.record({ on: fc.boolean(), by: text, because: text, at: fc.constantFrom(at('08:00'), 'once') });
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 4 }), stops, (some, stop) => {
        const findings = some.flatMap((one) => [...one.findings]).map((one, index) => ({ ...one, plan: `p-${index}` }));
        const overview = { writes: 'on' as const, stop, waiting: findings, lastDay: findings };
        expectGood(homeView(overview, manner));
        const evaluations = findings.map(({ evaluation }) => evaluation);
        const shown = [
          statusMessage(overview, manner),
          findingsMessage(overview),
          planMessage(
            some.map(({ plan }) => plan),
            evaluations,
          ),
        ];
        for (const { text, blocks } of shown) {
          expectGood(blocks);
          expectHarmless(text);
        }
      }),
      runs,
    );
  });
});

/** The same facts of another finding and plan. */
function renamed(one: MessageFacts, index: number): MessageFacts {
  const [first, ...others] = one.findings;
  const id = `f-${String(index).padStart(12, '0')}`;
  const digest = `sha256:${index.toString(16).padStart(64, '0')}`;
  return { ...one, plan: { ...one.plan, digest }, findings: [{ ...first, id }, ...others] };
}

describe('text', () => {
  const most = fc.integer({ min: 4, max: 400 });

  test('is never longer than it may be, and never cut in the middle of an escape', () => {
    fc.assert(
      fc.property(text, most, (given, most) => {
        for (const written of [prose(given, most), code(given, most), plain(given, most).text]) {
          expect(written.length).toBeLessThanOrEqual(most);
          expect(written).not.toMatch(/\n/);
        }
        expectHarmless(prose(given, most));
        expectHarmless(code(given, most));
        expectHarmless(plain(given, most).text, 'plain_text');
      }),
      { numRuns: 1000 },
    );
  });

  test('a code block is closed by us alone, and says how many lines it lacks', () => {
    const lines = fc.array(text, { maxLength: 30 });
    fc.assert(
      fc.property(lines, fc.integer({ min: 40, max: 3000 }), (lines, characters) => {
        const { text, cut } = fenced(lines, { characters });
        expect(text.length).toBeLessThanOrEqual(characters);
        expectHarmless(text);
        expect(text.split('```').length).toBe(3);
        expect(cut).toBeLessThanOrEqual(lines.length);
        if (cut === 0) expect(text.split('\n').length).toBe(lines.length + 2);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['the policy lets everyone use s3:* (statement A_B)', 'the policy lets everyone use s3:∗ (statement A_B)'],
    ['*Approved* by _sam_ :white_check_mark:', '∗Approved∗ by ˍsamˍ ∶white_check_mark:'],
    ['a\n> b', 'a &gt; b'],
    ['> b', '› b'.replace('›', '›')],
    ['<!channel> & co', '&lt;!channel&gt; &amp; co'],
    ['by arn:aws:iam::123456789012:user/alice, twice', 'by `arn:aws:iam::123456789012:user/alice`, twice'],
    ['right \u202e left', 'right \\u202e left'],
  ])('%j', (given, shown) => {
    expect(prose(given)).toBe(shown);
  });
});
