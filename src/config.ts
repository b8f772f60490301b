/** The configuration: `redress.yaml`, read, checked, and asked. */
import { readFile } from 'node:fs/promises';
import type { Catalogue } from './catalogue.ts';
import { ConfigError } from './config/error.ts';
import { parseConfig } from './config/parse.ts';
import { type Config, defaultConfig } from './config/schema.ts';
import { messageOf } from './one-line.ts';

export { ConfigError } from './config/error.ts';
export { exampleConfig } from './config/example.ts';
export { parseConfig } from './config/parse.ts';
export {
  type Approver,
  type Config,
  configJsonSchema,
  defaultConfig,
  type Person,
  type SlackConfig,
} from './config/schema.ts';
export {
  appliesSomewhere,
  appliesTo,
  exemptionsOf,
  fourEyesFor,
  modeOf,
  parametersOf,
  planSettings,
  policyOf,
  timesOf,
} from './config/settings.ts';

const DEFAULT_FILE = 'redress.yaml';

/**
 * Loads a configuration file. Without a path, `redress.yaml` if there is one,
 * else the defaults.
 *
 * @throws ConfigError when the file is named and not there, cannot be read, or holds mistakes
 */
export async function loadConfig(path: string | undefined, catalogue: Catalogue): Promise<Config> {
  const file = path ?? DEFAULT_FILE;
  try {
    return parseConfig(await readFile(file, 'utf8'), file, catalogue);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) throw new ConfigError(`${file}: cannot be read (${messageOf(error)}).`);
    if (path === undefined) return defaultConfig;
    throw new ConfigError(`${file}: there is no such file. Check --config, or write one with "redress init".`);
  }
}
