import type { Config } from '../../src/config.ts';
import type { Store } from '../../src/store/port.ts';
import type { Workflow } from '../../src/workflow/driver.ts';
import type { Log } from '../../src/workflow/kit.ts';
import type { Assessment } from '../../src/workflow/remediator.ts';
import type { Decision, WorkflowSettings } from '../../src/workflow/settings.ts';
import type { Groups } from '../approvers.ts';
import type { Actor } from '../interaction.ts';
import type { Manner, Overview } from '../messages/facts.ts';
import { nameOf } from '../people.ts';
import type { Slack } from '../slack.ts';

/** What the desk works with. */
export interface DeskParts {
  readonly slack: Slack;
  readonly store: Store;
  readonly workflow: Pick<Workflow, 'decide' | 'stop' | 'resume'>;
  readonly config: Config;
  readonly groups: Groups;
  readonly mayDecide: NonNullable<WorkflowSettings['mayDecide']>;
  readonly manner: Manner;
  readonly writes: Overview['writes'];
  /** Judges a resource by its ARN, and plans. */
  readonly assess: (arn: string) => Promise<Assessment>;
  readonly now: () => Date;
  readonly log: Log;
}

/** Writes down that somebody tried what they may not, or what could not be done. */
export async function auditRefusal(
  { store, config, now }: DeskParts,
  actor: Actor,
  tried: {
    readonly what: Decision | string;
    readonly because: string;
    readonly finding?: string;
    readonly digest?: string;
  },
): Promise<void> {
  const { what, because, finding, digest } = tried;
  await store.commit([
    {
      kind: 'audit',
      subject: {
        ...{ at: now().toISOString(), by: nameOf(config, actor.user), what: `${what} refused` },
        ...(finding === undefined ? {} : { finding }),
        detail: { because, digest: digest ?? null, slackUser: actor.user, workspace: actor.home },
      },
    },
  ]);
}
