import { setTimeout as wait } from 'node:timers/promises';
import { approverRefusal } from '../../approvals/approvers.ts';
import type { RecordedCall } from '../aws/door.ts';
import type { AwsPort } from '../aws/port.ts';
import { type Config, exemptionsOf, planSettings, timesOf } from '../config.ts';
import type { Place } from '../control/resource.ts';
import { createEngine, type Engine } from '../engine.ts';
import { securityHubNotifier } from '../export/security-hub.ts';
import { awsNotifier } from '../notify.ts';
import { catalogue } from '../redress.ts';
import type { Store } from '../store/port.ts';
import { loggedStore } from '../telemetry/logged-store.ts';
import {
  countingNotifier,
  type MeasuredJudge,
  measuredEffects,
  measuredJudge,
  measuredPort,
  measuredWorkflow,
} from '../telemetry/measured.ts';
import { noTelemetry, type Telemetry } from '../telemetry/port.ts';
import { createWorkflow, type Workflow, type WorkflowParts } from '../workflow/driver.ts';
import type { Log } from '../workflow/kit.ts';
import { type Notifier, notifyAll, silent } from '../workflow/notifier.ts';
import type { Times } from '../workflow/settings.ts';
import { createJudge } from './judge.ts';
import { asConfigured, mayWrite } from './policy.ts';
import { type ConnectedSlack, connectSlack } from './slack.ts';

type Sweep = NonNullable<WorkflowParts['sweep']>;

/** What a bot is made of. */
export interface BotParts {
  readonly config: Config;
  /** The accounts that are watched. */
  readonly port: AwsPort;
  /** Redress's own things: queues, bus, topic, parameters. */
  readonly home: Pick<AwsPort, 'send'>;
  /** Where Redress's own things are. */
  readonly place: Place;
  readonly store: Store;
  readonly log: Log;
  /** Who else is told of everything, such as the terminal. */
  readonly notifiers?: readonly Notifier[];
  /** `examined`: Slack is looked at first, and what is missing ends it. `left out`: this process does not speak with people. */
  readonly slack: 'examined' | 'used' | 'left out';
  /** Names the worker where host and process do not, see {@link WorkflowParts}. */
  readonly worker?: Pick<WorkflowParts, 'workerId' | 'host' | 'pid' | 'isAlive'>;
  /** Performs parts of sweeps. */
  readonly sweep?: (bot: Omit<Bot, 'slack'>) => Sweep;
  /** Times that differ from the configured ones. */
  readonly times?: Partial<Times>;
  readonly now?: () => Date;
  readonly sleep?: WorkflowParts['sleep'];
  readonly onCall?: (call: RecordedCall) => void;
  /** Where measurements and spans go. Without it nothing is measured. */
  readonly telemetry?: Telemetry;
}

/** The bot, put together: judges, plans, asks, applies. */
export interface Bot {
  readonly engine: Engine;
  readonly workflow: Workflow;
  readonly judge: MeasuredJudge;
  readonly slack: ConnectedSlack | undefined;
}

/**
 * Puts the bot together, for `redress serve` and for functions alike. While no
 * `apply: true` stands in the configuration, its engine is one that cannot
 * write. Nothing runs yet.
 *
 * @throws SetupError when something is missing that only a person can add
 */
export async function createBot(parts: BotParts): Promise<Bot> {
  const {
    config,
    home,
    place,
    log,
    onCall,
    telemetry = noTelemetry,
    sweep: sweepWith,
    now = () => new Date(),
    sleep = pause,
  } = parts;
  const writes = mayWrite(config);
  const store = loggedStore(parts.store, log);
  const port = measuredPort(parts.port, telemetry);
  const engine = createEngine({
    ...{ port, catalogue, mode: writes ? 'apply' : 'dry-run', settings: planSettings(config), now },
    ...(onCall ? { onCall } : {}),
  });
  const slack =
    parts.slack === 'left out'
      ? undefined
      : await connectSlack({
          ...{ config, port: home, place, engine, store, log, writes: writes ? 'on' : 'dry-run' },
          examine: parts.slack === 'examined',
        });
  const told = [
    ...(parts.notifiers ?? []),
    countingNotifier(telemetry),
    awsNotifier(home, config, place),
    config.export.securityHub ? securityHubNotifier(home, place) : silent,
    slack?.notifier ?? silent,
  ];
  const unmeasured: Workflow = createWorkflow({
    ...{ store, remediator: engine, log, now, sleep },
    ...parts.worker,
    around: measuredEffects(telemetry),
    notifier: notifyAll(told),
    interact: (interaction, at) => interact(interaction, at),
    ...(sweepWith && { sweep: (task, how) => sweep(task, how) }),
    settings: {
      policyFor: asConfigured(config),
      exemptions: exemptionsOf(config),
      mayDecide: slack?.mayDecide ?? approverRefusal(config),
      times: { ...timesOf(config), ...parts.times },
    },
  });
  const workflow = measuredWorkflow(unmeasured, telemetry);
  const interact = slack?.interactWith(workflow) ?? unheard;
  const judge = measuredJudge(createJudge(engine, workflow), telemetry);
  const sweep = sweepWith?.({ engine, workflow, judge }) ?? unswept;
  return { engine, workflow, judge, slack };
}

async function pause(milliseconds: number): Promise<void> {
  await wait(milliseconds);
}

const unswept: Sweep = () => Promise.reject(new Error('this process does not sweep'));

/** What was said in Slack while it was configured waits until it is so again. */
const unheard = () => Promise.reject(new Error('Slack is not configured any more'));
