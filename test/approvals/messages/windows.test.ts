import { describe, expect, test } from 'vitest';
import { callbackIds, fields, readMetadata } from '../../../approvals/ids.ts';
import { MOST_TARGETS } from '../../../approvals/interaction.ts';
import { detailsView } from '../../../approvals/messages/details.ts';
import { needsFile, planFile } from '../../../approvals/messages/plan-file.ts';
import { denyView, exemptView, problemsOf, readAnswer, snoozeView } from '../../../approvals/messages/windows.ts';
import { renderView } from '../../../src/demo/slack/render.ts';
import { at, call, evaluation, factsOf, manner, plan } from './facts.ts';
import { moments } from './moments.ts';
import { brokenRules } from './slack-rules.ts';

const page = { color: false, width: 100 };
const now = new Date(at('08:40'));
const targets = [{ finding: evaluation.finding, digest: plan.digest }];
const origin = { channel: 'C0123456789', message: '1794818400.123456' };

const step = plan.steps[0];
const longPlan = {
  ...plan,
  steps: Array.from({ length: 40 }, (_, index) => ({ ...step, ...plan.steps[0], name: `write-${index}` })).flatMap(
    (one) =>
      one.service === undefined
        ? []
        : [
            {
              name: one.name,
              service: 's3',
              operation: 'PutObject',
              region: 'us-east-1',
              input: { Key: one.name },
              repeat: 'safe' as const,
            },
          ],
  ),
  cli: Array.from({ length: 40 }, (_, index) => `aws s3api put-object --key write-${index}`),
};

const windows = {
  deny: denyView({ targets, origin }),
  'deny several': denyView({ targets: Array.from({ length: 12 }, () => targets).flat(), origin }),
  snooze: snoozeView({ targets, origin, now }),
  exempt: exemptView({ targets, origin: null, now, owner: 'press-team' }),
  details: detailsView(factsOf(), manner),
  'details after the fix': detailsView(moments['fixed and verified'] ?? factsOf(), manner),
  'details of a runbook': detailsView(moments.guided ?? factsOf(), manner),
  'details of a long plan': detailsView(factsOf({ plan: longPlan, calls: [call()] }), manner),
};

test.each(Object.entries(windows))('%s', async (name, view) => {
  expect(brokenRules(view)).toEqual([]);
  const shown = [...renderView(view, page), '', JSON.stringify(view, null, 1), ''].join('\n');
  await expect(shown).toMatchFileSnapshot(`snapshots/windows/${name.replace(/[^a-z]+/g, '-')}.txt`);
});

test('a window carries what it is about, however much that is', () => {
  const all = Array.from({ length: MOST_TARGETS }, (_, index) => ({
    finding: `f-${String(index).padStart(12, '0')}`,
    digest: plan.digest,
  }));
  const view = denyView({ targets: all, origin });
  expect(brokenRules(view)).toEqual([]);
  expect(readMetadata(view.private_metadata)).toEqual({ targets: all, origin });
});

describe('the file for the thread', () => {
  test('a plan that a window shows whole needs none', () => {
    expect(needsFile(factsOf())).toBe(false);
  });

  test('a long plan has all of its calls and commands in it, and the window says so', () => {
    const facts = factsOf({ plan: longPlan });
    expect(needsFile(facts)).toBe(true);
    const { name, content } = planFile(facts);
    for (const command of longPlan.cli) expect(content).toContain(command);
    for (const { input } of longPlan.steps) expect(content).toContain(JSON.stringify(input, null, 2));
    expect(JSON.stringify(detailsView(facts, manner))).toContain(name);
  });

  test('a call that is too long is in it whole', () => {
    const input = { Policy: 'x'.repeat(20_000) };
    const facts = factsOf({ plan: { ...plan, steps: plan.steps.map((one) => ({ ...one, input })) } });
    expect(needsFile(facts)).toBe(true);
    expect(planFile(facts).content).toContain(input.Policy);
  });

  test('as a whole', async () => {
    await expect(planFile(factsOf()).content).toMatchFileSnapshot('snapshots/windows/plan-file.md');
  });
});

describe('what was filled in', () => {
  const { deny, snooze, exempt, details } = callbackIds;
  const good = { reason: 'on purpose', until: '2027-01-31', owner: 'press-team' };
  const long = 'x'.repeat(1001);

  test.each([
    [deny, {}, [fields.reason]],
    [deny, { reason: ' \n ' }, [fields.reason]],
    [deny, { reason: long }, [fields.reason]],
    [deny, { reason: 'no' }, []],
    [snooze, {}, [fields.until]],
    [snooze, { until: at('12:40') }, []],
    [snooze, { until: at('08:40') }, [fields.until]],
    [snooze, { until: at('12:40'), reason: long }, [fields.reason]],
    [exempt, {}, [fields.reason, fields.until, fields.owner]],
    [exempt, good, []],
    [exempt, { ...good, until: '2026-11-15' }, [fields.until]],
    [exempt, { ...good, until: '2026-11-16' }, []],
    [exempt, { ...good, until: '2027-02-30' }, [fields.until]],
    [exempt, { ...good, until: 'next year' }, [fields.until]],
    [exempt, { ...good, until: '20270131' }, [fields.until]],
    [exempt, { ...good, owner: '  ' }, [fields.owner]],
    [exempt, { ...good, owner: 'x'.repeat(101) }, [fields.owner]],
    [details, {}, []],
    ['somebody.elses', {}, []],
    ['toString', {}, []],
  ])('%s %o: %o', (callbackId, values, wrong) => {
    expect(Object.keys(problemsOf(callbackId, values, now))).toEqual(wrong);
  });

  test('is an answer', () => {
    expect(readAnswer(exempt, { ...good, reason: ' on purpose ' }, now)).toEqual({
      outcome: 'answered',
      answer: { decision: 'exempt', ...good },
    });
    expect(readAnswer(deny, { ...good }, now)).toEqual({
      outcome: 'answered',
      answer: { decision: 'deny', reason: good.reason },
    });
    expect(readAnswer(details, good, now)).toBeUndefined();
  });

  test('every choice of the snooze window can be taken', () => {
    const choices = snoozeView({ targets, origin, now }).blocks.flatMap((block) =>
      block.type === 'input' && 'element' in block && block.element.type === 'static_select'
        ? (block.element.options ?? []).map(({ value = '' }) => value)
        : [],
    );
    expect(choices).toEqual([
      at('12:40'),
      '2026-11-17T08:40:00.000Z',
      '2026-11-19T08:40:00.000Z',
      '2026-11-23T08:40:00.000Z',
    ]);
    for (const until of choices) expect(problemsOf(snooze, { until }, now)).toEqual({});
  });
});
