import { openState } from '../bot/state.ts';
import { type Config, exemptionsOf } from '../config.ts';
import type { CloudTrailEvent } from '../control/event.ts';
import type { Engine } from '../engine.ts';
import { messageOf } from '../one-line.ts';
import type { Store } from '../store/port.ts';
import type { StateName } from '../workflow/finding.ts';
import type { Assessment } from '../workflow/remediator.ts';
import { say } from './output.ts';
import { onlyRecord, startWorkflow } from './workflow.ts';

/** Writes down what `plan` and `scan` find, so that `findings`, `show` and `exempt` know it. */
export interface Recorder {
  record(assessment: Assessment, event: CloudTrailEvent | undefined): Promise<void>;
  close(): Promise<void>;
}

/** States in which the bot or a person is at work on a finding: looking at it from the side must not disturb them. */
const LIVE: readonly StateName[] = [
  'waiting',
  'approved',
  'applying',
  'verifying',
  'rollingBack',
  'snoozed',
  'needsPerson',
];

/**
 * Starts recording. A store that does not work must not keep anybody from
 * looking: then it is said once, and nothing is recorded.
 */
export async function createRecorder(config: Config, engine: Engine): Promise<Recorder> {
  let store: Store | undefined;
  const giveUp = (error: unknown) => {
    say(`redress: findings are not recorded: ${messageOf(error)}`);
    store = undefined;
  };
  try {
    // Thousands of verdicts, and looking again finds them again.
    store = await openState(config, 'the-latest');
  } catch (error) {
    giveUp(error);
  }
  if (store === undefined) return { record: async () => {}, close: async () => {} };
  const opened = store;
  const settings = { policyFor: onlyRecord(config), exemptions: exemptionsOf(config) };
  const workflow = startWorkflow({ store: opened, engine, settings });

  async function isLive(finding: string): Promise<boolean> {
    const known = await opened.finding(finding);
    return known !== undefined && LIVE.includes(known.state);
  }

  return {
    async record(assessment, event) {
      if (store === undefined) return;
      try {
        const live = await Promise.all(assessment.evaluations.map(({ finding }) => isLive(finding)));
        if (live.some(Boolean)) return;
        await workflow.observed({ assessment, ...(event ? { cause: event } : {}) });
      } catch (error) {
        giveUp(error);
      }
    },
    close: () => opened.close(),
  };
}
