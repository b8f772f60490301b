import { setTimeout as wait } from 'node:timers/promises';
import { startListening } from '../../approvals/service.ts';
import { createQueueClient } from '../aws/queue-client.ts';
import { watchedAccounts } from '../bot/accounts.ts';
import { createBot } from '../bot/assemble.ts';
import { UndecidedError } from '../bot/judge.ts';
import { createLog } from '../bot/log.ts';
import { mayWrite } from '../bot/policy.ts';
import { openState } from '../bot/state.ts';
import { createSweeper, keepPlanning } from '../bot/sweep.ts';
import { createCoalescer, setRealTimer } from '../intake/coalesce.ts';
import { isUnparseable, UnparseableError } from '../intake/ignored.ts';
import { takeIn } from '../intake/intake.ts';
import { createRouter } from '../intake/route.ts';
import { createQueueSource, deadLetterCall } from '../intake/sources/queue.ts';
import { terminalNotifier } from '../notify.ts';
import { catalogue } from '../redress.ts';
import { remember } from '../sweep/remember.ts';
import { measuredIntake } from '../telemetry/measured.ts';
import { watchOutbox } from '../telemetry/outbox.ts';
import { startTelemetry } from '../telemetry/start.ts';
import { createContext, herePlace } from './context.ts';
import { CommandError } from './errors.ts';

/**
 * `redress serve`: takes events from the queue until it is told to stop by
 * SIGINT or SIGTERM.
 */
export async function serve(options: { config?: string }): Promise<void> {
  const { config, port } = await createContext(options, 'dry-run');
  const { queue } = config;
  if (queue === undefined) {
    throw new CommandError('`redress serve` needs a queue: set queue.url in redress.yaml (`redress init` writes one).');
  }
  const place = await herePlace(port);
  const log = await createLog(process.env.REDRESS_LOG ?? 'info', 2);
  const store = await openState(config);
  const telemetry = await startTelemetry(process.env, log);
  const router = createRouter(catalogue);
  const stopping = new AbortController();
  const accounts = watchedAccounts({
    ...{ port, config, store, place, log, sleep: pause, signal: () => stopping.signal },
    onGone: (account) => sweeper.planAccount(account),
  });
  const sweeper = createSweeper({
    ...{ config, watched: catalogue, store, port: accounts, home: port, place, router, telemetry, log, sleep: pause },
    deliver: (record) => deliver(record),
  });
  const { workflow, judge, slack } = await createBot({
    ...{ config, port: accounts, home: port, place, store, log, telemetry, slack: 'examined' },
    notifiers: [terminalNotifier(process.stdout)],
    sweep: ({ engine, judge }) => sweeper.performer(engine, (subject) => judge({ subject, causes: [] })),
  });

  const settleSeconds = config.timing.settleSeconds;
  const coalescer = createCoalescer(
    judge,
    { settleSeconds, longestSeconds: settleSeconds * 6 },
    { now: () => new Date(), setTimer: setRealTimer },
  );
  const client = await createQueueClient(queue.url);
  const { deadLetterUrl } = queue;

  /** What a sweep has found in CloudTrail. Verdicts that are unknown for now are left to the sweep itself. */
  async function deliver(record: string): Promise<void> {
    // Not counted as arrived: it did not.
    const { arrivals } = takeIn(record, router);
    await Promise.all(
      arrivals.map((arrival) =>
        coalescer.push(arrival).catch((error) => {
          if (!(error instanceof UndecidedError)) throw error;
          log.warn(
            { resource: arrival.subject.key, because: error.message },
            'not judged for an event that never came',
          );
        }),
      ),
    );
  }

  const source = createQueueSource({
    url: queue.url,
    client,
    handle: async (body) => {
      const { arrivals, ignored } = measuredIntake(takeIn(body, router), telemetry);
      for (const { event, eventID, ...why } of ignored)
        log.debug({ ...why, event: eventID, eventName: event }, 'ignored');
      await remember(
        store,
        config,
        arrivals.map(({ event }) => event.eventID),
        new Date(),
      );
      await Promise.all(arrivals.map((arrival) => coalescer.push(arrival)));
      if (ignored.some(isUnparseable)) throw new UnparseableError(ignored);
    },
    deadLetter:
      deadLetterUrl === undefined
        ? undefined
        : async (body, reason) => {
            await port.send({ target: place, ...deadLetterCall(deadLetterUrl, body, reason) });
          },
    onError: (message) => log.warn(message),
  });

  const stop = () => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const working = workflow.run({ signal: stopping.signal, untilIdle: false });
  const listener = await slack?.listener(workflow);
  const listening = listener && startListening(listener, { log, sleep: pause }, stopping.signal);
  source.start();
  const plan = async () => {
    await accounts.recheck();
    await sweeper.plan();
  };
  const planning = keepPlanning({ plan }, log, stopping.signal);
  const unwatch = watchOutbox(store, telemetry, log);
  log.info({ queue: queue.url, account: place.account, region: place.region, writes: mayWrite(config) }, 'serving');
  await new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true }));
  log.info('stopping: what was begun is finished or taken up again at the next start');
  const stopped = source.stop();
  await listening;
  await listener?.stop();
  await coalescer.flush();
  await Promise.all([stopped, working, planning]);
  unwatch();
  await telemetry.stop();
  await store.close();
}

async function pause(milliseconds: number): Promise<void> {
  await wait(milliseconds);
}
