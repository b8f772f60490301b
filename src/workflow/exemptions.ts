import type { Exemption } from '../store/records.ts';
import { fits } from '../wildcard.ts';
import type { Kit } from './kit.ts';

/**
 * The moment at which an exemption ends. A day means its end, in UTC.
 *
 * @throws Error when it is no date: then nobody knows whether it holds, and nothing may be written
 */
export function endOf(exemption: Exemption): Date {
  const wholeDay = /^\d{4}-\d{2}-\d{2}$/.test(exemption.until);
  const end = new Date(wholeDay ? `${exemption.until}T23:59:59.999Z` : exemption.until);
  if (Number.isNaN(end.getTime())) {
    throw new Error(
      `The exemption of control ${exemption.control} for ${exemption.resource} ends on '${exemption.until}', which is no date. Write it as 2027-03-31.`,
    );
  }
  return end;
}

/** Finds the exemption that holds now for a control on a resource. */
export type FindExemption = (control: number, arn: string) => Exemption | undefined;

/**
 * The exemptions that hold at a moment.
 *
 * @throws Error when an end is no date
 */
export function holdingAt(moment: Date, exemptions: readonly Exemption[]): FindExemption {
  const holding = exemptions.filter((exemption) => endOf(exemption) >= moment);
  return (control, arn) => holding.find((one) => one.control === control && fits(one.resource, arn));
}

/**
 * Reads all exemptions, of the configuration and of the store.
 *
 * @throws StoreError when the store cannot be read, Error when an end is no date
 */
export async function readExemptions({ store, settings, now }: Kit): Promise<FindExemption> {
  return holdingAt(now(), [...(settings.exemptions ?? []), ...(await store.exemptions())]);
}
