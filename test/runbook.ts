import { expect } from 'vitest';
import { type Answers, type Configured, planFor } from './controls.ts';

/** The runbook for a control, text and commands, after making sure that nothing would be called. */
export async function runbookOf(control: number, id: string, answers: Answers, configured: Configured = {}) {
  const plan = await planFor(control, id, answers, configured);
  expect(plan).toMatchObject({ kind: 'guide', mode: 'guided', steps: [] });
  return plan.guide.map(({ text, cli }) => `${text} ${cli ?? ''}`).join('\n');
}

/** Whether a text says all of this, one after the other. */
export function expectInOrder(text: string, ...parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    expect(at, `"${part}" in order in:\n${text}`).toBeGreaterThanOrEqual(0);
    from = at + part.length;
  }
}
