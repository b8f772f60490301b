import { limited } from '../aws/limits.ts';
import { type GuardedPort, guarded } from '../aws/obstacles.ts';
import type { AwsPort } from '../aws/port.ts';
import type { Config } from '../config.ts';
import type { Place } from '../control/resource.ts';
import type { Store } from '../store/port.ts';
import type { Log } from '../workflow/kit.ts';

export interface AccountsParts {
  readonly port: AwsPort;
  readonly config: Pick<Config, 'rates'>;
  readonly store: Pick<Store, 'commit' | 'count' | 'obstacle' | 'obstacles'>;
  /** Where Redress runs. */
  readonly place: Place;
  readonly log: Log;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Called when an account can be entered again: what it has missed has to be looked at. */
  readonly onGone: (account: string) => Promise<void>;
  /** What asks calls that wait for their turn to give up. */
  readonly signal?: () => AbortSignal | undefined;
  readonly now?: () => Date;
}

/**
 * The accounts that are watched, as all workers on one store share them: no
 * faster than is allowed, and without asking again and again where Redress
 * cannot enter.
 */
export function watchedAccounts({ port, config, place, now = () => new Date(), ...parts }: AccountsParts): GuardedPort {
  const { rates } = config;
  return guarded(limited(port, { ...parts, rates, now }), { ...parts, region: place.region, now });
}
