import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  DiagLogLevel,
  diag,
  isSpanContextValid,
  type Meter,
  ROOT_CONTEXT,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { detectResources, envDetector, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import packageJson from '../../package.json' with { type: 'json' };
import { messageOf, oneLine } from '../one-line.ts';
import type { Log } from '../workflow/kit.ts';
import { emfExporter } from './emf.ts';
import { type Metric, type MetricName, metrics, namespace } from './metrics.ts';
import type { MetricAttributes, SpanAttributes, Telemetry } from './port.ts';
import { hasOtlp, type TelemetryEnvironment } from './start.ts';

/** How long a backend may take. A function is paid for while it waits. */
const exportTimeoutMillis = 3000;

/** What a span's attributes are called: by OpenTelemetry's conventions where there are any. */
const spanNames: Readonly<Record<keyof SpanAttributes, string>> = {
  finding: 'redress.finding',
  plan: 'redress.plan',
  control: 'redress.control',
  event: 'redress.event',
  resource: 'redress.resource',
  kind: 'redress.kind',
  service: 'rpc.service',
  operation: 'rpc.method',
  account: 'cloud.account.id',
  region: 'cloud.region',
};

export interface Exporters {
  readonly metrics: PushMetricExporter | undefined;
  readonly spans: ConstructorParameters<typeof BatchSpanProcessor>[0] | undefined;
}

/** OpenTelemetry with the exporters that the environment asks for. */
export async function openTelemetry(
  environment: TelemetryEnvironment,
  log: Pick<Log, 'warn'>,
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Promise<Telemetry> {
  const asEmf = environment.REDRESS_METRICS === 'emf';
  const [otlpMetrics, otlpTraces] = hasOtlp(environment)
    ? await Promise.all([
        asEmf ? undefined : import('@opentelemetry/exporter-metrics-otlp-http'),
        import('@opentelemetry/exporter-trace-otlp-http'),
      ])
    : [];
  const warn = (message: string, ...more: unknown[]): void =>
    log.warn({ because: oneLine([message, ...more.map(messageOf)].join(' '), 500) }, 'telemetry was not taken');
  const nothing = () => {};
  diag.setLogger(
    { error: warn, warn, info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const patience = environment.OTEL_EXPORTER_OTLP_TIMEOUT ? {} : { timeoutMillis: exportTimeoutMillis };
  return telemetryWith({
    metrics: asEmf ? emfExporter(write) : otlpMetrics && new otlpMetrics.OTLPMetricExporter(patience),
    spans: otlpTraces && new otlpTraces.OTLPTraceExporter(patience),
  });
}

/** Telemetry on these exporters. */
export function telemetryWith({ metrics: metricExporter, spans: spanExporter }: Exporters): Telemetry {
  const resource = describeProcess();
  const meters = new MeterProvider({
    resource,
    readers: metricExporter
      ? [new PeriodicExportingMetricReader({ exporter: metricExporter, exportTimeoutMillis })]
      : [],
  });
  const tracers =
    spanExporter &&
    new BasicTracerProvider({
      resource,
      spanProcessors: [new BatchSpanProcessor(spanExporter, { exportTimeoutMillis })],
    });
  const both = (what: 'forceFlush' | 'shutdown') => async (): Promise<void> => {
    await Promise.allSettled([meters[what](), tracers?.[what]()]);
  };
  return {
    measure: measuring(meters.getMeter(namespace, packageJson.version)),
    ...tracing(tracers?.getTracer('redress', packageJson.version)),
    flush: both('forceFlush'),
    stop: both('shutdown'),
  };
}

/** `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say more, or otherwise. */
function describeProcess(): Resource {
  return resourceFromAttributes({ 'service.name': 'redress', 'service.version': packageJson.version }).merge(
    detectResources({ detectors: [envDetector] }),
  );
}

function measuring(meter: Meter): Telemetry['measure'] {
  const instruments = new Map<MetricName, (value: number, attributes?: MetricAttributes) => void>();
  return (name, value, attributes) => {
    const known = instruments.get(name) ?? instrument(meter, name);
    instruments.set(name, known);
    known(value, attributes);
  };
}

function instrument(meter: Meter, name: MetricName): (value: number, attributes?: MetricAttributes) => void {
  const { instrument: kind, description, unit }: Metric = metrics[name];
  const options = { description, unit: unit === 'Seconds' ? 's' : '1' };
  switch (kind) {
    case 'counter': {
      const counter = meter.createCounter(name, options);
      return (value, attributes) => counter.add(value, attributes);
    }
    case 'gauge': {
      const gauge = meter.createGauge(name, options);
      return (value, attributes) => gauge.record(value, attributes);
    }
    case 'histogram': {
      const histogram = meter.createHistogram(name, options);
      return (value, attributes) => histogram.record(value, attributes);
    }
  }
}

/** Spans find their parents through the asynchronous context, which nothing else needs to know. */
function tracing(tracer: Tracer | undefined): Pick<Telemetry, 'span' | 'traceparent'> {
  const under = new AsyncLocalStorage<Context>();
  if (tracer === undefined) {
    return { span: (_name, _attributes, work) => work({ requestId: () => {} }), traceparent: () => undefined };
  }
  return {
    async span(name, attributes, work, parent) {
      const context = under.getStore() ?? parsed(parent) ?? ROOT_CONTEXT;
      const span = tracer.startSpan(name, { attributes: spelt(attributes) }, context);
      try {
        return await under.run(trace.setSpan(context, span), () =>
          work({ requestId: (id) => void span.setAttribute('aws.request_id', id) }),
        );
      } catch (error) {
        // Messages may quote inputs; the name says enough.
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
        throw error;
      } finally {
        span.end();
      }
    },
    traceparent() {
      const context = under.getStore();
      const span = context && trace.getSpanContext(context);
      if (span === undefined || !isSpanContextValid(span)) return undefined;
      return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
    },
  };
}

const spelt = (attributes: SpanAttributes): Record<string, string> => {
  const names: Readonly<Record<string, string>> = spanNames;
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [names[key] ?? key, value]));
};

/** A W3C traceparent (https://www.w3.org/TR/trace-context/), version 00. */
function parsed(parent: string | undefined): Context | undefined {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(parent ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(span) ? trace.setSpanContext(ROOT_CONTEXT, span) : undefined;
}
