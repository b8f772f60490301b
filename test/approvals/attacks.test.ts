import { afterEach, describe, expect, it } from 'vitest';
import { actionIds } from '../../approvals/ids.ts';
import { buttonsOf, CHANNEL, forged, type Office, openOffice } from './office.ts';
import type { Clicking, Fault, Post } from './slack/stand-in.ts';

let office: Office;
afterEach(() => office.close());

const newest = (): Post => {
  const message = office.messages().at(-1);
  if (message === undefined) throw new Error('Nothing was asked.');
  return message;
};

async function spoiled(config?: string, by?: string): Promise<Post> {
  office = await openOffice(config === undefined ? {} : { config });
  await office.spoil('b', { versioning: 'off' }, [1], by);
  return newest();
}

const digestOf = async (finding: string): Promise<string> =>
  (await office.record(finding)).machine.context.plan?.digest ?? '';

/** Clicks Approve, and lets everything happen that follows. */
async function approve(on: Post, by: Clicking): Promise<void> {
  await office.slack.click(on, actionIds.approve, by);
  await office.idle();
}

/** No write was made, the finding still waits, the person was told why, and the attempt is on record. */
async function expectRefused(user: string, why: RegExp, by = user): Promise<void> {
  expect(office.world.sent).toEqual([]);
  expect(await office.record('f-1-b')).toMatchObject({ state: 'waiting' });
  expect(office.told(user).at(-1)).toMatch(why);
  expect(await office.refusals()).toContainEqual({ what: 'approve refused', by });
}

describe('a click that must not count', () => {
  it.each<[string, Clicking, RegExp, string?]>([
    ['not an approver', { user: 'U0MALLORY' }, /may not approve/],
    ['from another workspace', { user: 'U0ALICE', team: 'T0ELSEWHERE' }, /another Slack workspace/, 'alice'],
    [
      'by a guest from another company in a shared channel',
      { user: 'U0ALICE', home: 'T0ELSEWHERE' },
      /another Slack workspace/,
      'alice',
    ],
    ['by somebody whom Slack places elsewhere', { user: 'U0FOREIGN' }, /another Slack workspace/],
    ['by a deactivated user', { user: 'U0DAN' }, /deactivated/],
    ['by a guest', { user: 'U0GUS' }, /guest/],
    ['by somebody whom Slack does not know', { user: 'U0NOBODY' }, /could not say who you are/],
  ])('%s', async (_, by, why, name) => {
    await approve(await spoiled(), by);
    await expectRefused(by.user, why, name);
  });

  it('by whoever caused the finding, under four eyes', async () => {
    const message = await spoiled('fourEyes: true', 'alice');
    await approve(message, { user: 'U0ALICE' });
    await expectRefused('U0ALICE', /somebody else has to approve/, 'alice');
    await approve(message, { user: 'U0BOB' });
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
  });

  it('with the digest of another plan', async () => {
    const message = await spoiled();
    await approve(message, { user: 'U0ALICE', value: forged('f-1-b', `sha256:${'0'.repeat(64)}`) });
    await expectRefused('U0ALICE', /has changed since it was shown/, 'alice');
  });

  it('for another finding than its message asks about', async () => {
    const message = await spoiled();
    await office.spoil('c', { versioning: 'off' }, [1]);
    await approve(message, { user: 'U0ALICE', value: forged('f-1-c', await digestOf('f-1-c')) });
    expect(office.world.sent).toEqual([]);
    expect(office.told('U0ALICE').at(-1)).toMatch(/out of date/);
    expect(await office.record('f-1-c')).toMatchObject({ state: 'waiting' });
  });

  it('for a finding that nobody was asked about', async () => {
    const message = await spoiled();
    await approve(message, { user: 'U0ALICE', value: forged('f-9', 'sha256:0') });
    expect(office.told('U0ALICE').at(-1)).toMatch(/does not ask about f-9/);
    expect(office.world.sent).toEqual([]);
  });

  it('after the offer has expired', async () => {
    const message = await spoiled();
    office.clock.pass(8 * 24 * 3600 * 1000);
    await approve(message, { user: 'U0ALICE' });
    expect(office.world.sent).toEqual([]);
    expect(await office.record('f-1-b')).toMatchObject({ state: 'expired' });
    expect(office.told('U0ALICE').at(-1)).toMatch(/expired/);
    expect(buttonsOf(newest())).not.toContain('approve');
  });

  it('on the message of a plan that is out of date', async () => {
    const old = await spoiled();
    const value = forged('f-1-b', await digestOf('f-1-b'));
    await office.spoil('b', { note: 'changed' }, [1]);
    await approve(old, { user: 'U0ALICE', value });
    await expectRefused('U0ALICE', /out of date/, 'alice');
    await approve(newest(), { user: 'U0ALICE' });
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
  });

  it('when the resource changed, unseen, between question and click: asked again with what is there now', async () => {
    const message = await spoiled();
    office.world.change('b', { note: 'changed behind everybody’s back' });
    await approve(message, { user: 'U0ALICE' });
    await office.idle();
    expect(office.world.sent).toEqual([]);
    expect(await office.record('f-1-b')).toMatchObject({ state: 'waiting' });
    expect(newest().ts).not.toBe(message.ts);
  });

  it('sent again word for word: the second has no effect, not even after the same thing broke again', async () => {
    const message = await spoiled();
    const replay = () => approve(message, { user: 'U0ALICE', value: first });
    const first = forged('f-1-b', await digestOf('f-1-b'));
    await replay();
    expect(office.world.sent).toHaveLength(1);
    await replay();
    expect(office.world.sent).toHaveLength(1);
    await office.spoil('b', { versioning: 'off' }, [1], 'mallory');
    expect(await digestOf('f-1-b')).toBe(JSON.parse(first).digest);
    await replay();
    expect(office.world.sent).toHaveLength(1);
    expect(office.told('U0ALICE').at(-1)).toMatch(/out of date/);
  });
});

describe('two at once', () => {
  it('two approvers: one fix, and both get an answer', async () => {
    const message = await spoiled();
    await Promise.all(['U0ALICE', 'U0BOB'].map((user) => office.slack.click(message, actionIds.approve, { user })));
    await office.idle();
    expect(office.world.sent).toHaveLength(1);
    expect([office.told('U0ALICE'), office.told('U0BOB')].map(({ length }) => length)).toEqual([1, 1]);
  });

  it('approve and deny: one of them counts, the other is told', async () => {
    await spoiled();
    const digest = await digestOf('f-1-b');
    const common = { finding: 'f-1-b', digest };
    const decided = await Promise.all([
      office.workflow.decide({ ...common, decision: 'deny', by: 'bob', reason: 'no' }),
      office.workflow.decide({ ...common, decision: 'approve', by: 'alice' }),
    ]);
    await office.idle();
    const { state } = await office.record('f-1-b');
    expect(['denied', 'resolved']).toContain(state);
    expect(office.world.sent).toHaveLength(state === 'resolved' ? 1 : 0);
    expect(decided.some(({ outcome }) => outcome === 'refused') || state === 'denied').toBe(true);
  });

  it('an impatient person who clicks five times', async () => {
    const message = await spoiled();
    for (let clicks = 0; clicks < 5; clicks += 1)
      await office.slack.click(message, actionIds.approve, { user: 'U0ALICE' });
    await office.idle();
    expect(office.world.sent).toHaveLength(1);
  });
});

describe('a Slack that is slow, away or broken', () => {
  it.each<[string, Fault]>([
    ['429', { retryAfter: 30 }],
    ['500', { status: 500 }],
    ['an error', { error: 'internal_error' }],
    ['an answer that was lost', { closeAfterWork: true }],
  ])('%s while asking: the question comes later, once', async (_, fault) => {
    office = await openOffice();
    office.slack.fail('chat.postMessage', 1, fault);
    await office.spoil('b', { versioning: 'off' }, [1]);
    for (let rounds = 0; rounds < 5; rounds += 1) {
      office.clock.pass(60_000);
      await office.idle();
    }
    expect(office.messages()).toHaveLength(1);
    await approve(newest(), { user: 'U0ALICE' });
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
  });

  it('a click on a question whose posting was never answered: the question shows what came of it', async () => {
    office = await openOffice();
    office.slack.fail('chat.postMessage', 1, { closeAfterWork: true });
    await office.spoil('b', { versioning: 'off' }, [1]);
    await approve(newest(), { user: 'U0ALICE' });
    for (let rounds = 0; rounds < 5; rounds += 1) {
      office.clock.pass(60_000);
      await office.idle();
    }
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
    expect(office.messages()).toHaveLength(1);
    expect(buttonsOf(newest())).toContain('undo');
  });

  it('a `/redress resume` that is carried out late does not undo a newer stop', async () => {
    office = await openOffice();
    const said = (command: string) => office.slack.command(`/redress ${command}`, { user: 'U0ALICE' });
    await said('stop incident');
    office.clock.pass(1_000);
    await said('resume');
    office.clock.pass(1_000);
    await office.workflow.stop('bob', 'worse than it looked');
    await office.idle();
    expect(await office.store.stopSwitch()).toMatchObject({ on: true, by: 'bob' });
    expect(office.told('U0ALICE').join('\n')).toMatch(/stay stopped: bob/);
  });

  it('updates that fail are made up for', async () => {
    const message = await spoiled();
    office.slack.fail('chat.update', 3, { status: 500 });
    await approve(message, { user: 'U0ALICE' });
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
    for (let rounds = 0; rounds < 5; rounds += 1) {
      office.clock.pass(60_000);
      await office.idle();
    }
    expect(buttonsOf(newest())).toContain('undo');
  });

  it('who cannot be told apart because Slack is away decides nothing', async () => {
    const message = await spoiled();
    office.slack.fail('users.info', 1, { status: 500 });
    await approve(message, { user: 'U0ALICE' });
    await expectRefused('U0ALICE', /could not say who you are/, 'alice');
  });

  it('a group that cannot be read has no members', async () => {
    const message = await spoiled();
    office.slack.fail('usergroups.users.list', 1, { status: 500 });
    await approve(message, { user: 'U0CASEY' });
    await expectRefused('U0CASEY', /could not be found out/);
    await approve(message, { user: 'U0CASEY' });
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
  });

  it('an answer that cannot be delivered changes nothing about the decision', async () => {
    const message = await spoiled();
    office.slack.fail('response_url', 1, { status: 500 });
    await approve(message, { user: 'U0ALICE' });
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
  });

  it('a message that somebody deleted is left alone; the fix goes on', async () => {
    const message = await spoiled();
    office.slack.fail('chat.update', 1, { error: 'message_not_found' });
    await approve(message, { user: 'U0ALICE' });
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
  });
});

it('a process that is killed between click and write: the next one takes the click up, once', async () => {
  const message = await spoiled();
  await office.slack.click(message, actionIds.approve, { user: 'U0ALICE' });
  expect(await office.workflow.pending()).toMatchObject([{ kind: 'interaction' }]);
  await office.restart().run({ untilIdle: true });
  expect(office.world.sent).toHaveLength(1);
  expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
  await office.idle();
  expect(office.world.sent).toHaveLength(1);
});

describe('storms', () => {
  const bad = (count: number) => Array.from({ length: count }, (_, index) => `b${index}`);
  async function storm(count: number): Promise<void> {
    office = await openOffice();
    for (const id of bad(count)) {
      office.world.docs.set(id, { versioning: 'off', encryption: 'kms', copies: 0, active: 'original', note: '' });
      await office.judge(id, [1], 'mallory');
    }
    await office.idle();
  }

  /** What the boxes of a list stand for. */
  const boxesOf = ({ blocks }: Post): readonly string[] =>
    blocks
      .flatMap((block) => (block.type === 'actions' ? block.elements : []))
      .flatMap((element) => (element.type === 'checkboxes' ? element.options : []))
      .flatMap(({ value }) => value ?? []);
  const findingIn = (value: string): string => JSON.parse(value).finding;

  it('a few are asked about one by one, more become a list, no faster than Slack allows', async () => {
    await storm(40);
    expect(office.messages()).toHaveLength(3 + 2);
    const lists = office.messages().filter((one) => buttonsOf(one).includes('approveChosen'));
    expect(lists).toHaveLength(2);
    expect(new Set(lists.flatMap(boxesOf)).size).toBe(37);
    const posts = office.slack.calls.filter(({ method }) => method === 'chat.postMessage');
    expect(posts.map(({ args }) => args.channel)).toEqual(Array(5).fill(CHANNEL));
  });

  it('what is chosen is decided, the rest waits', async () => {
    await storm(8);
    const list = newest();
    const choose = boxesOf(list).slice(1, 3);
    await office.slack.click(list, actionIds.approveChosen, { user: 'U0ALICE', choose });
    await office.idle();
    const states = await Promise.all(bad(8).map(async (id) => [id, (await office.record(`f-1-${id}`)).state]));
    const resolved = states.filter(([, state]) => state === 'resolved').map(([id]) => `f-1-${id}`);
    expect(resolved).toEqual(choose.map(findingIn).sort());
    const updated = newest();
    expect(updated.ts).toBe(list.ts);
    expect(boxesOf(updated)).toHaveLength(3);
  });

  it('several are denied with one reason', async () => {
    await storm(6);
    const choose = boxesOf(newest()).slice(0, 2);
    await office.slack.click(newest(), actionIds.denyChosen, { user: 'U0BOB', choose });
    await office.idle();
    const window = office.slack.views.at(-1);
    if (window === undefined) throw new Error('No window was opened.');
    await office.slack.submit(window, { reason: 'all of them are scratch space' });
    await office.idle();
    const states = await Promise.all(bad(6).map(async (id) => [id, (await office.record(`f-1-${id}`)).state]));
    const denied = states.filter(([, state]) => state === 'denied').map(([id]) => `f-1-${id}`);
    expect(denied).toEqual(choose.map(findingIn).sort());
  });

  it('nothing chosen is nothing decided', async () => {
    await storm(6);
    await office.slack.click(newest(), actionIds.approveChosen, { user: 'U0ALICE', choose: [] });
    await office.slack.until(() => office.told('U0ALICE').length > 0);
    expect(office.world.sent).toEqual([]);
    expect(office.told('U0ALICE').at(-1)).toMatch(/[Cc]hoose/);
  });

  it('one that is asked about again during a storm is decided where it was asked last', async () => {
    await storm(6);
    await office.spoil('b0', { note: 'changed' }, [1], 'mallory');
    const digest = await digestOf('f-1-b0');
    await office.slack.click(newest(), actionIds.approveChosen, {
      user: 'U0ALICE',
      choose: [forged('f-1-b0', digest)],
    });
    await office.idle();
    expect(await office.record('f-1-b0')).toMatchObject({ state: 'resolved' });
  });
});
