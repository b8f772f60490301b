import type { CloudTrailEvent } from '../control/event.ts';
import type { Evaluation, Plan, ResourceRef } from '../plan/plan.ts';
import type { Change } from '../store/port.ts';
import type { FindingRecord } from '../store/records.ts';
import { causeOf } from './cause.ts';
import { endOf, type FindExemption, readExemptions } from './exemptions.ts';
import type { Cause, FindingEvent, StateName } from './finding.ts';
import { at, type Kit } from './kit.ts';
import { moveFinding, startFinding } from './move.ts';
import type { Assessment } from './remediator.ts';
import { transact } from './transact.ts';

/** What intake or a scan has found out. */
export interface Observation {
  readonly assessment: Assessment;
  /** The event that led to it, or what it says of its caller. A scan has none. */
  readonly cause?: CloudTrailEvent | Cause;
  /** A person asks for these plans now: what was denied or taken back is put up again. */
  readonly reopen?: boolean;
  /** `always`: judge the resource's other findings too, even if these verdicts give no reason to. */
  readonly widen?: 'always';
}

/** States in which a finding's plan may still be merged with another of the same resource. */
const open: readonly StateName[] = ['judged', 'proposed', 'waiting', 'superseded', 'guided'];

/**
 * Records verdicts and plans: starts findings, closes those that pass, asks
 * again where the plan is a new one. Repeating it changes nothing.
 *
 * @returns the findings concerned, as they are stored now
 */
export async function observe(
  kit: Kit,
  { assessment, cause, reopen = false, widen }: Observation,
): Promise<readonly FindingRecord[]> {
  const exemptionOf = await readExemptions(kit);
  const caller = cause === undefined ? null : 'eventId' in cause ? cause : causeOf(cause);
  const records: FindingRecord[] = [];
  for (const { resource, part } of byResource(assessment)) {
    const whole = reopen ? part : await widened(kit, resource, part, widen === 'always');
    const planned = await withoutExempted(kit, resource, whole, exemptionOf);
    for (const group of groups(planned)) {
      records.push(...(await record(kit, { ...group, exemptionOf, cause: caller, reopen })));
    }
  }
  return records;
}

function byResource({ evaluations, plans }: Assessment): readonly { resource: ResourceRef; part: Assessment }[] {
  const parts = new Map<string, { resource: ResourceRef; evaluations: Evaluation[] }>();
  for (const evaluation of evaluations) {
    const { resource } = evaluation;
    const part = parts.get(resource.arn) ?? { resource, evaluations: [] };
    part.evaluations.push(evaluation);
    parts.set(resource.arn, part);
  }
  return [...parts.values()].map((part) => {
    const ids = new Set(part.evaluations.map(({ finding }) => finding));
    const own = plans.filter(({ findings }) => findings.some((id) => ids.has(id)));
    return { resource: part.resource, part: { evaluations: part.evaluations, plans: own } };
  });
}

/**
 * An event names a few controls; other findings of the same resource may be
 * waiting with plans that would be merged with the new ones. All are judged
 * together then, so that one document still means one plan.
 */
async function widened(kit: Kit, resource: ResourceRef, part: Assessment, always: boolean): Promise<Assessment> {
  if (!always && part.evaluations.every(({ verdict }) => verdict !== 'fail')) return part;
  const judged = new Set(part.evaluations.map(({ control }) => control));
  const others = (await kit.store.findings({ arn: resource.arn, states: open }))
    .map(({ evaluation }) => evaluation)
    .filter((other) => sameResource(other.resource, resource) && !judged.has(other.control))
    .map(({ control }) => control);
  if (others.length === 0) return part;
  return kit.remediator.assess(
    resource,
    [...judged, ...others].sort((a, b) => a - b),
  );
}

const sameResource = (a: ResourceRef, b: ResourceRef): boolean =>
  a.arn === b.arn && a.type === b.type && a.region === b.region && a.account === b.account;

/** A merged plan must not set right what is exempted: it is made again without it. */
async function withoutExempted(
  kit: Kit,
  resource: ResourceRef,
  assessment: Assessment,
  exemptionOf: FindExemption,
): Promise<Assessment> {
  const { evaluations, plans } = assessment;
  const isExempt = ({ control, resource: { arn } }: Evaluation) => exemptionOf(control, arn) !== undefined;
  const exempted = new Set(evaluations.filter(isExempt).map(({ finding }) => finding));
  const touched = plans.filter(({ findings }) => findings.some((id) => exempted.has(id)));
  if (touched.length === 0) return assessment;
  const rest = evaluations.filter(({ finding }) => !exempted.has(finding)).map(({ control }) => control);
  if (rest.length === 0) return { evaluations, plans: [] };
  const again = await kit.remediator.assess(resource, rest);
  return {
    evaluations: [...evaluations.filter(({ finding }) => exempted.has(finding)), ...again.evaluations],
    plans: again.plans,
  };
}

interface Group {
  readonly plan: Plan | undefined;
  readonly evaluations: readonly Evaluation[];
}

/** Findings of one plan belong into one transaction; those without a plan stand alone. */
function groups({ evaluations, plans }: Assessment): readonly Group[] {
  const planned = plans.map((plan) => ({
    plan,
    evaluations: evaluations.filter(({ finding }) => plan.findings.includes(finding)),
  }));
  const known = new Set(plans.flatMap(({ findings }) => findings));
  const rest = evaluations.filter(({ finding }) => !known.has(finding));
  return [...planned, ...rest.map((evaluation) => ({ plan: undefined, evaluations: [evaluation] }))];
}

interface Facts extends Group {
  readonly exemptionOf: FindExemption;
  readonly cause: Cause | null;
  readonly reopen: boolean;
}

async function record(kit: Kit, facts: Facts): Promise<readonly FindingRecord[]> {
  const { plan, evaluations, cause } = facts;
  const outcome = await transact(kit, async () => {
    const changes: Change[] = [];
    const records: FindingRecord[] = [];
    for (const evaluation of evaluations) {
      const stored = await kit.store.finding(evaluation.finding);
      // What never failed is not worth a record.
      if (stored === undefined && evaluation.verdict !== 'fail') continue;
      const events = eventsFor(kit, facts, evaluation, stored?.state);
      const judged = { evaluation, cause };
      const moved = stored === undefined ? startFinding(kit, judged, events) : moveFinding(kit, stored, events, judged);
      changes.push(...moved.changes);
      records.push(moved.record);
    }
    if (plan !== undefined && records.length > 0) changes.push(...(await newPlan(kit, plan)));
    return { changes, result: records };
  });
  if (!outcome.ok) throw new Error(`The verdicts could not be stored: conflict about ${outcome.conflict.key}.`);
  return outcome.result;
}

async function newPlan(kit: Kit, plan: Plan): Promise<readonly Change[]> {
  if ((await kit.store.plan(plan.id)) !== undefined) return [];
  const now = at(kit);
  return [
    {
      kind: 'plan',
      record: { id: plan.id, revision: 1, plan, createdAt: now, applications: 0, applied: null },
      expected: 0,
    },
    {
      kind: 'audit',
      subject: {
        at: now,
        by: 'redress',
        what: 'plan made',
        plan: plan.id,
        detail: { digest: plan.digest, controls: plan.controls, arn: plan.resource.arn, cli: plan.cli },
      },
    },
  ];
}

function eventsFor(
  kit: Kit,
  { plan, exemptionOf, cause, reopen }: Facts,
  evaluation: Evaluation,
  state: StateName | undefined,
): readonly FindingEvent[] {
  const now = at(kit);
  switch (evaluation.verdict) {
    case 'unknown':
      return [];
    case 'pass': {
      const by = cause?.by ?? 'somebody else';
      return [
        { type: 'passed', at: now, by, because: `set right by ${by}${cause?.tool ? ` through ${cause.tool}` : ''}` },
      ];
    }
    case 'skip': {
      const because = `the control does not apply any more: ${evaluation.because}`;
      return [{ type: 'passed', at: now, by: cause?.by ?? 'somebody else', because }];
    }
    case 'fail': {
      const exemption = exemptionOf(evaluation.control, evaluation.resource.arn);
      if (exemption !== undefined) {
        if (state === 'exempted') return [];
        const { owner, reason, by } = exemption;
        const because = `accepted for ${owner} until ${exemption.until}: ${reason}`;
        return [{ type: 'exempt', at: now, by, because, until: endOf(exemption).toISOString() }];
      }
      const windowStart = new Date(kit.now().getTime() - kit.times.window).toISOString();
      const common = { at: now, because: evaluation.because, cause, windowStart };
      const ended: readonly FindingEvent[] =
        state === 'exempted' ? [{ type: 'exemptionEnded', at: now, because: 'the exemption is over' }] : [];
      if (plan === undefined) return [...ended, { type: 'failing', ...common }];
      const { id, digest, kind, missing } = plan;
      const policy = kit.settings.policyFor(plan);
      return [...ended, { type: 'plan', plan: { id, digest, kind, missing }, policy, reopen, ...common }];
    }
  }
}
