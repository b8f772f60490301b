import { styleText } from 'node:util';
import type { Plan } from '../plan/plan.ts';
import { renderText } from '../plan/render/text.ts';
import type { CallRecord, FindingRecord } from '../store/records.ts';
import { hasColor, widthOf } from './output.ts';

/** One finding for a person: what it is about, what is planned, what happened to it. */
export function describeFinding(record: FindingRecord, plan: Plan | undefined, calls: readonly CallRecord[]): string {
  const page = { color: hasColor(process.stdout), width: widthOf(process.stdout) };
  const bold = (text: string) => (page.color ? styleText('bold', text) : text);
  const { cause, evaluation, state, machine } = record;
  const causes = cause
    ? new Map([
        [
          record.id,
          { who: cause.by, event: cause.event, when: cause.at, ...(cause.tool ? { through: cause.tool } : {}) },
        ],
      ])
    : undefined;
  const report = { evaluations: [evaluation], plans: plan ? [plan] : [], ignored: [], ...(causes ? { causes } : {}) };
  return [
    `${bold(record.id)}  ${state}: ${machine.context.because}`,
    '',
    renderText(report, page),
    bold('History'),
    ...record.history.map(({ at, from, to, by, because }) => `  ${at}  ${from ?? 'new'} → ${to}  by ${by}: ${because}`),
    ...(calls.length === 0 ? [] : ['', bold('Calls'), ...calls.map(callLine)]),
    '',
  ].join('\n');
}

function callLine({ at, purpose, service, operation, outcome }: CallRecord): string {
  const what = `  ${at}  ${purpose} ${service} ${operation}`;
  switch (outcome.status) {
    case 'intent':
      return `${what}: begun, no answer known`;
    case 'done':
      return `${what}: done${outcome.requestId ? `, request ${outcome.requestId}` : ', seen by reading'}`;
    case 'failed':
      return `${what}: failed: ${outcome.error}`;
  }
}
