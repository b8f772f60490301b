import type { Store } from '../store/port.ts';
import type { Lane, OutboxEffect } from '../store/records.ts';
import { type Log, reason } from '../workflow/kit.ts';
import { noTelemetry, type Telemetry } from './port.ts';

const lanes: readonly Lane[] = ['work', 'inbox', 'notice', 'sweep'];

/** What failed comes again after at most a quarter of an hour. What is due later waits on purpose, for a limit say. */
const horizon = 15 * 60 * 1000;
const most = 500;
const everyMinute = 60 * 1000;

/**
 * Measures what waits in the outbox, and which accounts are out of reach. One
 * query for each lane: cheap enough for once a minute.
 *
 * @throws StoreError
 */
export async function measureOutbox(
  store: Pick<Store, 'dueEffects' | 'obstacles'>,
  telemetry: Telemetry,
  now: Date,
): Promise<void> {
  if (telemetry === noTelemetry) return;
  const soon = new Date(now.getTime() + horizon).toISOString();
  for (const lane of lanes) {
    const waiting = await store.dueEffects(lane, soon, most);
    telemetry.measure('Waiting', waiting.length, { Lane: lane });
    telemetry.measure('OldestSeconds', Math.max(0, ...waiting.map((effect) => lateness(effect, now))), { Lane: lane });
  }
  telemetry.measure('Obstacles', (await store.obstacles()).length);
}

/** Seconds: what fails is late since it came, anything else since it was due. Held on purpose is not late. */
function lateness({ attempts, createdAt, due }: OutboxEffect, now: Date): number {
  const since = attempts > 0 ? createdAt : due;
  return Math.round((now.getTime() - new Date(since).getTime()) / 1000);
}

/**
 * Measures once a minute, in a process that runs on.
 *
 * @returns ends it
 */
export function watchOutbox(
  store: Pick<Store, 'dueEffects' | 'obstacles'>,
  telemetry: Telemetry,
  log: Pick<Log, 'warn'>,
): () => void {
  if (telemetry === noTelemetry) return () => {};
  const timer = setInterval(() => {
    measureOutbox(store, telemetry, new Date()).catch((error) =>
      log.warn({ error: reason(error) }, 'what waits could not be measured'),
    );
  }, everyMinute);
  timer.unref();
  return () => clearInterval(timer);
}
