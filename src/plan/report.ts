import type { Criticality } from '../control.ts';
import type { Ignored } from '../intake/ignored.ts';
import type { Evaluation, Plan, ResourceRef } from './plan.ts';

/** Who brought a finding about, and how. */
export interface Cause {
  readonly who: string;
  readonly event: string;
  /** ISO 8601, as CloudTrail has it. */
  readonly when: string;
  /** What made the call, if it says so: Terraform, CloudFormation, the console. */
  readonly through?: string;
}

/** All that a run of `plan` or `scan` has found: what every renderer is given. */
export interface Report {
  readonly evaluations: readonly Evaluation[];
  readonly plans: readonly Plan[];
  readonly ignored: readonly Ignored[];
  /** By finding. */
  readonly causes?: ReadonlyMap<string, Cause>;
}

/** Failing controls of one resource that belong together, because one plan sets them right. */
export interface Case {
  readonly resource: ResourceRef;
  readonly criticality: Criticality;
  readonly failing: readonly Evaluation[];
  readonly plan: Plan | undefined;
  readonly causes: readonly Cause[];
}

/** The cases of a report, the most critical first, otherwise in the order of the plans. */
export function casesOf(report: Report): Case[] {
  const failing = report.evaluations.filter(({ verdict }) => verdict === 'fail');
  const planned = report.plans.map((plan) => {
    const own = failing.filter(({ finding }) => plan.findings.includes(finding));
    return caseOf(plan.resource, plan.criticality, own, plan, report);
  });
  const covered = new Set(report.plans.flatMap(({ findings }) => findings));
  const unplanned = failing
    .filter(({ finding }) => !covered.has(finding))
    .map((one) => caseOf(one.resource, one.criticality, [one], undefined, report));
  return [...planned, ...unplanned].sort((a, b) => RANK[a.criticality] - RANK[b.criticality]);
}

export const CRITICALITIES: readonly Criticality[] = ['HIGH', 'MEDIUM', 'LOW'];
const RANK: Readonly<Record<Criticality, number>> = { HIGH: 0, MEDIUM: 1, LOW: 2 };

function caseOf(
  resource: ResourceRef,
  criticality: Criticality,
  failing: readonly Evaluation[],
  plan: Plan | undefined,
  { causes }: Report,
): Case {
  const known = failing.flatMap(({ finding }) => causes?.get(finding) ?? []);
  return { resource, criticality, failing, plan, causes: distinct(known) };
}

function distinct(causes: readonly Cause[]): Cause[] {
  return [...new Map(causes.map((cause) => [`${cause.who} ${cause.event} ${cause.when}`, cause])).values()];
}

/** The numbers that end every report. */
export interface Summary {
  readonly failing: number;
  readonly byCriticality: Readonly<Record<Criticality, number>>;
  readonly resources: number;
  readonly passed: number;
  readonly skipped: number;
  readonly unknown: number;
  readonly ignored: number;
}

export function summaryOf({ evaluations, ignored }: Report): Summary {
  const failing = evaluations.filter(({ verdict }) => verdict === 'fail');
  const count = (wanted: Evaluation['verdict']): number =>
    evaluations.filter(({ verdict }) => verdict === wanted).length;
  const critical = (wanted: Criticality): number => failing.filter(({ criticality }) => criticality === wanted).length;
  return {
    failing: failing.length,
    byCriticality: { HIGH: critical('HIGH'), MEDIUM: critical('MEDIUM'), LOW: critical('LOW') },
    resources: new Set(failing.map(({ resource }) => resourceKey(resource))).size,
    passed: count('pass'),
    skipped: count('skip'),
    unknown: count('unknown'),
    ignored: ignored.length,
  };
}

/** The closing line: "3 findings (2 HIGH, 1 LOW) on 2 resources · 12 pass · …". */
export function summaryLine(report: Report): string {
  const { failing, byCriticality, resources, passed, skipped, unknown, ignored } = summaryOf(report);
  const levels = CRITICALITIES.filter((one) => byCriticality[one] > 0).map((one) => `${byCriticality[one]} ${one}`);
  const findings =
    failing === 0
      ? 'no findings'
      : `${plural(failing, 'finding')} (${levels.join(', ')}) on ${plural(resources, 'resource')}`;
  return [
    findings,
    `${passed} passed`,
    `${skipped} skipped`,
    `${unknown} unknown`,
    ...(ignored > 0 ? [`${plural(ignored, 'event')} ignored`] : []),
  ].join(' · ');
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Things under one heading, in the order in which the headings first appear. */
export function groupBy<T>(things: readonly T[], key: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groups.get(key(thing));
    if (group === undefined) groups.set(key(thing), [thing]);
    else group.push(thing);
  }
  return groups;
}

/** What sets a resource apart in a list: settings of an account share one ARN with others, by region. */
export function resourceKey({ type, id, arn }: ResourceRef): string {
  return `${type} ${arn} ${id}`;
}

/** Where a resource lives, in a few words. */
export function placeOf({ account, region, scope }: ResourceRef): string {
  return scope === 'account' ? account : `${account} · ${region}`;
}
