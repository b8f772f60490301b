import { findingMachine } from './machine.ts';

/** The first and the last line of a state's life in the diagram. */
const startMark = '[*]';

/** The machine as a Mermaid state diagram, made from its definition. */
export function machineDiagram(): string {
  const names = Object.keys(findingMachine.states);
  const lines = names.flatMap((name) => {
    const node = findingMachine.states[name];
    if (node === undefined) return [];
    const always = (node.always ?? []).map((one) => ({ event: '', one }));
    const on = [...node.transitions].flatMap(([event, list]) => list.map((one) => ({ event, one })));
    const labels = new Map<string, string[]>();
    for (const { event, one } of [...always, ...on]) {
      const target = one.target?.[0]?.key ?? name;
      const label = [event, guardName(one.guard)].filter((part) => part !== '').join(' ');
      labels.set(target, [...(labels.get(target) ?? []), label]);
    }
    return [...labels].map(([target, list]) => {
      const label = [...new Set(list)].filter((one) => one !== '').join(', ');
      return label === '' ? `  ${name} --> ${target}` : `  ${name} --> ${target}: ${label}`;
    });
  });
  const resting = names.filter((name) => findingMachine.states[name]?.tags.includes('resting'));
  return [
    'stateDiagram-v2',
    `  ${startMark} --> judged`,
    ...lines,
    ...resting.map((name) => `  ${name} --> ${startMark}`),
    '',
  ].join('\n');
}

/** A guard as a person reads it; that a timeout is this state's own goes without saying. */
function guardName(guard: unknown): string {
  const name =
    typeof guard === 'string'
      ? guard
      : typeof guard === 'object' && guard !== null && 'type' in guard
        ? String(guard.type)
        : '';
  if (name === '' || name === 'isTimeOf') return '';
  return `[${name.replace(/([A-Z])/g, ' $1').toLowerCase()}]`;
}
