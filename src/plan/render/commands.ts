import { awsCliScript } from '../aws-cli.ts';
import type { Plan } from '../plan.ts';
import { type Case, casesOf, type Report, summaryLine } from '../report.ts';
import { shellWord, visible } from '../shell.ts';
import { isApplicable, UNDO_WORDS } from '../words.ts';

/**
 * The commands of all plans as a shell script, for `--format cli`. What Redress
 * itself would not apply (runbooks, plans that lack a parameter, controls that
 * are off) stands there commented out, and so does every undo.
 */
export function renderCommands(report: Report): string {
  const lines = ['#!/bin/sh', comment(`redress: ${summaryLine(report)}`), 'set -eu'];
  let account: string | undefined;
  for (const one of casesOf(report)) {
    lines.push('', ...heading(one));
    if (one.plan === undefined) {
      lines.push(comment('no plan could be made'));
      continue;
    }
    if (isApplicable(one.plan) && account !== one.resource.account) {
      account = one.resource.account;
      lines.push(onlyIn(account));
    }
    lines.push(...commands(one.plan));
  }
  return `${lines.join('\n')}\n`;
}

function heading({ resource, failing }: Case): string[] {
  const where = `${resource.type} ${resource.id} · ${resource.account} ${resource.region}`;
  return failing.flatMap(({ control, title, because }) => [
    comment(`control ${control} · ${where}`),
    comment(`${title}: ${because}`),
  ]);
}

/** Credentials of another account would do the right thing in the wrong place. */
function onlyIn(account: string): string {
  const asked = 'aws sts get-caller-identity --query Account --output text';
  const complaint = `echo ${shellWord(`These commands are for account ${account}.`)} >&2`;
  return `[ "$(${asked})" = ${shellWord(account)} ] || { ${complaint}; exit 1; }`;
}

function commands(plan: Plan): string[] {
  const lines = [comment(`impact: ${plan.impact}`)];
  if (plan.missing.length > 0) lines.push(comment(`not possible yet: set ${plan.missing.join(', ')} in redress.yaml`));
  if (plan.mode === 'off') lines.push(comment('switched off in redress.yaml'));
  lines.push(...(isApplicable(plan) ? plan.cli.map(visible) : plan.cli.map(comment)));
  for (const { text, cli } of plan.guide)
    lines.push(comment(text), ...(cli === undefined ? [] : [comment(`  ${cli}`)]));
  return [...lines, ...undo(plan)];
}

function undo({ steps, undo: { class: kind, steps: undoSteps } }: Plan): string[] {
  if (steps.length === 0) return [];
  return [comment(`undo: ${UNDO_WORDS[kind]}`), ...awsCliScript(undoSteps).map((line) => comment(`  ${line}`))];
}

/** Escaped, a name of several lines cannot leave its comment. */
function comment(text: string): string {
  return `# ${visible(text)}`;
}
