import type { App } from '@slack/bolt';
import { actionIds, writeTarget } from '../../approvals/ids.ts';
import { httpReceiver, socketReceiver } from '../../approvals/receivers.ts';
import { createSlackService } from '../../approvals/service.ts';
import { webSlack } from '../../approvals/slack.ts';
import { parseConfig } from '../../src/config.ts';
import { catalogue } from '../../src/redress.ts';
import { openLibsqlStore } from '../../src/store/libsql.ts';
import type { Store } from '../../src/store/port.ts';
import type { FindingRecord } from '../../src/store/records.ts';
import { createWorkflow, type Workflow } from '../../src/workflow/driver.ts';
import type { Cause, Policy } from '../../src/workflow/finding.ts';
import { type Clock, createClock, policy, quiet } from '../workflow/bench.ts';
import { createWorld, type Doc, goodDoc, type World } from '../workflow/world.ts';
import { type Post, SIGNING_SECRET, type Slack, type SlackOptions, startSlack } from './slack/stand-in.ts';

export const CHANNEL = 'C0SECURITY';

/** Alice, Bob and Casey decide; Dan left, Gus is a guest, Mallory may nothing. */
const USERS: SlackOptions['users'] = [
  { id: 'U0ALICE', name: 'alice' },
  { id: 'U0BOB', name: 'bob' },
  { id: 'U0CASEY', name: 'casey' },
  { id: 'U0DAN', name: 'dan', deleted: true },
  { id: 'U0GUS', name: 'gus', restricted: true },
  { id: 'U0MALLORY', name: 'mallory' },
  { id: 'U0FOREIGN', name: 'foreign', team: 'T0ELSEWHERE' },
];

const configOf = (storm: number): string => `
people:
  - { name: alice, slack: U0ALICE, aws: ["arn:aws:iam::*:user/alice"] }
  - { name: bob, slack: U0BOB, aws: ["arn:aws:iam::*:user/bob"] }
approvers:
  - { users: [alice, bob, U0DAN, U0GUS, U0FOREIGN], controls: all }
  - { groups: [S0SECOPS], controls: all }
slack: { channel: ${CHANNEL}, storm: { findings: ${storm} } }
`;

/** Redress and Slack, both whole, with a made-up AWS behind. */
export interface Office {
  readonly slack: Slack;
  readonly world: World;
  readonly store: Store;
  readonly clock: Clock;
  readonly workflow: Workflow;
  policy: Policy;
  /** Somebody spoils a resource, and it is judged. */
  readonly spoil: (id: string, change: Partial<Doc>, controls: readonly number[], by?: string) => Promise<void>;
  /** Judges a resource again. */
  readonly judge: (id: string, controls: readonly number[], by?: string) => Promise<readonly FindingRecord[]>;
  /** Does everything that is due. */
  readonly idle: () => Promise<void>;
  readonly record: (finding: string) => Promise<FindingRecord>;
  /** Messages of the channel, without the replies in threads. */
  readonly messages: () => readonly Post[];
  readonly thread: (of: Post) => readonly Post[];
  /** What one person was told and nobody else. */
  readonly told: (user: string) => readonly string[];
  /** What was refused, as the audit trail has it. */
  readonly refusals: () => Promise<readonly { what: string; by: string }[]>;
  /** Another process on the same store, as after a restart. */
  readonly restart: () => Workflow;
  readonly close: () => Promise<void>;
}

export interface OfficeOptions {
  readonly transport?: 'http' | 'socket';
  /** Put before the usual configuration. */
  readonly config?: string;
  readonly slack?: SlackOptions;
  /** How many findings are asked about one by one before they become a list. */
  readonly storm?: number;
  /** Without it time passes only where something sleeps. */
  readonly clock?: Clock;
}

export async function openOffice({
  transport = 'http',
  config: more = '',
  slack: how,
  storm = 3,
  clock = createClock(new Date().toISOString()),
}: OfficeOptions = {}): Promise<Office> {
  const slack = await startSlack({ users: USERS, groups: { S0SECOPS: ['U0CASEY'] }, ...how });
  const world = createWorld();
  const store = openLibsqlStore(':memory:');
  const config = parseConfig(`${more}\n${configOf(storm)}`, 'redress.yaml', catalogue);
  if (config.slack === undefined) throw new Error('The configuration names no channel.');
  const api = webSlack({
    token: slack.tokens.bot,
    slackApiUrl: slack.apiUrl,
    answersTo: new URL('/', slack.apiUrl).href,
    ...clock,
  });
  const service = createSlackService({
    ...{ config: { ...config, slack: config.slack }, slack: api, store, writes: 'on', log: quiet, ...clock },
    assess: async (arn) => world.remediator.assess(world.resource(arn.split(':').at(-1) ?? ''), [1, 2]),
  });
  let workers = 0;
  const start = (): Workflow => {
    workers += 1;
    const workflow: Workflow = createWorkflow({
      ...{ store, remediator: world.remediator, notifier: service.notifier, log: quiet, ...clock },
      ...{
        workerId: `w${workers}`,
        host: 'here',
        pid: workers,
        isAlive: (pid: number) => pid === workers,
        heartbeat: () => () => {},
      },
      interact: (interaction, when) => service.interactWith(workflow)(interaction, when),
      settings: { policyFor: () => office.policy, mayDecide: service.mayDecide },
    });
    return workflow;
  };
  const workflow = start();
  const app = await listen(slack, transport, (receiver) => service.app(receiver, workflow));

  const office: Office = {
    ...{ slack, world, store, clock, workflow, policy, restart: start },
    async spoil(id, change, controls, by) {
      world.docs.set(id, { ...goodDoc, ...world.docs.get(id), ...change });
      await office.judge(id, controls, by);
      await office.idle();
    },
    judge: async (id, controls, by) =>
      workflow.observed({
        assessment: await world.remediator.assess(world.resource(id), controls),
        ...(by === undefined ? {} : { cause: causeBy(by, clock.now()) }),
      }),
    idle: () => workflow.run({ untilIdle: true }),
    async record(finding) {
      const record = await store.finding(finding);
      if (record === undefined) throw new Error(`There is no finding ${finding}.`);
      return record;
    },
    messages: () => slack.posts.filter(({ channel, threadTs }) => channel === CHANNEL && threadTs === undefined),
    thread: ({ ts }) => slack.posts.filter(({ threadTs }) => threadTs === ts),
    told: (user) => slack.whispers.filter((one) => one.user === user).map(({ text }) => text),
    async refusals() {
      const rows = await store.auditRows(0, 10_000);
      const entries: { what: string; by: string }[] = rows.map(({ entry }) => JSON.parse(entry));
      return entries.filter(({ what }) => what.endsWith('refused')).map(({ what, by }) => ({ what, by }));
    },
    async close() {
      await app.stop();
      await slack.stop();
      await store.close();
    },
  };
  return office;
}

async function listen(
  slack: Slack,
  transport: 'http' | 'socket',
  appOn: (receiver: Awaited<ReturnType<typeof httpReceiver | typeof socketReceiver>>) => Promise<App>,
): Promise<App> {
  const common = { log: quiet, now: () => new Date() };
  if (transport === 'socket') {
    const app = await appOn(await socketReceiver({ appToken: slack.tokens.app, slackApiUrl: slack.apiUrl, ...common }));
    await app.start();
    slack.deliverTo('socket');
    return app;
  }
  const receiver = await httpReceiver({
    signingSecret: SIGNING_SECRET,
    port: 0,
    host: '127.0.0.1',
    path: '/slack/events',
    ...common,
  });
  const app = await appOn(receiver);
  await app.start();
  slack.deliverTo(`http://127.0.0.1:${receiver.port()}/slack/events`);
  return app;
}

const causeBy = (name: string, at: Date): Cause => ({
  ...{ by: `arn:aws:iam::123456789012:user/${name}`, tool: null, event: 'PutDoc', eventId: 'e-1' },
  at: at.toISOString(),
});

/** The value of a button for another finding or digest than the message's own. */
export const forged = (finding: string, digest: string): string => writeTarget({ finding, digest });

/** The buttons of a message, by what they do. */
export function buttonsOf(message: Post): readonly string[] {
  const known = Object.entries(actionIds);
  return known.filter(([, id]) => JSON.stringify(message.blocks).includes(`"${id}"`)).map(([name]) => name);
}
