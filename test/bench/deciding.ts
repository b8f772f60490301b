import { performance } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { actionIds } from '../../approvals/ids.ts';
import { type Office, openOffice } from '../approvals/office.ts';
import type { Clock } from '../workflow/bench.ts';
import { median, milliseconds, type Result } from './measure.ts';

const realClock: Clock = {
  now: () => new Date(),
  sleep: async (time) => {
    await wait(time);
  },
  pass: () => {},
};

/**
 * From a click on Approve to the first call of AWS, through signature, outbox,
 * a look at who it was, the decision, and reading and planning again: against
 * the same decision taken without Slack.
 */
export async function deciding({ decisions }: { readonly decisions: number }): Promise<Result[]> {
  const office = await openOffice({ clock: realClock, storm: 30 });
  const stopping = new AbortController();
  const working = office.workflow.run({ signal: stopping.signal, untilIdle: false });
  const times = { slack: [] as number[], direct: [] as number[] };
  for (let at = 0; at < decisions; at += 1) {
    times.slack.push(await timeOf(office, `s${at}`, 'slack'));
    times.direct.push(await timeOf(office, `d${at}`, 'direct'));
  }
  stopping.abort();
  await working;
  await office.close();
  const [slack, direct] = [median(times.slack), median(times.direct)];
  return [
    {
      name: 'click, AWS call',
      means: 'time from a click on Approve to the first call of AWS, to that from a decision taken directly',
      ...{ ratio: slack / direct, aim: undefined },
      detail: `${milliseconds(slack)} to ${milliseconds(direct)}; AWS and Slack themselves take no time here`,
    },
  ];
}

/** A resource is spoiled and asked about; then the clock runs from the decision to the call. */
async function timeOf(office: Office, id: string, way: 'slack' | 'direct'): Promise<number> {
  const { world, slack, workflow } = office;
  const finding = world.finding(1, id);
  const called = new Promise<number>((resolve) => {
    world.onSend = () => {
      resolve(performance.now());
      return 'done';
    };
  });
  world.docs.set(id, { versioning: 'off', encryption: 'kms', copies: 0, active: 'original', note: '' });
  await office.judge(id, [1]);
  const question = () =>
    slack.posts.find(({ blocks }) => JSON.stringify(blocks).includes(`"{\\"finding\\":\\"${finding}\\"`));
  await slack.until(() => question() !== undefined);
  const message = question();
  if (message === undefined) throw new Error(`Nobody was asked about ${finding}.`);
  // The message is written down right after Slack has it.
  await realClock.sleep(20);
  const start = performance.now();
  if (way === 'slack') await slack.click(message, actionIds.approve, { user: 'U0ALICE' });
  else await workflow.decide({ finding, decision: 'approve', by: 'alice' });
  return (await called) - start;
}
