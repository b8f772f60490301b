import { setTimeout as wait } from 'node:timers/promises';
import { createDoor } from '../aws/door.ts';
import type { AwsPort } from '../aws/port.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Config } from '../config.ts';
import type { Place } from '../control/resource.ts';
import type { Engine } from '../engine.ts';
import type { Router } from '../intake/route.ts';
import type { Subject } from '../intake/subject.ts';
import { noticePublisher } from '../notify.ts';
import { messageOf } from '../one-line.ts';
import type { Store } from '../store/port.ts';
import type { MissedEvents } from '../sweep/missed.ts';
import { sweepPerformer } from '../sweep/perform.ts';
import { sweptPlaces } from '../sweep/places.ts';
import { planAccount, planSweeps } from '../sweep/plan.ts';
import type { Telemetry } from '../telemetry/port.ts';
import type { Log, PerformSweep } from '../workflow/kit.ts';

export interface SweeperParts {
  readonly config: Pick<Config, 'sweep' | 'topicArn'>;
  /** The controls that sweeps judge by. */
  readonly watched: Catalogue;
  readonly store: Store;
  /** The accounts that are watched. */
  readonly port: AwsPort;
  /** Redress's own things: the topic. */
  readonly home: Pick<AwsPort, 'send'>;
  /** Where Redress runs: what is swept if the configuration names nothing else. */
  readonly place: Place;
  readonly router: Router;
  /** Takes a CloudTrail record in as if it had just come. */
  readonly deliver: (record: string) => Promise<void>;
  readonly telemetry: Pick<Telemetry, 'measure'>;
  readonly log: Log;
  readonly now?: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Sweeps, put together for `redress serve` and for functions alike. */
export interface Sweeper {
  /**
   * Plans what comes due soon, and throws away what was only kept for a time.
   * Call it every few minutes.
   *
   * @throws StoreError when the store cannot be used
   */
  plan(): Promise<void>;
  /** Plans the sweep of an account that Redress can get into again, at once. */
  planAccount(account: string): Promise<void>;
  /** What performs the parts. `judge` judges a resource by every control of its type, or has it judged. */
  performer(engine: Pick<Engine, 'list'>, judge: (subject: Subject) => Promise<void>): PerformSweep;
}

export function createSweeper(parts: SweeperParts): Sweeper {
  const { config, watched: catalogue, store, port, home, place, telemetry, log, now = () => new Date() } = parts;
  const places = sweptPlaces(config, place);
  const publish = config.topicArn === undefined ? undefined : noticePublisher(home, config.topicArn, place);
  const tell = async ({ account, region, count, text }: MissedEvents): Promise<void> => {
    log.warn({ account, region, count }, text);
    await publish?.({ subject: `Redress: events of account ${account} in ${region} never came`, text });
  };
  const planning = () => ({ store, places, catalogue, config, now: now() });
  return {
    async plan() {
      await planSweeps(planning());
      await store.tidy(now().toISOString());
    },
    async planAccount(account) {
      const count = await planAccount(planning(), account);
      log.info({ account, parts: count }, 'swept as soon as possible');
    },
    performer: (engine, judge) =>
      sweepPerformer({
        ...{ store, engine, catalogue, config, places, judge, tell, log, now },
        ...{ router: parts.router, deliver: parts.deliver, sleep: parts.sleep },
        reader: createDoor({ port, mode: 'dry-run' }).reader,
        onSwept: (count) => telemetry.measure('SweptResources', count),
        onMissed: (count) => telemetry.measure('EventsMissed', count),
      }),
  };
}

const planEvery = 5 * 60_000;

/** Plans sweeps every few minutes, from now until it is told to stop. A plan that fails is made the next time. */
export async function keepPlanning(
  sweeper: Pick<Sweeper, 'plan'>,
  log: Pick<Log, 'error'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sweeper.plan().catch((error) => log.error({ error: messageOf(error) }, 'sweeps could not be planned'));
    // An abort ends the waiting, and with it the loop.
    await wait(planEvery, undefined, { signal }).catch(() => {});
  }
}
