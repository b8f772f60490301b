import { awsCliScript } from '../aws-cli.ts';
import { type DiffLine, documentDiff } from '../diff.ts';
import type { Evaluation, Plan } from '../plan.ts';
import { type Case, type Cause, casesOf, groupBy, placeOf, type Report, resourceKey, summaryLine } from '../report.ts';
import { visible } from '../shell.ts';
import { applyCommand, isApplicable, MODE_WORDS, missingAsYaml, UNDO_WORDS } from '../words.ts';
import { INDENT, LABEL_WIDTH, labelled, type Page, paint, wrapped } from './page.ts';

/**
 * A report for a terminal, the most critical cases first. Nothing is cut: prose
 * wraps, and every command stands on one line of its own, to be copied.
 */
export function renderText(report: Report, page: Page): string {
  const blocks = [
    ...casesOf(report).map((one) => caseBlock(one, page)),
    ...unknownBlock(report, page),
    ...skippedBlock(report, page),
    ...passedBlock(report, page),
    ...ignoredBlock(report, page),
    closing(report, page),
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function caseBlock(one: Case, page: Page): string[] {
  const { resource, plan } = one;
  return [
    `${badge(one, page)}  ${paint(page, 'bold', visible(resource.id))}  ${visible(resource.type)}  ${paint(page, 'dim', visible(placeOf(resource)))}`,
    `${' '.repeat(INDENT)}${paint(page, 'dim', visible(resource.arn))}`,
    ...one.failing.flatMap((evaluation) => ['', ...wrong(evaluation, page)]),
    ...one.causes.flatMap((cause) => labelled(page, 'by', causeText(cause))),
    ...(plan === undefined ? ['', ...labelled(page, 'plan', 'none could be made')] : planLines(plan, page)),
  ];
}

function badge({ criticality }: Case, page: Page): string {
  const format = { HIGH: 'red', MEDIUM: 'yellow', LOW: 'cyan' } as const;
  return paint(page, [format[criticality], 'bold'], criticality.padEnd(LABEL_WIDTH + INDENT - 2));
}

function wrong({ control, title, because }: Evaluation, page: Page): string[] {
  return [...labelled(page, String(control), visible(title), 'bold'), ...labelled(page, '', visible(because))];
}

function causeText({ who, event, when, through }: Cause): string {
  return visible([who, event, when, ...(through === undefined ? [] : [`through ${through}`])].join(' · '));
}

function planLines(plan: Plan, page: Page): string[] {
  const diff = documentDiff(plan.before, plan.after);
  return [
    ...section(
      page,
      'change',
      diff.map((line) => diffText(line, page)),
    ),
    ...section(page, 'calls', plan.cli.map(visible)),
    ...section(page, 'runbook', runbook(plan, page)),
    ...section(page, 'missing', missing(plan, page)),
    '',
    ...(plan.impact === '' ? [] : labelled(page, 'impact', visible(plan.impact))),
    ...(plan.steps.length === 0 ? [] : labelled(page, 'undo', UNDO_WORDS[plan.undo.class])),
    ...awsCliScript(plan.undo.steps).map((line) => `${' '.repeat(INDENT + LABEL_WIDTH)}${paint(page, 'dim', line)}`),
    ...labelled(page, 'mode', MODE_WORDS[plan.mode]),
    ...(isApplicable(plan) ? labelled(page, 'apply', `${applyCommand(plan)}  (${plan.id})`) : []),
  ];
}

/** Lines that must stay as they are, beside their label. */
export function section(page: Page, label: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const margin = ' '.repeat(INDENT + LABEL_WIDTH);
  const [first, ...others] = lines;
  const head = `${' '.repeat(INDENT)}${paint(page, 'dim', label.padEnd(LABEL_WIDTH))}`;
  return ['', `${head}${first}`, ...others.map((line) => `${margin}${line}`)];
}

/** A line of a comparison, in its colour. */
export function diffText({ sign, text }: DiffLine, page: Page): string {
  const line = `${sign} ${text}`;
  switch (sign) {
    case '+':
      return paint(page, 'green', line);
    case '-':
      return paint(page, 'red', line);
    case ' ':
      return paint(page, 'dim', line);
  }
}

function runbook({ guide }: Plan, page: Page): string[] {
  return guide.flatMap(({ text, cli }, at) => {
    const number = `${at + 1}. `;
    const prose = wrapped(visible(text), page.width - INDENT - LABEL_WIDTH - number.length);
    const margin = ' '.repeat(number.length);
    return [
      ...prose.map((line, row) => `${row === 0 ? number : margin}${line}`),
      ...(cli === undefined ? [] : [`${margin}${visible(cli)}`]),
    ];
  });
}

function missing(plan: Plan, page: Page): string[] {
  if (plan.missing.length === 0) return [];
  return [
    paint(
      page,
      'yellow',
      `${plan.missing.map(visible).join(', ')}: nothing can be applied without it. In redress.yaml:`,
    ),
    ...missingAsYaml(plan).map(visible),
  ];
}

function unknownBlock({ evaluations }: Report, page: Page): string[][] {
  const unknown = evaluations.filter(({ verdict }) => verdict === 'unknown');
  if (unknown.length === 0) return [];
  const groups = groupBy(unknown, ({ resource, because }) => `${resourceKey(resource)} ${because}`);
  const lines = [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : item(page, `${first.resource.id}: ${first.because} (${controlsOf(group)})`);
  });
  return [[paint(page, ['magenta', 'bold'], 'Could not be judged'), ...lines]];
}

function skippedBlock({ evaluations }: Report, page: Page): string[][] {
  const skipped = evaluations.filter(({ verdict }) => verdict === 'skip');
  if (skipped.length === 0) return [];
  const groups = groupBy(skipped, ({ control, because }) => `${control} ${because}`);
  const lines = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return item(page, `${first.control}  ${first.because}: ${group.map(({ resource }) => resource.id).join(', ')}`);
  });
  return [[paint(page, 'bold', 'Does not apply'), ...lines]];
}

function passedBlock({ evaluations }: Report, page: Page): string[][] {
  const passed = evaluations.filter(({ verdict }) => verdict === 'pass');
  if (passed.length === 0) return [];
  const groups = groupBy(passed, ({ resource }) => resourceKey(resource));
  const lines = [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : item(page, `${first.resource.id}: ${controlsOf(group)}`);
  });
  return [[paint(page, ['green', 'bold'], 'As it should be'), ...lines]];
}

function ignoredBlock({ ignored }: Report, page: Page): string[][] {
  if (ignored.length === 0) return [];
  const lines = [...groupBy(ignored, ({ because }) => because)].flatMap(([because, group]) => {
    const names = [...groupBy(group, ({ event }) => event)].map(([event, same]) =>
      same.length === 1 ? event : `${event} ×${same.length}`,
    );
    return item(page, `${because}: ${names.join(', ')}`);
  });
  return [[paint(page, 'bold', 'Ignored events'), ...lines]];
}

function controlsOf(evaluations: readonly Evaluation[]): string {
  const numbers = [...new Set(evaluations.map(({ control }) => control))].sort((a, b) => a - b);
  return `${numbers.length === 1 ? 'control' : 'controls'} ${numbers.join(', ')}`;
}

function item({ width }: Page, text: string): string[] {
  return wrapped(visible(text), width - INDENT - 2).map(
    (line, row) => `${' '.repeat(INDENT + (row === 0 ? 0 : 2))}${line}`,
  );
}

function closing(report: Report, page: Page): string[] {
  const applicable = report.plans.some(isApplicable);
  return [
    paint(page, 'bold', summaryLine(report)),
    ...(applicable
      ? wrapped('To apply, save the plans with --format json > plan.json and run the line under "apply".', page.width)
      : []),
  ];
}
