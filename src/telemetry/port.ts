import type { Attribute, MetricName } from './metrics.ts';

export type MetricAttributes = Readonly<Partial<Record<Attribute, string>>>;

/** What spans say of themselves. Names, ids and places only: never inputs, answers or secrets. */
export type SpanAttributes = Readonly<
  Partial<
    Record<
      'finding' | 'plan' | 'control' | 'event' | 'resource' | 'service' | 'operation' | 'account' | 'region' | 'kind',
      string
    >
  >
>;

/** A span while its work is under way. */
export interface OpenSpan {
  /** The id under which AWS knows a request. */
  requestId(id: string): void;
}

/** Where measurements and spans go. */
export interface Telemetry {
  measure(metric: MetricName, value: number, attributes?: MetricAttributes): void;
  /**
   * Does the work in a span: a child of the one under way, else of `parent`,
   * else the first of a trace. What the work throws is thrown, and noted by its name.
   *
   * @param parent a W3C traceparent; one that cannot be read counts as none
   */
  span<T>(
    name: string,
    attributes: SpanAttributes,
    work: (span: OpenSpan) => Promise<T>,
    parent?: string | undefined,
  ): Promise<T>;
  /** The span under way, as a W3C traceparent. */
  traceparent(): string | undefined;
  /** Hands over everything that was measured so far. Never throws: a backend that is away must not stop a fix. */
  flush(): Promise<void>;
  /** The last flush. */
  stop(): Promise<void>;
}

/** Does the work of one invocation, and hands over what was measured before the process is frozen. */
export async function flushing<T>(telemetry: Pick<Telemetry, 'flush'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await telemetry.flush();
  }
}

const unseen: OpenSpan = { requestId: () => {} };

/** Measures nothing. */
export const noTelemetry: Telemetry = {
  measure: () => {},
  span: (_name, _attributes, work) => work(unseen),
  traceparent: () => undefined,
  flush: async () => {},
  stop: async () => {},
};
