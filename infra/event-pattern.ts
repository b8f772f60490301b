import type { Catalogue } from '../src/catalogue.ts';
import { watchedEvent } from '../src/intake/route.ts';

type Filter = string | { readonly prefix: string };

/** Events of one source. */
interface SourceFilter {
  readonly eventSource: readonly string[];
  readonly eventName: readonly Filter[];
}

/** An EventBridge event pattern, as far as Redress uses the language. */
export interface EventPattern {
  readonly source: readonly Filter[];
  readonly 'detail-type': readonly string[];
  readonly detail: { readonly errorCode: readonly { readonly exists: false }[] } & (
    | SourceFilter
    | { readonly $or: readonly SourceFilter[] }
  );
}

/** EventBridge refuses longer patterns, unless a higher quota was granted. */
export const MAX_PATTERN_CHARACTERS = 2048;

/** Services that append dates to their event names: `CreateFunction20150331v2`. */
const datedSources: ReadonlySet<string> = new Set(['cloudfront.amazonaws.com', 'lambda.amazonaws.com']);

const detailTypes = [
  'AWS API Call via CloudTrail',
  'AWS Service Event via CloudTrail',
  'AWS Console Action via CloudTrail',
];

/**
 * The patterns of the rules that send to the queue exactly the events that some
 * control listens to, generated from the triggers: as few as fit into
 * EventBridge's limit, in a fixed order.
 */
export function eventPattern(catalogue: Catalogue): readonly EventPattern[] {
  const patterns: EventPattern[] = [];
  let current: SourceFilter[] = [];
  for (const event of watchedEvents(catalogue)) {
    const extended = extend(current, event);
    if (current.length > 0 && JSON.stringify(patternOf(extended)).length > MAX_PATTERN_CHARACTERS) {
      patterns.push(patternOf(current));
      current = extend([], event);
    } else {
      current = extended;
    }
  }
  return current.length === 0 ? patterns : [...patterns, patternOf(current)];
}

interface WatchedEvent {
  readonly source: string;
  readonly event: string;
}

/** Every event that a control listens to, once, sorted by source. */
function watchedEvents(catalogue: Catalogue): readonly WatchedEvent[] {
  const triggers = [...catalogue.values()].flatMap(({ detector }) => Object.keys(detector.on));
  return [...new Set(triggers)].sort().map(watchedEvent);
}

/** Adds an event to the filter of its source. Events come sorted, so that it can only be the last one. */
function extend(filters: readonly SourceFilter[], { source, event }: WatchedEvent): SourceFilter[] {
  const names: readonly Filter[] = datedSources.has(source) ? [event, { prefix: `${event}20` }] : [event];
  const last = filters.at(-1);
  if (last === undefined || !last.eventSource.includes(source)) {
    return [...filters, { eventSource: [source], eventName: names }];
  }
  return [...filters.slice(0, -1), { eventSource: [source], eventName: [...last.eventName, ...names] }];
}

function patternOf(filters: readonly SourceFilter[]): EventPattern {
  const errorCode = [{ exists: false }] as const;
  const [only, ...more] = filters;
  return {
    // Not by service: the source is not always named after it (EMR's is `aws.emr`), and nobody but AWS can send `aws.…`.
    source: [{ prefix: 'aws.' }],
    'detail-type': detailTypes,
    // EventBridge takes `$or` only for two alternatives and more.
    detail: only !== undefined && more.length === 0 ? { errorCode, ...only } : { errorCode, $or: filters },
  };
}
