import { explain, troubleOf } from '../aws/errors.ts';
import type { AwsPort } from '../aws/port.ts';
import { configuredRegion, createSdkPort } from '../aws/sdk-port.ts';
import { type Config, loadConfig, planSettings } from '../config.ts';
import type { Place } from '../control/resource.ts';
import { createEngine, type Engine } from '../engine.ts';
import { catalogue, version } from '../redress.ts';
import { CommandError } from './errors.ts';

/** What most commands need: the configuration, AWS, and the engine on both. */
export interface Context {
  readonly config: Config;
  readonly port: AwsPort;
  readonly engine: Engine;
}

type EngineMode = 'dry-run' | 'apply';

/**
 * @param choose `dry-run` makes an engine that cannot write, whatever it is asked
 * @throws ConfigError when the configuration is wrong
 */
export async function createContext(
  options: { config?: string },
  choose: EngineMode | ((config: Config) => EngineMode),
): Promise<Context> {
  const config = await loadConfig(options.config, catalogue);
  const mode = typeof choose === 'function' ? choose(config) : choose;
  const port = createSdkPort({ userAgent: `redress/${version}` });
  const engine = createEngine({ port, catalogue, mode, settings: planSettings(config) });
  return { config, port, engine };
}

/**
 * The account and region that the credentials and settings name.
 *
 * @throws CommandError when there are no credentials, no region, or no way to AWS
 */
export async function herePlace(port: AwsPort): Promise<Place> {
  const region = await configuredRegion().catch(() => {
    throw new CommandError('No AWS region is set. Set AWS_REGION, or a region in the AWS profile.');
  });
  const { account, partition } = await reachable(port);
  return { account, partition, region };
}

/**
 * Makes sure that AWS answers before work begins.
 *
 * @throws CommandError saying what is wrong and what to do
 */
export async function reachable(port: AwsPort): Promise<{ account: string; partition: string; arn: string }> {
  try {
    return await port.identity();
  } catch (error) {
    const call = { service: 'sts', operation: 'GetCallerIdentity' };
    const hint =
      troubleOf(error) === 'other' && /credential/i.test(String(error))
        ? 'No AWS credentials were found. Set AWS_PROFILE or the AWS_… variables.'
        : undefined;
    throw new CommandError(hint ?? `AWS does not answer: ${explain(error, call)}.`);
  }
}
