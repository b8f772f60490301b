import { createServer } from 'node:http';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { createSlackApp } from '../../approvals/app.ts';
import { actionIds } from '../../approvals/ids.ts';
import { problemsOf } from '../../approvals/messages/windows.ts';
import { httpReceiver, socketReceiver } from '../../approvals/receivers.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import { createWorkflow } from '../../src/workflow/driver.ts';
import { silent } from '../../src/workflow/notifier.ts';
import { posted } from '../approvals/slack/app-world.ts';
import { SIGNING_SECRET, type Slack, startSlack } from '../approvals/slack/stand-in.ts';
import { policy, quiet } from '../workflow/bench.ts';
import { createWorld } from '../workflow/world.ts';
import { compare, milliseconds, type Result, waitingTime } from './measure.ts';
import { inNewFolder } from './recording.ts';

/**
 * From a click in Slack to its acknowledgement, signature and all, with the
 * click written to disk in between: against an answer that does nothing.
 */
export async function acknowledging(size: { readonly clicks: number; readonly rounds: number }): Promise<Result[]> {
  return inNewFolder(async (folder) => {
    const store = openLibsqlStore(join(folder, 'redress.db'));
    const workflow = createWorkflow({
      ...{ store, remediator: createWorld().remediator, notifier: silent, log: quiet },
      ...{ now: () => new Date(), sleep: async () => {}, settings: { policyFor: () => policy } },
    });
    const parts = {
      ...{ problemsOf, log: quiet, now: () => new Date(), answer: async () => {} },
      handOver: (interaction: unknown) => workflow.handOver(interaction),
    };
    const found = [await overHttp(size, parts), await overSocket(size, parts)];
    await store.close();
    return found;
  });
}

type Size = Parameters<typeof acknowledging>[0];
type Parts = Omit<Parameters<typeof createSlackApp>[0], 'receiver'>;

async function overHttp(size: Size, parts: Parts): Promise<Result> {
  const slack = await startSlack();
  const bare = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200).end());
  });
  await new Promise<void>((resolve) => bare.listen(0, '127.0.0.1', resolve));
  const address = bare.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const receiver = await httpReceiver({
    ...{ signingSecret: SIGNING_SECRET, port: 0, host: '127.0.0.1', path: '/slack/events' },
    ...{ log: parts.log, now: parts.now },
  });
  const app = await createSlackApp({ ...parts, receiver });
  await app.start();
  const to = (at: number) => () => {
    slack.deliverTo(`http://127.0.0.1:${at}/slack/events`);
    return clickOften(slack, size.clicks);
  };
  const times = await compare(to(port), to(receiver.port()), size.rounds, waitingTime);
  await app.stop();
  bare.closeAllConnections();
  bare.close();
  await slack.stop();
  return resultOf('HTTP', size, times);
}

async function overSocket(size: Size, parts: Parts): Promise<Result> {
  const [bare, slack] = [await startSlack(), await startSlack()];
  const socket = new WebSocket(`${bare.state.base.replace('http', 'ws')}/link`);
  socket.on('message', (data) => {
    const { envelope_id } = JSON.parse(String(data));
    if (envelope_id !== undefined) socket.send(JSON.stringify({ envelope_id, payload: {} }));
  });
  await bare.until(() => bare.sockets.count() === 1);
  const receiver = await socketReceiver({ appToken: slack.tokens.app, slackApiUrl: slack.apiUrl, log: parts.log });
  const app = await createSlackApp({ ...parts, receiver });
  await app.start();
  const times = await compare(
    () => clickOften(bare, size.clicks),
    () => clickOften(slack, size.clicks),
    ...([size.rounds, waitingTime] as const),
  );
  await app.stop();
  socket.terminate();
  await Promise.all([bare.stop(), slack.stop()]);
  return resultOf('Socket Mode', size, times);
}

/** A person who clicks, and waits for the acknowledgement each time. */
async function clickOften(slack: Slack, clicks: number): Promise<void> {
  const message = slack.posts[0] ?? (await posted(slack));
  for (let click = 0; click < clicks; click += 1) {
    const { status } = await slack.click(message, actionIds.approve, { user: 'U1' });
    if (status !== 200) throw new Error(`A click was not acknowledged: ${status}.`);
  }
}

function resultOf(
  way: string,
  { clicks }: Size,
  { ratio, measured, baseline }: Awaited<ReturnType<typeof compare>>,
): Result {
  const each = (time: number) => milliseconds(time / clicks);
  return {
    name: `click, ${way}`,
    means: `time from a click to its acknowledgement over ${way}, stored first, to that of a bare round trip`,
    ...{ ratio, aim: undefined },
    detail: `${each(measured)} to ${each(baseline)}; Slack waits for 3,000 ms`,
  };
}
