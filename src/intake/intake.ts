import { readRecord, type WatchedEvent } from './cloudtrail.ts';
import { unwrap } from './envelope.ts';
import type { Ignored } from './ignored.ts';
import type { Router } from './route.ts';
import type { Subject } from './subject.ts';

/** A resource to judge, and the event that asks for it. */
export interface Arrival {
  readonly subject: Subject;
  readonly event: WatchedEvent;
  /** The record that the event was read from, such that it reads the same without its envelope. */
  readonly record: object;
}

export interface Intake {
  readonly arrivals: readonly Arrival[];
  readonly ignored: readonly Ignored[];
}

/** From a body as it arrived to the resources to judge. Never throws: what leads nowhere is listed with its reason. */
export function takeIn(body: Uint8Array | string, router: Router): Intake {
  const arrivals: Arrival[] = [];
  const ignored: Ignored[] = [];
  for (const found of unwrap(body)) {
    const reading = found.kind === 'record' ? readRecord(found, router.watches) : found;
    if (reading.kind === 'ignored') {
      ignored.push(reading.ignored);
      continue;
    }
    const { event, record } = reading;
    const routed = router.route(event);
    for (const subject of routed.subjects) arrivals.push({ subject, event, record });
    ignored.push(...routed.ignored);
  }
  return { arrivals, ignored };
}
