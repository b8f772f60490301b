import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
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

export const configuration = `
timing: { settleSeconds: 15 }
export: { securityHub: true }
slack:
  channel: C0123456789
  transport: http
  parameters: { botToken: /redress/slack/bot-token, signingSecret: /redress/slack/signing-secret }
`;

export interface Synthesized {
  readonly app: App;
  readonly hub: Stack;
  readonly member: Stack;
}

// CDK compares every template with what CloudFormation takes, for seconds. One test asks for it.
process.env.CDK_VALIDATION = 'false';

/** Both stacks. Small pieces of code stand in for the bundles, which tests do not build. */
export function stacks(
  over: Readonly<Record<string, unknown>> = {},
  { config = configuration }: { readonly config?: string } = {},
): Synthesized {
  const context = { '@aws-cdk/core:validateAgainstDefaultRules': true };
  const app = new App({ analyticsReporting: false, context });
  const options = readOptions({ ...given, ...over }, catalogue);
  const parsed = parseConfig(config, 'redress.yaml', catalogue);
  const code = () => Code.fromInline('exports.handler = () => {};');
  const hub = hubStack(app, { options, catalogue, config: parsed, bundles: { code, config: undefined } });
  return { app, hub, member: memberStack(app, { options, catalogue, config: parsed }) };
}

/** A part of a template. What CloudFormation takes has no types here; each test says what it looks for. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Part = any;

/** A resource of a template. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Part;
  readonly condition: string | undefined;
}

/** Reads the resources of a stack, of some types or all. */
export function reader(stack: Stack): (...types: readonly string[]) => readonly Resource[] {
  const all = Object.entries<Record<string, unknown>>(Template.fromStack(stack).toJSON().Resources).map(
    ([id, { Type, Properties, Condition }]): Resource => ({
      id,
      type: String(Type),
      properties: Properties ?? {},
      condition: typeof Condition === 'string' ? Condition : undefined,
    }),
  );
  return (...types) => all.filter(({ type }) => types.length === 0 || types.includes(type));
}

/** Finds the one resource of a type, or the one of them that fits. */
export const finder =
  (resources: ReturnType<typeof reader>) =>
  (type: string, fits: (one: Resource) => boolean = () => true): Resource => {
    const [first, ...more] = resources(type).filter(fits);
    if (first === undefined || more.length > 0) throw new Error(`There is not exactly one ${type}.`);
    return first;
  };

/** The statements of a policy. */
export const statementsOf = (document: { readonly Statement?: unknown }): readonly Part[] =>
  listOf<Part>(document.Statement);

/** Whatever is one, or a list of them, as a list. */
export const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : isList(value) ? value : [value];

const isList = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value);

/** The names of other resources that a value mentions, by `Ref` or `Fn::GetAtt`. */
export function mentioned(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(mentioned);
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'Ref') return [String(inner)];
    if (key === 'Fn::GetAtt' && Array.isArray(inner)) return [String(inner[0])];
    return mentioned(inner);
  });
}
