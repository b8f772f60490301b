import { type App, type Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { reader, stacks } from './stacks.ts';

interface Suppression {
  readonly path: string;
  readonly id: string;
  readonly reason: string;
}

/** What cdk-nag finds, as the rule and where. */
function findingsOf(app: App): readonly { readonly rule: string; readonly path: string }[] {
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => ({ rule: ruleName, path: constructPath ?? '' })),
  );
}

/** Makes the stacks without any suppression, and says which there would have been. */
function withoutSuppressions() {
  const suppressions: Suppression[] = [];
  vi.spyOn(Validations, 'of').mockImplementation((scope) => {
    const recorded = Object.create(Validations.prototype);
    recorded.acknowledge = (...rules: readonly { readonly id: string; readonly reason: string }[]) => {
      suppressions.push(...rules.map(({ id, reason }) => ({ path: scope.node.path, id, reason })));
    };
    return recorded;
  });
  const { app } = stacks();
  vi.restoreAllMocks();
  return { app, suppressions };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe.each([
  ['aws', 'eu-west-1', 'us-east-1', {}],
  ['aws-cn', 'cn-north-1', 'cn-north-1', {}],
  [
    'aws-us-gov',
    'us-gov-west-1',
    'us-gov-west-1',
    { accounts: '444455556666', regions: 'us-gov-west-1', archiveDays: 3 },
  ],
])('in partition %s', (partition, region, home, over) => {
  const { app, hub, member } = stacks({ region, ...over });
  const text = (stack: Stack): string => JSON.stringify(Template.fromStack(stack).toJSON());

  it('cdk-nag finds nothing that is not explained', () => {
    expect(findingsOf(app)).toEqual([]);
  });

  it('no ARN names another', () => {
    const written = [...`${text(hub)}${text(member)}`.matchAll(/arn:(aws[\w-]*):/g)].map(([, name]) => name);
    expect(written.filter((name) => name !== partition)).toEqual([]);
    expect(text(hub)).toContain('{"Ref":"AWS::Partition"}');
  });

  it('the member’s parameters lead to the hub, and its roles are made where IAM answers', () => {
    const { Parameters } = Template.fromStack(member).toJSON();
    expect(Parameters.HubBusArn.Default).toBe(
      `arn:${partition}:events:${region}:111122223333:event-bus/redress-events`,
    );
    expect(Parameters.RolesRegion.Default).toBe(home);
  });

  it('it uses only what the partition has: China knows no X-Ray for functions, and no function URLs', () => {
    const modes = reader(hub)('AWS::Lambda::Function').map(({ properties }) => properties.TracingConfig?.Mode);
    expect(new Set(modes)).toEqual(new Set([partition === 'aws-cn' ? undefined : 'Active']));
    expect(reader(hub)('AWS::Lambda::Url')).toEqual([]);
  });
});

it('CloudFormation would take the templates', () => {
  vi.stubEnv('CDK_VALIDATION', 'true');
  expect(() => stacks().app.synth()).not.toThrow();
});

it('everything that is explained to cdk-nag has a reason, and would be found', () => {
  const { app, suppressions } = withoutSuppressions();
  const findings = findingsOf(app);
  expect(findings.length).toBeGreaterThan(10);
  expect(suppressions.filter(({ reason }) => reason.trim().length < 20)).toEqual([]);
  const unused = suppressions.filter(
    ({ path, id }) =>
      !findings.some((found) => found.rule === id && (found.path === path || found.path.startsWith(`${path}/`))),
  );
  expect(unused).toEqual([]);
});
