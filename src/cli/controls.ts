import { summarise } from '../control-summary.ts';
import { controlsMarkdown } from '../docs/controls.ts';
import { catalogue } from '../redress.ts';
import { CommandError } from './errors.ts';
import { printJson, table } from './output.ts';

interface Options {
  readonly control?: readonly number[];
  readonly service?: string;
  readonly format: string;
}

/** `redress controls`: the catalogue as defined in code. */
export async function controls({ control, service, format }: Options): Promise<void> {
  knownControls(control);
  const chosen = [...catalogue.values()]
    .map(summarise)
    .filter((one) => control === undefined || control.includes(one.control))
    .filter((one) => service === undefined || one.service === service);
  if (service !== undefined && chosen.length === 0) {
    const services = [...new Set([...catalogue.values()].map(({ detector }) => detector.resource.service))].sort();
    throw new CommandError(`No control for service "${service}"; there are ${services.join(', ')}.`);
  }
  if (format === 'json') return printJson(chosen);
  if (format === 'markdown') {
    process.stdout.write(controlsMarkdown(chosen));
    return;
  }
  process.stdout.write(
    table(
      ['control', 'criticality', 'mode', 'service', 'what is wanted'],
      chosen.map((one) => [String(one.control), one.criticality, one.mode, one.service, one.title]),
    ),
  );
}

/**
 * Refuses control numbers that do not exist.
 *
 * @throws CommandError naming them
 */
export function knownControls(numbers: readonly number[] | undefined): void {
  const strange = (numbers ?? []).filter((number) => !catalogue.has(number));
  if (strange.length > 0) {
    throw new CommandError(`There is no control ${strange.join(', ')}; \`redress controls\` lists those there are.`);
  }
}
