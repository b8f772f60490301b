import { approverRefusal } from '../../approvals/approvers.ts';
import type { RecordedCall } from '../aws/door.ts';
import type { Answer } from '../aws/port.ts';
import type { Catalogue } from '../catalogue.ts';
import { type Config, parseConfig, planSettings, policyOf } from '../config.ts';
import type { Place } from '../control/resource.ts';
import { summarise } from '../control-summary.ts';
import { createEngine, type Engine } from '../engine.ts';
import { gather, lastCause } from '../intake/coalesce.ts';
import { takeIn } from '../intake/intake.ts';
import { createRouter } from '../intake/route.ts';
import type { Evaluation, Plan } from '../plan/plan.ts';
import { catalogue } from '../redress.ts';
import { openLibsqlStore } from '../store/libsql.ts';
import type { Store } from '../store/port.ts';
import type { CallRecord, FindingRecord, Purpose } from '../store/records.ts';
import { createWorkflow, type Workflow } from '../workflow/driver.ts';
import type { Log } from '../workflow/kit.ts';
import { type Notifier, notifyAll } from '../workflow/notifier.ts';
import { type Beginning, beginning } from './beginning.ts';
import { type Clock, createClock } from './clock.ts';
import { createSampleAccount, type SampleAccount, sampleOperations } from './sample-account.ts';

/** The demo's configuration. Without its first line nothing would ever be written. */
export const CONFIG = `apply: true
approvers: [{ users: [sam, casey], controls: all }]
`;

/** A chat in which people are asked, and answer. */
export interface Chat {
  readonly notifier: Notifier;
  /** Takes what people do in it. */
  readonly interactWith: (
    workflow: Pick<Workflow, 'decide' | 'stop' | 'resume'>,
  ) => (said: unknown, at: string) => Promise<void>;
}

/** What a chat is set up with. */
export interface ChatParts {
  readonly config: Config;
  readonly store: Store;
  readonly log: Log;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface StageOptions {
  /** Put behind the demo's own configuration. */
  readonly config?: string;
  readonly chat?: (parts: ChatParts) => Chat;
}

/** What an event has led to: verdicts and plans, or nothing because Redress itself had made the call. */
export type Arrived =
  | { readonly kind: 'judged'; readonly evaluations: readonly Evaluation[]; readonly plans: readonly Plan[] }
  | { readonly kind: 'own' };

/** Redress, whole, on the sample account: what `serve` puts together, with another AWS and a clock of its own. */
export interface Stage extends Beginning {
  readonly account: SampleAccount;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly place: Place;
  readonly engine: Engine;
  readonly store: Store;
  readonly workflow: Workflow;
  /** Everything that went through the door. */
  readonly atTheDoor: readonly RecordedCall[];
  /** What people were asked about, in order. */
  readonly asked: readonly Plan[];
  /** A call that somebody else makes in the account, past Redress. */
  readonly somebodyElse: (service: string, operation: string, input: object) => Promise<Answer>;
  /** CloudTrail's record of an event arrives, is judged, and what follows by itself is done. */
  readonly arrives: (record: object) => Promise<Arrived>;
  /** Performs what is due. */
  readonly settle: () => Promise<void>;
  /** @throws Error when there is no such finding */
  readonly finding: (id: string | undefined) => Promise<FindingRecord>;
  /** The calls that were made for a plan, as the journal has them. */
  readonly callsOf: (plan: Plan, purpose: Purpose) => Promise<readonly CallRecord[]>;
}

export function createStage({ config: more = '', chat: openChat }: StageOptions = {}): Stage {
  const clock = createClock('08:00');
  const account = createSampleAccount({ now: clock.now });
  const { world, port } = account;
  const place = { account: world.account, partition: world.partition, region: world.region };
  const playable = playableIn(catalogue);
  const config = parseConfig(`${CONFIG}${more}`, 'redress.yaml', playable);
  const atTheDoor: RecordedCall[] = [];
  const asked: Plan[] = [];
  const engine = createEngine({
    port,
    catalogue: playable,
    mode: 'apply',
    settings: planSettings(config),
    now: clock.now,
    onCall: (call) => atTheDoor.push(call),
  });
  const store = openLibsqlStore(':memory:');
  const quiet = () => {};
  const log = { info: quiet, warn: quiet, error: quiet };
  const asking = {
    ask: async (_: FindingRecord, plan: Plan) => void asked.push(plan),
    changed: async () => {},
  };
  const chat = openChat?.({ config, store, log, now: clock.now, sleep: clock.sleep });
  const workflow: Workflow = createWorkflow({
    store,
    remediator: engine,
    settings: {
      mayDecide: approverRefusal(config),
      policyFor: (plan) => {
        const controls = plan.controls.flatMap((number) => playable.get(number) ?? []);
        return { ...policyOf(config, controls, plan.resource), mode: plan.mode };
      },
    },
    notifier: chat === undefined ? asking : notifyAll([asking, chat.notifier]),
    log,
    now: clock.now,
    sleep: clock.sleep,
    ...(chat === undefined ? {} : { interact: (said, when) => chat.interactWith(workflow)(said, when) }),
  });
  const router = createRouter(playable);
  const settle = () => workflow.run({ untilIdle: true });

  return {
    ...beginning(world),
    account,
    catalogue: playable,
    clock,
    place,
    engine,
    store,
    workflow,
    atTheDoor,
    asked,
    settle,
    somebodyElse: (service, operation, input) => port.send({ target: place, service, operation, input }),
    async arrives(record) {
      const { arrivals } = takeIn(JSON.stringify({ Records: [record] }), router);
      const evaluations: Evaluation[] = [];
      const plans: Plan[] = [];
      for (const gathered of gather(arrivals)) {
        const cause = lastCause(gathered);
        if (cause === undefined) continue;
        if (await workflow.isOwnEvent(cause)) return { kind: 'own' };
        for await (const assessment of engine.assessSubjects([gathered.subject])) {
          evaluations.push(...assessment.evaluations);
          plans.push(...assessment.plans);
          await workflow.observed({ assessment, cause });
        }
      }
      await settle();
      return { kind: 'judged', evaluations, plans };
    },
    async finding(id = '') {
      const record = await store.finding(id);
      if (record === undefined) throw new Error(`There is no finding ${id}.`);
      return record;
    },
    callsOf: async ({ id }, purpose) => (await store.calls(id)).filter((call) => call.purpose === purpose),
  };
}

/** The controls whose every read and write the sample account answers. */
export function playableIn(all: Catalogue): Catalogue {
  const answered = new Set(sampleOperations);
  return new Map(
    [...all].filter(([, control]) => {
      const { reads, writes } = summarise(control);
      return [...reads, ...writes].every(({ service, operation }) => answered.has(`${service}:${operation}`));
    }),
  );
}
