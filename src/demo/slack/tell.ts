import { actionIds } from '../../../approvals/ids.ts';
import type { Message } from '../../../approvals/messages/facts.ts';
import { labelled, paint } from '../../plan/render/page.ts';
import { PRESS_KIT } from '../beginning.ts';
import type { Narrator } from '../narrator.ts';
import { changeByBob } from '../scenes/topic.ts';
import { createStage, type Stage } from '../stage.ts';
import { renderBlocks } from './render.ts';
import { createRoom, PEOPLE, type Posted, type Room, SLACK_CONFIG } from './room.ts';

/** The same hour as in the terminal's story, as it looks in Slack. */
interface Teller {
  readonly stage: Stage;
  readonly room: Room;
  readonly narrator: Narrator;
  /** Shows a message as Slack would, and keeps it for the end. */
  readonly show: (moment: string, message: Message | undefined) => Promise<void>;
}

/**
 * Plays the story on a workspace in memory: findings become messages, clicks on
 * their buttons go the way of Slack's requests, and messages change in place.
 * Ends with the blocks of what was shown, for Slack's Block Kit Builder.
 *
 * @returns the stage as it was left, its store still open
 */
export async function tellInSlack(narrator: Narrator): Promise<Stage> {
  const room = createRoom();
  const stage = createStage({ config: SLACK_CONFIG, chat: room.openChat });
  const shown: { readonly moment: string; readonly message: Message }[] = [];
  const teller: Teller = {
    ...{ stage, room, narrator },
    async show(moment, message) {
      if (message === undefined) throw new Error(`There is no message: ${moment}.`);
      shown.push({ moment, message });
      await narrator.tell([...renderBlocks(message.blocks, narrator.page, PEOPLE), '']);
    },
  };
  await approved(teller);
  await superseded(teller);
  await undone(teller);
  await blocks(narrator, shown);
  return stage;
}

/** A bucket is opened to the world, and closed again after a click. */
async function approved({ stage, room, narrator, show }: Teller): Promise<void> {
  const { scene, tell, page } = narrator;
  stage.clock.moveTo('08:06');
  await scene('Alice opens a bucket to the world: Slack asks');
  await stage.somebodyElse('s3', 'PutBucketPolicy', { Bucket: PRESS_KIT, Policy: stage.openPolicy });
  await stage.arrives(stage.recordOf('PutBucketPolicy'));
  const asked = about(room, PRESS_KIT);
  await show('waiting', asked.shown.at(-1));

  stage.clock.moveTo('08:33');
  await scene('Casey clicks Approve: the same message, a moment later');
  await room.click(stage, 'U0CASEY', actionIds.approve, asked);
  const after = about(room, PRESS_KIT);
  await tell(labelled(page, 'casey', `is told, and nobody else: ${room.whispered().join(' ')}`));
  await tell([...labelled(page, 'it says', states(after.shown.slice(asked.shown.length)).join(' → ')), '']);
  await show('approved and fixed', after.shown.at(-1));
  await threadOf(after, narrator);
}

/** The resource changes between the question and the click. */
async function superseded({ stage, room, narrator, show }: Teller): Promise<void> {
  const { scene, tell, page } = narrator;
  stage.clock.moveTo('08:45');
  await scene('Clicked too late: the resource has changed');
  await stage.arrives(stage.recordOf('SetTopicAttributes'));
  const asked = about(room, 'everyone may publish');
  await tell(labelled(page, 'asked', headOf(asked.shown.at(-1))));
  stage.clock.moveTo('08:47');
  await changeByBob(stage, 'arn:aws:sns:us-east-1:123456789012:orders');
  await tell([...labelled(page, 'meanwhile', 'bob adds a statement for a partner; then casey clicks Approve'), '']);
  await room.click(stage, 'U0CASEY', actionIds.approve, asked);
  room.whispered();
  const old = room.messages().find(({ ts }) => ts === asked.ts);
  await show('superseded', old?.shown.at(-1));
  const fresh = about(room, 'everyone may publish');
  const kept = 'nothing was written; a new message shows the new plan, which keeps what bob added';
  await tell([...labelled(page, 'again', kept), '']);
  await show('asked again', fresh.shown.at(-1));
}

/** A fix breaks something, and is taken back with a click. */
async function undone({ stage, room, narrator, show }: Teller): Promise<void> {
  const { scene, tell, page } = narrator;
  stage.clock.moveTo('08:52');
  await scene('A fix breaks something: Undo');
  await stage.arrives(stage.recordOf('RunInstances'));
  const asked = withButton(room, actionIds.approve, 'IMDSv1');
  await tell(labelled(page, 'asked', headOf(asked.shown.at(-1))));
  await room.click(stage, 'U0SAM', actionIds.approve, asked);
  const fixed = withButton(room, actionIds.undo, 'IMDSv1');
  await tell(
    labelled(page, 'sam', `approves, and it says: ${states(fixed.shown.slice(asked.shown.length)).join(' → ')}`),
  );
  await tell([...labelled(page, '', 'sees an agent fail that speaks IMDSv1 only, and clicks Undo'), '']);
  await room.click(stage, 'U0SAM', actionIds.undo, fixed);
  room.whispered();
  const after = room.messages().find(({ ts }) => ts === fixed.ts);
  await show('undone', after?.shown.at(-1));
  if (after !== undefined) await threadOf(after, narrator);
}

/** The newest message with something in its headline. */
function about(room: Room, name: string): Posted {
  const found = room.messages().findLast(({ shown }) => headOf(shown.at(-1)).includes(name));
  if (found === undefined) throw new Error(`No message is about ${name}.`);
  return found;
}

const withButton = (room: Room, actionId: string, name: string): Posted => {
  const found = about(room, name);
  if (!JSON.stringify(found.shown.at(-1)?.blocks).includes(actionId)) throw new Error(`${name} has no ${actionId}.`);
  return found;
};

const headOf = (message: Message | undefined): string => {
  const first = message?.blocks[0];
  return first?.type === 'header' ? first.text.text : (message?.text ?? '');
};

/** The first words of what messages say, one after the other. */
const states = (messages: readonly Message[]): string[] => [
  ...new Set(messages.map(({ text }) => text.split(':')[0] ?? '')),
];

/** What the thread says. */
async function threadOf({ thread }: Posted, { tell, page }: Narrator): Promise<void> {
  const lines = thread.flatMap(({ blocks }) => renderBlocks(blocks, { ...page, width: page.width - 4 }, PEOPLE));
  await tell([paint(page, 'dim', '    in its thread'), ...lines.map((line) => `  ${line}`)]);
}

/** The blocks of everything that was shown, each on one line that can be copied. */
async function blocks(
  { scene, tell, page }: Narrator,
  shown: readonly { readonly moment: string; readonly message: Message }[],
): Promise<void> {
  await scene('As Slack draws it: paste a line into its Block Kit Builder');
  for (const { moment, message } of shown) {
    await tell([paint(page, 'bold', `  ${moment}`), JSON.stringify({ blocks: message.blocks }), '']);
  }
}
