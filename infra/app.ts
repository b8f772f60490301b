import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { App, Validations } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigError, defaultConfig, loadConfig } from '../src/config.ts';
import { catalogue } from '../src/redress.ts';
import type { Bundles } from './functions.ts';
import { hubStack } from './hub-stack.ts';
import { memberStack } from './member-stack.ts';
import { OPTION_NAMES, OptionsError, readOptions } from './options.ts';

/**
 * Synthesizes both stacks into `cdk.out`. Options come from the context:
 * `-c name=value`, or infra/cdk.json. The CDK command line runs this file by
 * itself; `npx tsx infra/app.ts` does without it.
 */

const here = dirname(fileURLToPath(import.meta.url));
const bundles = join(here, '../dist/lambda');

async function main(): Promise<void> {
  const app = new App(process.env.CDK_CONTEXT_JSON === undefined ? withoutCommandLine() : {});
  const given = OPTION_NAMES.map((name): [string, unknown] => [name, app.node.tryGetContext(name)]);
  const options = readOptions(Object.fromEntries(given.filter(([, value]) => value !== undefined)), catalogue);
  const { configFile } = options;
  const config = configFile === undefined ? defaultConfig : await loadConfig(configFile, catalogue);

  hubStack(app, { options, catalogue, config, bundles: built(configFile) });
  memberStack(app, { options, catalogue, config });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}

/** What the CDK command line would have set: the context of cdk.json, and that of the arguments, which counts more. */
function withoutCommandLine() {
  const file: unknown = JSON.parse(readFileSync(join(here, 'cdk.json'), 'utf8'));
  const written = typeof file === 'object' && file !== null && 'context' in file ? file.context : undefined;
  const { values } = parseArgs({ options: { context: { type: 'string', short: 'c', multiple: true, default: [] } } });
  const named = values.context.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]);
  return {
    outdir: join(here, '../cdk.out'),
    context: { ...(typeof written === 'object' ? written : {}), ...Object.fromEntries(named) },
  };
}

/** The bundles that `npm run build:lambda` makes, and the configuration beside them in a layer. */
function built(configFile: string | undefined): Bundles {
  if (!existsSync(bundles)) throw new OptionsError(`There is no ${bundles}; run "npm run build:lambda" first.`);
  return {
    code: (name) => Code.fromAsset(join(bundles, name)),
    config: configFile === undefined ? undefined : configurationIn(configFile),
  };
}

function configurationIn(configFile: string): NonNullable<Bundles['config']> {
  const file = basename(configFile);
  return { file, folder: Code.fromAsset(dirname(resolve(configFile)), { exclude: ['*', `!${file}`] }) };
}

main().catch((error: unknown) => {
  const isForPeople = error instanceof OptionsError || error instanceof ConfigError;
  process.stderr.write(`${isForPeople ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
