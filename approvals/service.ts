import type { App, Receiver } from '@slack/bolt';
import type { Config, SlackConfig } from '../src/config.ts';
import { messageOf } from '../src/one-line.ts';
import type { Store } from '../src/store/port.ts';
import type { Workflow } from '../src/workflow/driver.ts';
import type { Log } from '../src/workflow/kit.ts';
import type { Notifier } from '../src/workflow/notifier.ts';
import type { Assessment } from '../src/workflow/remediator.ts';
import type { WorkflowSettings } from '../src/workflow/settings.ts';
import { createSlackApp } from './app.ts';
import { approverRefusal, type Groups } from './approvers.ts';
import { createDesk } from './desk.ts';
import { slackGroups } from './groups.ts';
import { mannerOf } from './manner.ts';
import type { Overview } from './messages/facts.ts';
import { problemsOf } from './messages/windows.ts';
import type { Clock } from './pace.ts';
import type { Slack } from './slack.ts';
import { slackNotifier } from './slack-notifier.ts';
import { AppTokenRefusedError } from './socket-receiver.ts';

export interface SlackServiceOptions extends Clock {
  readonly config: Config & { readonly slack: SlackConfig };
  readonly slack: Slack;
  readonly store: Store;
  readonly writes: Overview['writes'];
  /** Judges a resource by its ARN, and plans; for `/redress plan`. */
  readonly assess: (arn: string) => Promise<Assessment>;
  readonly log: Log;
}

/** Slack, put together: what the workflow needs of it, and what it needs of the workflow. */
export interface SlackService {
  readonly notifier: Notifier;
  readonly groups: Groups;
  readonly mayDecide: NonNullable<WorkflowSettings['mayDecide']>;
  /** Takes what was handed over; for the workflow's inbox. */
  readonly interactWith: (
    workflow: Pick<Workflow, 'decide' | 'stop' | 'resume'>,
  ) => (interaction: unknown, at: string) => Promise<void>;
  /** The app that hands over to the workflow, on a receiver; not yet started. */
  readonly app: (receiver: Receiver, workflow: Pick<Workflow, 'handOver'>) => Promise<App>;
}

/** Puts the parts together. Nothing is asked of Slack yet. */
export function createSlackService(options: SlackServiceOptions): SlackService {
  const { config, slack, store, log, now } = options;
  const groups = slackGroups(slack, now);
  const manner = mannerOf(config);
  const mayDecide = approverRefusal(config, groups, (id) => store.finding(id));
  return {
    groups,
    mayDecide,
    notifier: slackNotifier({ slack, store, config: config.slack, manner, now, log }),
    interactWith: (workflow) => createDesk({ ...options, workflow, groups, mayDecide, manner }),
    app: (receiver, workflow) =>
      createSlackApp({
        ...{ receiver, now, log, problemsOf },
        handOver: (interaction) => workflow.handOver(interaction),
        answer: (url, text) => slack.respond(url, { text, blocks: [] }),
      }),
  };
}

/**
 * Starts listening, and goes on trying while Slack is away or the port is
 * taken: findings wait, everything else goes on. A token that Slack refuses
 * stays refused.
 */
export async function startListening(
  app: App,
  { log, sleep }: { readonly log: Log } & Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Promise<void> {
  for (let pause = 1_000; !signal.aborted; pause = Math.min(pause * 2, 60_000)) {
    try {
      await app.start();
      return;
    } catch (error) {
      if (error instanceof AppTokenRefusedError) {
        log.error({ error: error.message }, 'nothing said in Slack is heard; everything else goes on');
        return;
      }
      log.warn({ error: messageOf(error) }, 'Slack cannot be reached; trying again');
      await sleep(pause);
    }
  }
}
