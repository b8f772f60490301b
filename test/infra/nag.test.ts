import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { stacks } from './stacks.ts';

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
function withoutSuppressions(over: Readonly<Record<string, unknown>>) {
  const suppressions: Suppression[] = [];
  vi.spyOn(Validations, 'of').mockImplementation((scope) => {
    const recorded = Object.create(Validations.prototype);
    recorded.acknowledge = (...rules: readonly { readonly id: string; readonly reason: string }[]) => {
      suppressions.push(...rules.map(({ id, reason }) => ({ path: scope.node.path, id, reason })));
    };
    return recorded;
  });
  const { app } = stacks(over);
  vi.restoreAllMocks();
  return { app, suppressions };
}

afterEach(() => vi.restoreAllMocks());

describe('cdk-nag', () => {
  it.each([
    ['everything', {}],
    ['chosen accounts, regions and an archive', { accounts: '444455556666', regions: 'eu-west-1', archiveDays: 30 }],
    ['China', { region: 'cn-north-1' }],
  ])('finds nothing that is not explained: %s', (_, over) => {
    expect(findingsOf(stacks(over).app)).toEqual([]);
  });

  it('has a reason for each thing that is explained, and nothing is explained that it does not find', () => {
    const { app, suppressions } = withoutSuppressions({});
    const findings = findingsOf(app);
    expect(findings.length).toBeGreaterThan(10);
    expect(suppressions.filter(({ reason }) => reason.trim().length < 20)).toEqual([]);
    const unused = suppressions.filter(
      ({ path, id }) => !findings.some((found) => found.rule === id && found.path.startsWith(path)),
    );
    expect(unused).toEqual([]);
  });
});
