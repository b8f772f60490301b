import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type Bundles } from '../../infra/functions.ts';
import { hubStack } from '../../infra/hub-stack.ts';
import { memberStack } from '../../infra/member-stack.ts';
import { readOptions } from '../../infra/options.ts';
import { parseConfig } from '../../src/config.ts';
import { catalogue } from '../../src/redress.ts';

/** Options of an organization, as somebody would give them. */
export const given = {
  organization: 'o-a1b2c3d4e5',
  account: '111122223333',
  region: 'eu-west-1',
  externalId: 'an-external-id-of-ours',
};

const CONFIG = `
timing: { settleSeconds: 15 }
slack:
  channel: C0123456789
  transport: http
  parameters: { botToken: /redress/slack/bot-token, signingSecret: /redress/slack/signing-secret }
`;

/** Stands in for the bundles, which tests do not build. */
const bundles: Bundles = { code: () => Code.fromInline('exports.handler = () => {};'), config: undefined };

export interface Synthesized {
  readonly app: App;
  readonly hub: Stack;
  readonly member: Stack;
}

/** Both stacks, with other options where a test wants them. */
export function stacks(
  over: Readonly<Record<string, unknown>> = {},
  { config = CONFIG, of = catalogue }: { readonly config?: string; readonly of?: typeof catalogue } = {},
): Synthesized {
  const app = new App({ analyticsReporting: false });
  const options = readOptions({ ...given, ...over }, of);
  const hub = hubStack(app, { options, catalogue: of, config: parseConfig(config, 'redress.yaml', of), bundles });
  const member = memberStack(app, options, of);
  return { app, hub, member };
}

/** A resource of a template, with its logical id. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: a template is what it is; each test reads its part of it.
  readonly properties: any;
}

export function resourcesOf(stack: Stack, ...types: readonly string[]): Resource[] {
  const all = Template.fromStack(stack).toJSON().Resources;
  return Object.entries<Record<string, unknown>>(all)
    .map(([id, { Type, Properties }]) => ({ id, type: String(Type), properties: Properties ?? {} }))
    .filter(({ type }) => types.length === 0 || types.includes(type));
}
