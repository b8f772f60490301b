import type { Log } from '../workflow/kit.ts';
import { noTelemetry, type Telemetry } from './port.ts';

export type TelemetryEnvironment = Readonly<Record<string, string | undefined>>;

/** Whether the environment asks for any telemetry. */
export const isAskedFor = (environment: TelemetryEnvironment): boolean =>
  environment.REDRESS_METRICS === 'emf' || hasOtlp(environment);

/** Whether there is a place that takes OpenTelemetry's own protocol. */
export const hasOtlp = (environment: TelemetryEnvironment): boolean =>
  Boolean(environment.OTEL_EXPORTER_OTLP_ENDPOINT) && environment.OTEL_SDK_DISABLED !== 'true';

/**
 * Starts telemetry as the environment asks: `REDRESS_METRICS=emf` writes
 * metrics to standard output as CloudWatch takes them;
 * `OTEL_EXPORTER_OTLP_ENDPOINT` sends traces, and else metrics too, over HTTP.
 * Without either nothing is loaded.
 *
 * @param log where trouble with exporting is told
 */
export async function startTelemetry(environment: TelemetryEnvironment, log: Pick<Log, 'warn'>): Promise<Telemetry> {
  if (!isAskedFor(environment)) return noTelemetry;
  const { openTelemetry } = await import('./opentelemetry.ts');
  return openTelemetry(environment, log);
}
