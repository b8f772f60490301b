import type { Context } from 'aws-lambda';
import type { AwsPort } from '../aws/port.ts';
import { createSdkPort } from '../aws/sdk-port.ts';
import { createLog } from '../bot/log.ts';
import { openState } from '../bot/state.ts';
import { type Catalogue, chosenFrom } from '../catalogue.ts';
import { type Config, loadConfig } from '../config.ts';
import type { Place } from '../control/resource.ts';
import { catalogue, version } from '../redress.ts';
import type { Store } from '../store/port.ts';
import type { Telemetry } from '../telemetry/port.ts';
import { startTelemetry } from '../telemetry/start.ts';
import type { Log } from '../workflow/kit.ts';
import { type Environment, readEnvironment } from './environment.ts';

/** What every function stands on. Made at the first event of an environment. */
export interface Foundation {
  readonly environment: Environment;
  readonly config: Config;
  /** The controls that events and sweeps are judged by. What was found before by others is still dealt with. */
  readonly watched: Catalogue;
  /** Redress's own things, with the function's own credentials. */
  readonly home: AwsPort;
  /** Where the function runs. */
  readonly place: Place;
  readonly log: Log;
  /** To be flushed at the end of each invocation. */
  readonly telemetry: Telemetry;
}

export const userAgent = `redress/${version}`;

/**
 * Reads the environment and the configuration. Nothing is asked of AWS.
 *
 * @throws EnvironmentError, ConfigError when one of them is wrong: then nothing is taken, and all of it comes again
 */
export async function startFoundation({
  invokedFunctionArn,
}: Pick<Context, 'invokedFunctionArn'>): Promise<Foundation> {
  const environment = readEnvironment(process.env);
  const config = await loadConfig(environment.config, catalogue);
  const log = await createLog(environment.log, 1);
  const { table, bus = config.bus, topicArn = config.topicArn } = environment;
  return {
    environment,
    watched: chosenFrom(catalogue, environment.controls),
    config: { ...config, bus, topicArn, store: { table } },
    home: createSdkPort({ userAgent, assume: 'never' }),
    place: placeOf(invokedFunctionArn),
    log,
    telemetry: await startTelemetry(process.env, log),
  };
}

/** @throws StoreError when it cannot be opened */
export const openTable = ({ config }: Pick<Foundation, 'config'>): Promise<Store> => openState(config);

/** `arn:aws:lambda:eu-west-1:123456789012:function:RedressWorker` */
function placeOf(functionArn: string): Place {
  const [, partition = '', , region = '', account = ''] = functionArn.split(':');
  return { partition, region, account };
}
