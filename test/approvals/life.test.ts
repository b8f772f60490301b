import { afterEach, describe, expect, it } from 'vitest';
import { actionIds } from '../../approvals/ids.ts';
import { buttonsOf, type Office, openOffice } from './office.ts';
import type { Post } from './slack/stand-in.ts';

let office: Office;
afterEach(() => office.close());

const solePost = (messages: readonly Post[]): Post => {
  const [message, ...more] = messages;
  if (message === undefined || more.length > 0) throw new Error(`Expected one message, there are ${messages.length}.`);
  return message;
};
const lastView = () => {
  const view = office.slack.views.at(-1);
  if (view === undefined) throw new Error('No window was opened.');
  return view;
};
const waiting = ['approve', 'details', 'deny', 'snooze', 'exempt'];

describe.each(['http', 'socket'] as const)('over %s', (transport) => {
  it('a finding is asked about, explained, approved, fixed, and taken back', async () => {
    office = await openOffice({ transport });
    await office.spoil('b', { versioning: 'off' }, [1], 'mallory');
    const message = solePost(office.messages());
    expect(new Set(buttonsOf(message))).toEqual(new Set(waiting));
    expect(JSON.stringify(message.blocks)).toContain('versioning');
    expect(JSON.stringify(message.blocks)).toContain('user/mallory');

    await office.slack.click(message, actionIds.details, { user: 'U0ALICE' });
    await office.idle();
    expect(JSON.stringify(lastView().view)).toContain('PutDoc');

    const { status, milliseconds } = await office.slack.click(message, actionIds.approve, { user: 'U0ALICE' });
    expect(status).toBe(200);
    expect(milliseconds).toBeLessThan(3000);
    expect(office.world.sent).toEqual([]);
    await office.idle();
    expect(office.world.docs.get('b')).toMatchObject({ versioning: 'on' });
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });

    const fixed = solePost(office.messages());
    expect(buttonsOf(fixed)).toContain('undo');
    expect(buttonsOf(fixed)).not.toContain('approve');
    expect(fixed.ts).toBe(message.ts);
    const thread = JSON.stringify(office.thread(fixed));
    expect(thread).toContain('<@U0ALICE>');
    expect(thread).toContain('r-1');
    expect(office.told('U0ALICE')).toEqual([expect.stringContaining('Your approval counts.')]);

    await office.slack.click(fixed, actionIds.undo, { user: 'U0BOB' });
    await office.idle();
    expect(office.world.docs.get('b')).toMatchObject({ versioning: 'off' });
    expect(await office.record('f-1-b')).toMatchObject({ state: 'rolledBack' });
    expect(buttonsOf(solePost(office.messages()))).not.toContain('undo');
  });

  it('a denial needs a reason, asked for in a window', async () => {
    office = await openOffice({ transport });
    await office.spoil('b', { versioning: 'off' }, [1]);
    const message = solePost(office.messages());
    await office.slack.click(message, actionIds.deny, { user: 'U0BOB' });
    await office.idle();
    const window = lastView();
    await office.slack.submit(window, { reason: '   ' });
    expect(lastView()).toMatchObject({ open: true, errors: { reason: expect.stringMatching(/\w/) } });
    expect(await office.record('f-1-b')).toMatchObject({ state: 'waiting' });

    await office.slack.submit(window, { reason: 'will be deleted on Friday' });
    expect(lastView()).toMatchObject({ open: false });
    await office.idle();
    expect(await office.record('f-1-b')).toMatchObject({ state: 'denied' });
    expect(JSON.stringify(solePost(office.messages()).blocks)).toContain('will be deleted on Friday');
    expect(office.world.sent).toEqual([]);
  });
});

describe('what else can be said', () => {
  it('an exemption needs a day to come, an owner and a reason', async () => {
    office = await openOffice();
    await office.spoil('b', { versioning: 'off' }, [1]);
    await office.slack.click(solePost(office.messages()), actionIds.exempt, { user: 'U0BOB' });
    await office.idle();
    await office.slack.submit(lastView(), { reason: 'public download', owner: 'web-team', until: '2020-01-01' });
    expect(lastView()).toMatchObject({ open: true, errors: { until: expect.stringMatching(/\w/) } });
    await office.slack.submit(lastView(), { reason: 'public download', owner: 'web-team', until: '2099-01-01' });
    await office.idle();
    expect(await office.record('f-1-b')).toMatchObject({ state: 'exempted' });
    expect(await office.store.exemptions()).toMatchObject([
      { control: 1, owner: 'web-team', reason: 'public download', until: '2099-01-01', by: 'bob' },
    ]);
  });

  it('a snooze ends by itself, and then it is asked again in a new message', async () => {
    office = await openOffice();
    await office.spoil('b', { versioning: 'off' }, [1]);
    await office.slack.click(solePost(office.messages()), actionIds.snooze, { user: 'U0BOB' });
    await office.idle();
    const hours = { until: '4' };
    const { view } = lastView();
    const options = /"value":"([^"]+)"/.exec(JSON.stringify(view.blocks));
    await office.slack.submit(lastView(), { ...hours, until: options?.[1] ?? '', reason: 'in a meeting' });
    await office.idle();
    expect(await office.record('f-1-b')).toMatchObject({ state: 'snoozed' });
    office.clock.pass(8 * 24 * 3600 * 1000);
    await office.idle();
    expect(await office.record('f-1-b')).toMatchObject({ state: 'waiting' });
    const [old, fresh] = office.messages();
    expect(old && buttonsOf(old)).not.toContain('approve');
    expect(fresh && buttonsOf(fresh)).toContain('approve');
  });

  it('a runbook is marked done, and the detector has the last word', async () => {
    office = await openOffice();
    office.policy = { ...office.policy, mode: 'guided' };
    await office.spoil('b', { note: 'new' }, [4]);
    const message = solePost(office.messages());
    expect(buttonsOf(message)).toContain('done');
    await office.slack.click(message, actionIds.done, { user: 'U0BOB' });
    await office.idle();
    expect(await office.record('f-4-b')).toMatchObject({ state: 'guided' });
    office.world.change('b', { note: 'reviewed' });
    await office.slack.click(office.messages().at(-1) ?? message, actionIds.done, { user: 'U0BOB' });
    await office.idle();
    expect(await office.record('f-4-b')).toMatchObject({ state: 'resolved' });
  });

  it('two people must approve where the configuration wants two, and one of them twice is one', async () => {
    office = await openOffice();
    office.policy = { ...office.policy, approvalsNeeded: 2 };
    await office.spoil('b', { versioning: 'off' }, [1]);
    await office.slack.click(solePost(office.messages()), actionIds.approve, { user: 'U0ALICE' });
    await office.idle();
    await office.slack.click(solePost(office.messages()), actionIds.approve, { user: 'U0ALICE' });
    await office.idle();
    await office.workflow.decide({ finding: 'f-1-b', decision: 'approve', by: 'alice' });
    expect(office.world.sent).toEqual([]);
    await office.slack.click(solePost(office.messages()), actionIds.approve, { user: 'U0CASEY' });
    await office.idle();
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
  });

  it('a fix that ran by itself is told, with a way back', async () => {
    office = await openOffice();
    office.policy = { ...office.policy, mode: 'auto' };
    await office.spoil('b', { versioning: 'off' }, [1]);
    const message = solePost(office.messages());
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
    expect(buttonsOf(message)).toContain('undo');
    await office.slack.click(message, actionIds.undo, { user: 'U0BOB' });
    await office.idle();
    expect(await office.record('f-1-b')).toMatchObject({ state: 'rolledBack' });
  });

  it('what somebody else set right closes its message', async () => {
    office = await openOffice();
    await office.spoil('b', { versioning: 'off' }, [1]);
    office.world.change('b', { versioning: 'on' });
    await office.judge('b', [1], 'carol');
    await office.idle();
    const message = solePost(office.messages());
    expect(buttonsOf(message)).toEqual(expect.not.arrayContaining(['approve', 'undo']));
    expect(JSON.stringify(message.blocks)).toContain('user/carol');
  });

  it('a change of the resource supersedes the question: the old message is closed, the new plan is asked about', async () => {
    office = await openOffice();
    await office.spoil('b', { versioning: 'off' }, [1]);
    await office.spoil('b', { note: 'changed' }, [1]);
    const [old, fresh] = office.messages();
    expect(old && buttonsOf(old)).not.toContain('approve');
    expect(fresh && buttonsOf(fresh)).toContain('approve');
    if (old === undefined) return;
    await office.slack.click({ ...old, blocks: fresh?.blocks ?? [] }, actionIds.approve, { user: 'U0BOB' });
    await office.idle();
    expect(office.world.sent).toEqual([]);
    expect(office.told('U0BOB')[0]).toMatch(/out of date/);
  });
});

describe('App Home and the command', () => {
  it('home shows what waits, for whom it waits', async () => {
    office = await openOffice();
    await office.spoil('b', { versioning: 'off' }, [1]);
    await office.slack.openHome({ user: 'U0ALICE' });
    await office.slack.openHome({ user: 'U0MALLORY' });
    await office.idle();
    expect(JSON.stringify(office.slack.homes.get('U0ALICE')?.view)).toContain('versioning is off');
    expect(JSON.stringify(office.slack.homes.get('U0MALLORY')?.view)).not.toContain('versioning is off');
  });

  it.each([
    ['/redress status', 'U0ALICE', /run|on|writ/i],
    ['/redress findings', 'U0ALICE', /versioning is off/],
    ['/redress plan arn:aws:test:::b', 'U0ALICE', /versioning/],
    ['/redress plan b', 'U0ALICE', /Say of which resource/],
    ['/redress help', 'U0MALLORY', /status/],
    ['/redress status', 'U0MALLORY', /for approvers/],
    ['/redress stop', 'U0MALLORY', /for approvers/],
  ])('%s by %s', async (line, user, expected) => {
    office = await openOffice();
    await office.spoil('b', { versioning: 'off' }, [1]);
    await office.slack.command(line, { user });
    await office.idle();
    expect(JSON.stringify(office.slack.whispers.filter((one) => one.user === user))).toMatch(expected);
  });

  it('a command that cannot be carried out says so at once, and is not tried again later', async () => {
    office = await openOffice();
    office.world.onRead = () => {
      throw new Error('AWS is away');
    };
    await office.slack.command('/redress plan arn:aws:test:::b', { user: 'U0ALICE' });
    await office.idle();
    expect(office.told('U0ALICE')).toEqual([expect.stringContaining('AWS is away')]);
    expect(await office.workflow.pending()).toEqual([]);
  });

  it('stop holds an approved fix until somebody lets writes go again', async () => {
    office = await openOffice();
    await office.spoil('b', { versioning: 'off' }, [1]);
    await office.slack.command('/redress stop a bad day', { user: 'U0CASEY' });
    await office.idle();
    expect(await office.store.stopSwitch()).toMatchObject({ on: true, by: 'U0CASEY', because: 'a bad day' });
    await office.slack.click(solePost(office.messages()), actionIds.approve, { user: 'U0ALICE' });
    await office.idle();
    expect(office.world.sent).toEqual([]);
    await office.slack.command('/redress resume', { user: 'U0MALLORY' });
    await office.idle();
    expect(await office.store.stopSwitch()).toMatchObject({ on: true });
    await office.slack.command('/redress resume', { user: 'U0ALICE' });
    await office.idle();
    office.clock.pass(120_000);
    await office.idle();
    expect(await office.record('f-1-b')).toMatchObject({ state: 'resolved' });
  });
});
