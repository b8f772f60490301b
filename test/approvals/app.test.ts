import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actionIds, writeMetadata, writeTarget } from '../../approvals/ids.ts';
import { MOST_TARGETS } from '../../approvals/interaction.ts';
import { type AppWorld, other, posted, startApp, target, transports, windowOf } from './slack/app-world.ts';
import type { Post } from './slack/stand-in.ts';

const actor = { user: 'U1', team: 'T0HOME', home: 'T0HOME' };
const taken = { status: 200, body: '' };
const targets = [target];
const none: Readonly<Record<string, string>> = {};
const says = { reason: 'Say why.' };

describe.each(transports)('%s', (transport) => {
  let world: AppWorld;
  let message: Post;
  beforeEach(async () => {
    world = await startApp(transport, {
      problemsOf: (_, { reason = '' }) => (reason === '' ? says : none),
    });
    message = await posted(world.slack);
  });
  afterEach(() => world.stop());

  const origin = () => ({ channel: message.channel, message: message.ts });
  const aUrl = expect.stringContaining('/response/');

  it.each(['approve', 'undo', 'done'] as const)('hands over a click on %s', async (decision) => {
    expect(await world.slack.click(message, actionIds[decision], { user: 'U1' })).toMatchObject(taken);
    expect(world.handed).toEqual([{ kind: 'decide', actor, decision, targets, origin: origin(), responseUrl: aUrl }]);
  });

  it.each(['details', 'deny', 'snooze', 'exempt'] as const)('hands over that %s opens a window', async (view) => {
    expect(await world.slack.click(message, actionIds[view], { user: 'U1' })).toMatchObject(taken);
    const triggerId = expect.stringContaining('trigger');
    expect(world.handed).toEqual([
      { kind: 'open', actor, view, targets, origin: origin(), responseUrl: aUrl, triggerId },
    ]);
  });

  it.each([
    ['approveChosen', { kind: 'decide', decision: 'approve' }],
    ['denyChosen', { kind: 'open', view: 'deny' }],
  ] as const)('hands over with %s what is ticked in every block', async (id, expected) => {
    const choose = [writeTarget(target), writeTarget(other)];
    expect(await world.slack.click(message, actionIds[id], { user: 'U1', choose })).toMatchObject(taken);
    expect(world.handed).toMatchObject([{ ...expected, targets: [target, other], origin: origin() }]);
  });

  it('acknowledges a tick, and hands nothing over', async () => {
    expect(await world.slack.click(message, actionIds.choose, { user: 'U1' })).toMatchObject(taken);
    expect(world.handed).toEqual([]);
  });

  it('says to the person alone that nothing is ticked', async () => {
    expect(await world.slack.click(message, actionIds.approveChosen, { user: 'U1' })).toMatchObject(taken);
    await world.slack.until(() => world.slack.whispers.length > 0);
    expect(world.slack.whispers).toMatchObject([{ user: 'U1', text: expect.stringContaining('Choose at least one') }]);
    expect(world.handed).toEqual([]);
  });

  it.each([
    ['deny', { reason: 'no' }, {}],
    ['snooze', { reason: 'later', until: '2027-01-01' }, { until: '2027-01-01' }],
    ['exempt', { reason: 'ours', until: '2027-01-01', owner: 'U2' }, { until: '2027-01-01', owner: 'U2' }],
  ] as const)('hands over the window of %s', async (decision, values, more) => {
    const metadata = writeMetadata({ targets: [target, other], origin: origin() });
    expect(await world.slack.submit(windowOf(decision, metadata), values)).toMatchObject(taken);
    expect(world.handed).toEqual([
      { kind: 'submit', actor, decision, targets: [target, other], origin: origin(), reason: values.reason, ...more },
    ]);
  });

  it('shows in the window what is wrong with it, and hands nothing over', async () => {
    const { body } = await world.slack.submit(windowOf('deny'), {});
    expect(body).toEqual({ response_action: 'errors', errors: { reason: 'Say why.' } });
    expect(world.handed).toEqual([]);
  });

  it.each([
    ['/redress status', 'status', ''],
    ['/redress  PLAN  arn:aws:s3:::b ', 'plan', 'arn:aws:s3:::b'],
    ['/redress stop too many at once', 'stop', 'too many at once'],
    ['/redress', 'help', ''],
    ['/redress what now', 'help', 'what now'],
  ])('hands over %s', async (line, command, argument) => {
    expect(await world.slack.command(line, { user: 'U1' })).toMatchObject(taken);
    expect(world.handed).toEqual([
      { kind: 'command', actor, command, argument, channel: 'C0SECURITY', responseUrl: aUrl },
    ]);
  });

  it('hands over that somebody looks at the home page', async () => {
    await world.slack.openHome({ user: 'U1' });
    await expect.poll(() => world.handed).toEqual([{ kind: 'home', actor }]);
  });

  it('hands over somebody of another workspace as such', async () => {
    await world.slack.click(message, actionIds.approve, { user: 'U9', home: 'T0OTHER' });
    await world.slack.click(message, actionIds.approve, { user: 'U9', team: 'T0OTHER' });
    expect(world.handed.map((one) => one.actor)).toEqual([
      { user: 'U9', team: 'T0HOME', home: 'T0OTHER' },
      { user: 'U9', team: 'T0OTHER', home: 'T0OTHER' },
    ]);
  });

  it.each([
    ['no value at all', ''],
    ['a value of 10 kB', 'x'.repeat(10_000)],
    ['another shape', JSON.stringify({ ...target, approved: true })],
    ['a finding of 10 kB', JSON.stringify({ ...target, finding: 'f'.repeat(10_000) })],
    ['a list', JSON.stringify([target])],
    ['a prototype', '{"__proto__":{"finding":"f-1","digest":"d"}}'],
  ])('hands over nothing for a button with %s, says so and writes it down', async (_, value) => {
    expect(await world.slack.click(message, actionIds.approve, { user: 'U1', value })).toMatchObject(taken);
    await world.slack.until(() => world.slack.whispers.length > 0);
    expect(world.slack.whispers).toMatchObject([{ user: 'U1', text: expect.stringContaining('cannot read') }]);
    expect(world.lines).toEqual([expect.stringContaining('not taken')]);
    expect(world.lines[0]?.length).toBeLessThan(300);
    expect(world.handed).toEqual([]);
  });

  it('takes no more than fits into a window', async () => {
    const many = Array.from({ length: MOST_TARGETS + 1 }, (_, at) => ({ ...target, finding: `f-${at}` }));
    const selected_options = many.map((one) => ({ value: writeTarget(one) }));
    const state = { values: { list: { [actionIds.choose]: { type: 'checkboxes', selected_options } } } };
    await world.slack.click(message, actionIds.approveChosen, { user: 'U1', state });
    await world.slack.until(() => world.slack.whispers.length > 0);
    expect(world.handed).toEqual([]);
  });

  it.each(['', 'garbage', '{}', JSON.stringify({ targets: [], origin: null }), 'null'])(
    'explains in the window that its metadata (%j) cannot be read',
    async (metadata) => {
      const { body } = await world.slack.submit(windowOf('deny', metadata), { reason: 'no' });
      expect(body).toMatchObject({ response_action: 'update' });
      expect(world.handed).toEqual([]);
      expect(world.lines).toEqual([expect.stringContaining('not taken')]);
    },
  );

  it.each(['elsewhere', 'redress.unheard-of', 'constructor'])(
    'acknowledges the unknown action %s and does nothing',
    async (id) => {
      expect(await world.slack.click(message, id, { user: 'U1', value: writeTarget(target) })).toMatchObject(taken);
      expect(world.handed).toEqual([]);
    },
  );

  it('calls nothing of Slack while it listens', async () => {
    const before = world.slack.calls.length;
    await world.slack.click(message, actionIds.approve, { user: 'U1' });
    await world.slack.command('/redress status', { user: 'U1' });
    expect(world.slack.calls.length).toBe(before);
  });
});

describe.each(transports)('%s, when handing over', (transport) => {
  const start = (handOver: () => Promise<void>, handOverWithin?: number) =>
    startApp(transport, {
      handOver,
      slack: { patience: 300 },
      ...(handOverWithin === undefined ? {} : { handOverWithin }),
    });

  const failed = transport === 'Socket Mode' ? 0 : 500;
  const acts: [string, (world: AppWorld) => Promise<{ status: number; body: unknown }>][] = [
    ['a click', async ({ slack }) => slack.click(await posted(slack), actionIds.approve, { user: 'U1' })],
    ['a window', ({ slack }) => slack.submit(windowOf('deny'), { reason: 'no' })],
    ['a command', ({ slack }) => slack.command('/redress stop', { user: 'U1' })],
  ];

  it.each(acts)('fails, %s is not acknowledged', async (_, act) => {
    const world = await start(async () => {
      throw new Error('the outbox is locked\n    at Object.<anonymous> (/somewhere.js:1:1)');
    });
    const { status, body } = await act(world);
    expect(status).toBe(failed);
    expect(JSON.stringify(body)).not.toContain('outbox');
    expect(world.lines.join('\n')).toContain('the outbox is locked');
    await world.stop();
  });

  it.each(acts)('takes too long, %s is not acknowledged, within three seconds', async (_, act) => {
    const world = await start(() => new Promise(() => {}), 50);
    expect(await act(world)).toMatchObject({ status: failed });
    expect(world.lines.join('\n')).toContain('longer than 50 ms');
    await world.stop();
  });

  it('is still under way, nothing is acknowledged yet', async () => {
    let finish = () => {};
    const order: string[] = [];
    const world = await start(
      () =>
        new Promise((resolve) => {
          finish = () => {
            order.push('handed over');
            resolve();
          };
          begun();
        }),
    );
    let begun = () => {};
    const hasBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const message = await posted(world.slack);
    const click = world.slack.click(message, actionIds.approve, { user: 'U1' }).then((answer) => {
      order.push('acknowledged');
      return answer;
    });
    await hasBegun;
    finish();
    expect(await click).toMatchObject({ status: 200 });
    expect(order).toEqual(['handed over', 'acknowledged']);
    await world.stop();
  });
});
