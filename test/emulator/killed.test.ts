import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from './clients.ts';
import { REDRESS, runRedress } from './loop-driver.ts';
import { scenarios } from './scenarios/index.ts';

/**
 * The command line, killed while it applies a fix of many calls: right before
 * the emulator sees a call, and right after it has done it but before the
 * answer is out. Started again, it must bring the fix to its end, and no call
 * that may happen once may happen twice.
 */

const emulator = new URL(process.env.AWS_ENDPOINT_URL ?? '');
const aws = connect(emulator.origin);
const moving = scenarios.find(({ control }) => control === 17);

/** IAM's calls that write, as the plan for control 17 makes them: one of each. */
const WRITES = [
  'CreateGroup',
  'AttachGroupPolicy',
  'PutGroupPolicy',
  'AddUserToGroup',
  'DetachUserPolicy',
  'DeleteUserPolicy',
];

/** What the one in the middle does when a call of this name comes by. */
interface Ambush {
  readonly action: string;
  readonly when: 'before' | 'after';
  readonly kill: () => void;
}

let ambush: Ambush | undefined;
let seen: string[] = [];

const middle = createServer(async (incoming, outgoing) => {
  const body = await text(incoming);
  const action = new URLSearchParams(body).get('Action') ?? '';
  const trap = ambush?.action === action ? ambush : undefined;
  if (trap !== undefined) ambush = undefined;
  if (trap?.when === 'before') return trap.kill();
  if (WRITES.includes(action)) seen.push(action);
  const { method, url: path, headers } = incoming;
  const onward = forward({ host: emulator.hostname, port: emulator.port, method, path, headers }, async (answer) => {
    const reply = await text(answer);
    if (trap?.when === 'after') return trap.kill();
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(reply);
  });
  onward.end(body);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => middle.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  middle.closeAllConnections();
  middle.close();
});
beforeEach(async () => {
  await fetch(new URL('/moto-api/reset', emulator), { method: 'POST' });
  seen = [];
});

describe('killed while it makes', () => {
  it.each(WRITES.flatMap((action) => (['before', 'after'] as const).map((when) => ({ action, when }))))(
    '$action, $when the emulator has done it',
    async ({ action, when }) => {
      if (moving === undefined) throw new Error('There is no scenario for control 17.');
      const folder = await mkdtemp(join(tmpdir(), 'redress-killed-'));
      const through = {
        AWS_ENDPOINT_URL: `http://127.0.0.1:${(middle.address() as AddressInfo).port}`,
        REDRESS_STATE: join(folder, 'state'),
      };
      const { id, event } = await moving.arrange(aws);
      const before = await moving.state(aws, id);
      await writeFile(join(folder, 'event.json'), JSON.stringify(event));
      const planned = await runRedress(['plan', '--event', join(folder, 'event.json'), '--format', 'json'], through);
      const plans = join(folder, 'plans.json');
      await writeFile(plans, planned.output);

      const child = spawn(process.execPath, [REDRESS, 'apply', plans, '--yes'], {
        env: { ...process.env, ...through },
        stdio: 'ignore',
      });
      const died = new Promise((resolve) => child.once('exit', resolve));
      ambush = { action, when, kill: () => child.kill('SIGKILL') };
      await died;
      expect(ambush, 'the call came by').toBeUndefined();

      const again = await runRedress(['apply', plans, '--yes', '--format', 'json'], through);

      expect(again).toMatchObject({ status: 0 });
      expect(await moving.state(aws, id)).toEqual(moving.expected(before, id));
      expect(seen.filter((name) => name === 'CreateGroup')).toHaveLength(1);
      const { output } = await runRedress(['findings', '--format', 'json'], through);
      expect(JSON.parse(output)).toMatchObject([{ control: 17, state: 'resolved' }]);
      expect(await runRedress(['audit', 'verify'], through)).toMatchObject({ status: 0 });
      await rm(folder, { recursive: true, force: true });
    },
  );
});
