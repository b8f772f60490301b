import { afterAll, beforeAll, expect, it } from 'vitest';
import { PRESS_KIT } from '../../src/demo/beginning.ts';
import { createNarrator } from '../../src/demo/narrator.ts';
import { sampleIds } from '../../src/demo/sample-account.ts';
import { tellInSlack } from '../../src/demo/slack/tell.ts';
import type { Stage } from '../../src/demo/stage.ts';
import { brokenRules } from '../approvals/messages/slack-rules.ts';

let text = '';
let stage: Stage;
let scenes: readonly string[] = [];

beforeAll(async () => {
  const narrator = createNarrator({
    page: { color: false, width: 100 },
    write: (piece) => {
      text += piece;
    },
    pause: async () => {},
    ask: async () => ({ answer: 'none', because: 'nobody is there' }),
  });
  stage = await tellInSlack(narrator);
  scenes = text.split(/^── /m).map((scene) => scene.replace(/[\s│]+/g, ' '));
});
afterAll(() => stage.store.close());

const states = async (control: number): Promise<string[]> =>
  (await stage.store.findings()).filter(({ evaluation }) => evaluation.control === control).map(({ state }) => state);

it('asks in Slack, and takes the click on what it asked', async () => {
  expect(scenes[1]).toMatch(/⏳ HIGH · acme-press-kit: .*Waiting for approval.*\[ Approve \] \[ Deny \]/);
  expect(scenes[2]).toContain('Approved → Applied, being verified → Fixed and verified');
  expect(scenes[2]).toMatch(/✅ HIGH .*approved by @casey.*s3 PutBucketPolicy done, request .*\[ Undo/);
  expect(scenes[2]).toMatch(/in its thread.*Approved by @casey\..*Fixed and verified/);
  expect(await states(46)).toContain('resolved');
  expect(stage.account.world.s3.buckets[PRESS_KIT]?.policy).not.toContain('EveryoneReads');
});

it('does nothing for a click that comes too late, and asks again', async () => {
  expect(scenes[3]).toMatch(
    /🔄 .*Superseded · nothing can be decided here any more.*⏳ .*PartnerPublishes.*\[ Approve \]/,
  );
  expect(await states(182)).toEqual(['waiting']);
});

it('takes a fix back with a click', async () => {
  expect(scenes[4]).toMatch(/↩️ HIGH .*Undone.*@sam asked to take the fix back; taken back, exactly/);
  expect(await states(322)).toEqual(['rolledBack']);
  const { MetadataOptions } = stage.account.world.ec2.instances[sampleIds.web1] ?? {};
  expect(MetadataOptions).toMatchObject({ HttpTokens: 'optional' });
});

it('ends with blocks that Slack takes, one line each', () => {
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(brokenRules(JSON.parse(line).blocks)).toEqual([]);
});

it('fits a terminal of 100 columns, but for commands and blocks', () => {
  const prose = text.split('\n').filter((line) => !line.startsWith('{'));
  for (const line of prose) expect(line.length).toBeLessThanOrEqual(100);
});
