import type { Detector, Detectors } from './control/detector.ts';
import type { Remediation, Remediations } from './control/remediation.ts';

/** One control, whole: how it is judged and how it is set right. */
export interface Control {
  readonly number: number;
  readonly detector: Detector;
  readonly remediation: Remediation;
}

/** All controls, by number. */
export type Catalogue = ReadonlyMap<number, Control>;

/**
 * Joins detectors and remediations by control number.
 *
 * @throws Error naming the control when one half is missing or a number is used twice
 */
export function joinCatalogue(
  detectorTables: readonly Detectors[],
  remediationTables: readonly Remediations<Detectors>[],
): Catalogue {
  const remediations = new Map<number, Remediation>();
  for (const table of remediationTables) {
    for (const [number, remediation] of Object.entries(table)) remediations.set(Number(number), remediation);
  }
  const controls = new Map<number, Control>();
  for (const detector of detectorTables.flatMap((table) => Object.values(table))) {
    const number = detector.control;
    const remediation = remediations.get(number);
    if (remediation === undefined) throw new Error(`Control ${number} has a detector but no remediation.`);
    if (controls.has(number)) throw new Error(`Control ${number} is defined twice.`);
    controls.set(number, { number, detector, remediation });
  }
  for (const number of remediations.keys()) {
    if (!controls.has(number)) throw new Error(`Control ${number} has a remediation but no detector.`);
  }
  return new Map([...controls].sort(([a], [b]) => a - b));
}

/** The controls of a catalogue that were chosen by number. Numbers that it does not have are left out. */
export const chosenFrom = (catalogue: Catalogue, numbers: 'all' | readonly number[]): Catalogue =>
  numbers === 'all' ? catalogue : new Map([...catalogue].filter(([number]) => numbers.includes(number)));
