import { setTimeout as wait } from 'node:timers/promises';
import { approverRefusal } from '../../approvals/approvers.ts';
import { startListening } from '../../approvals/service.ts';
import { createQueueClient } from '../aws/queue-client.ts';
import { type Config, exemptionsOf, timesOf } from '../config.ts';
import { createCoalescer, type Gathered, lastCause, setRealTimer } from '../intake/coalesce.ts';
import { isUnparseable, UnparseableError } from '../intake/ignored.ts';
import { takeIn } from '../intake/intake.ts';
import { createRouter } from '../intake/route.ts';
import { createQueueSource, deadLetterCall } from '../intake/sources/queue.ts';
import { awsNotifier, terminalNotifier } from '../notify.ts';
import { catalogue } from '../redress.ts';
import { notifyAll, silent } from '../workflow/notifier.ts';
import { createContext, herePlace, openState } from './context.ts';
import { CommandError } from './errors.ts';
import { connectSlack } from './slack.ts';
import { asConfigured, startWorkflow } from './workflow.ts';

/** Thrown when a verdict is unknown for now: the event stays in the queue and comes again. */
class UndecidedError extends Error {
  override readonly name = 'UndecidedError';
}

/**
 * `redress serve`: takes events from the queue until it is told to stop by
 * SIGINT or SIGTERM. While no `apply: true` stands in the configuration, the
 * engine is one that cannot write.
 */
export async function serve(options: { config?: string }): Promise<void> {
  const { config, engine, port } = await createContext(options, (loaded) => (mayWrite(loaded) ? 'apply' : 'dry-run'));
  const { queue } = config;
  if (queue === undefined) {
    throw new CommandError('`redress serve` needs a queue: set queue.url in redress.yaml (`redress init` writes one).');
  }
  const place = await herePlace(port);
  const { default: pino } = await import('pino');
  const log = pino({ level: process.env.REDRESS_LOG ?? 'info', base: null }, pino.destination({ fd: 2, sync: true }));
  const store = await openState(config);
  const slack = await connectSlack({
    config,
    port,
    place,
    engine,
    store,
    log,
    writes: mayWrite(config) ? 'on' : 'dry-run',
  });
  const told = [terminalNotifier(process.stdout), awsNotifier(port, config, place), slack?.notifier ?? silent];
  const workflow = startWorkflow({
    store,
    engine,
    log,
    notifier: notifyAll(told),
    interact: (interaction) => interact(interaction),
    settings: {
      policyFor: asConfigured(config),
      exemptions: exemptionsOf(config),
      mayDecide: slack?.mayDecide ?? approverRefusal(config),
      times: timesOf(config),
    },
  });

  const interact = slack?.interactWith(workflow) ?? unheard;

  async function judge(gathered: Gathered): Promise<void> {
    const own = await Promise.all(gathered.causes.map((event) => workflow.isOwnEvent(event)));
    // Our own write confirms itself in the workflow; it starts nothing.
    const causes = gathered.causes.filter((_, index) => !own[index]);
    const cause = lastCause({ ...gathered, causes });
    if (cause === undefined) return;
    const undecided: string[] = [];
    for await (const assessment of engine.assessSubjects([gathered.subject])) {
      await workflow.observed({ assessment, cause });
      // What only a person can mend (a missing permission) does not come again by itself: the next sweep sees it.
      const unknown = assessment.evaluations.filter(({ verdict, lasting }) => verdict === 'unknown' && !lasting);
      undecided.push(
        ...unknown.map(({ control, resource, because }) => `control ${control} on ${resource.id}: ${because}`),
      );
    }
    if (undecided.length > 0) throw new UndecidedError(undecided.join('; '));
  }

  const settleSeconds = config.timing.settleSeconds;
  const coalescer = createCoalescer(
    judge,
    { settleSeconds, longestSeconds: settleSeconds * 6 },
    { now: () => new Date(), setTimer: setRealTimer },
  );
  const router = createRouter(catalogue);
  const client = await createQueueClient(queue.url);
  const { deadLetterUrl } = queue;

  const source = createQueueSource({
    url: queue.url,
    client,
    handle: async (body) => {
      const { arrivals, ignored } = takeIn(body, router);
      for (const one of ignored) log.debug(one, 'ignored');
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

  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const working = workflow.run({ signal: stopping.signal, untilIdle: false });
  const listener = await slack?.listener(workflow);
  const listening = listener && startListening(listener, { log, sleep: pause }, stopping.signal);
  source.start();
  log.info({ queue: queue.url, account: place.account, region: place.region, writes: mayWrite(config) }, 'serving');
  await new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve(), { once: true }));
  log.info('stopping: what was begun is finished or taken up again at the next start');
  const stopped = source.stop();
  await listening;
  await listener?.stop();
  await coalescer.flush();
  await Promise.all([stopped, working]);
  await store.close();
}

async function pause(milliseconds: number): Promise<void> {
  await wait(milliseconds);
}

/** What was said in Slack while it was configured waits until it is so again. */
const unheard = () => Promise.reject(new Error('Slack is not configured any more'));

/** Whether anything in the configuration lets Redress write. */
function mayWrite({ apply, accounts, controls }: Config): boolean {
  const inAccounts = Object.values(accounts).flatMap((one) => [
    one.apply,
    ...Object.values(one.controls).map((own) => own.apply),
  ]);
  return [apply, ...Object.values(controls).map((one) => one.apply), ...inAccounts].some((one) => one === true);
}
