import { AsyncLocalStorage } from 'node:async_hooks';
import { isRead } from '../aws/door.ts';
import { troubleOf } from '../aws/errors.ts';
import type { AwsPort } from '../aws/port.ts';
import type { Judge } from '../bot/judge.ts';
import type { Gathered } from '../intake/coalesce.ts';
import type { Intake } from '../intake/intake.ts';
import type { Workflow, WorkflowParts } from '../workflow/driver.ts';
import type { LifecycleEvent, Notifier } from '../workflow/notifier.ts';
import { silent } from '../workflow/notifier.ts';
import type { Telemetry } from './port.ts';

/** The reads of the event that is being judged: whatever is called underneath counts here. */
const underEvent = new AsyncLocalStorage<{ reads: number }>();

/** Every call to AWS in a span; throttling is counted. */
export function measuredPort(port: AwsPort, telemetry: Telemetry): AwsPort {
  return {
    identity: () => port.identity(),
    prepare: async (request) => port.prepare?.(request),
    send(request) {
      const { service, operation, target, session } = request;
      const event = underEvent.getStore();
      if (event !== undefined && session === undefined && isRead(operation)) event.reads += 1;
      const attributes = { service, operation, account: target.account, region: target.region };
      const plan = session === undefined ? {} : { plan: session.planId };
      return telemetry.span(`${service}.${operation}`, { ...attributes, ...plan }, async (span) => {
        try {
          const answer = await port.send(request);
          if (answer.requestId !== undefined) span.requestId(answer.requestId);
          return answer;
        } catch (error) {
          if (troubleOf(error) === 'throttled') {
            telemetry.measure('Throttles', 1, { Service: service, Account: target.account });
          }
          throw error;
        }
      });
    },
  };
}

/** Judges a resource. `parent` is the span of whoever took the event in, as a W3C traceparent. */
export type MeasuredJudge = (gathered: Gathered, parent?: string) => Promise<void>;

/** Every resource that is judged for an event in a span, with the reads that it took. */
export function measuredJudge(judge: Judge, telemetry: Telemetry): MeasuredJudge {
  return (gathered, parent) => {
    const { subject, causes } = gathered;
    const counted = { reads: 0 };
    const last = causes.at(-1);
    return telemetry.span(
      'judge',
      {
        resource: subject.key,
        account: subject.account,
        region: subject.region,
        ...(last === undefined ? {} : { event: last.eventID }),
      },
      async () => {
        try {
          return await underEvent.run(counted, () => judge(gathered));
        } finally {
          // A sweep comes without an event.
          if (last !== undefined) telemetry.measure('ReadsPerEvent', counted.reads);
        }
      },
      parent,
    );
  };
}

/** Counts verdicts and plans, from events and from sweeps. */
export function measuredWorkflow(workflow: Workflow, telemetry: Telemetry): Workflow {
  return {
    ...workflow,
    async observed(observation) {
      const records = await workflow.observed(observation);
      const { evaluations, plans } = observation.assessment;
      for (const [verdict, number] of countBy(evaluations.map((one) => one.verdict))) {
        telemetry.measure('Judged', number, { Verdict: verdict });
      }
      if (plans.length > 0) telemetry.measure('Planned', plans.length);
      return records;
    },
  };
}

/** The work of each effect in a span: an application, a proof, a question. */
export function measuredEffects(telemetry: Telemetry): NonNullable<WorkflowParts['around']> {
  return ({ kind, finding, plan }, work) =>
    telemetry.span(kind, { kind, finding, ...(plan === null ? {} : { plan }) }, work);
}

/** Counts what arrived, and hands it on. */
export function measuredIntake(intake: Intake, telemetry: Telemetry): Intake {
  const { arrivals, ignored } = intake;
  const watched = new Set(arrivals.map(({ event }) => event.eventID)).size;
  telemetry.measure('EventsIn', watched + ignored.length);
  if (ignored.length > 0) telemetry.measure('EventsIgnored', ignored.length);
  return intake;
}

/**
 * Counts what became of findings. Deliveries are at least once, and so are
 * these counts.
 */
export function countingNotifier(telemetry: Telemetry): Notifier {
  return {
    ...silent,
    async changed(_finding, events) {
      for (const event of events) {
        for (const metric of metricsOf(event)) telemetry.measure(metric, 1, { Control: String(event.control) });
      }
    },
  };
}

function metricsOf(event: LifecycleEvent): readonly ('Asked' | 'Applied' | 'Failed' | 'Stuck' | 'Undone')[] {
  if (isStuck(event)) return ['Failed', 'Stuck'];
  switch (event.after) {
    case 'verified':
      return ['Applied'];
    case 'failed':
    case 'unverified':
      return ['Failed'];
    // By a person, or because it did not work: then it was counted as failed before.
    case 'undone':
      return ['Undone'];
    default:
      return event.type === 'waiting' ? ['Asked'] : [];
  }
}

/** Calls were made or may have been, and it did not end well. A refusal before the first call changes nothing. */
function isStuck({ type, after, from }: LifecycleEvent): boolean {
  if (type !== 'needsPerson') return false;
  return (
    from === 'verifying' ||
    from === 'rollingBack' ||
    after === 'unclear' ||
    (from === 'applying' && after === 'timeout')
  );
}

function countBy<T>(values: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
