import { messageOf } from '../../src/one-line.ts';
import type { FindingRecord, StopSwitch } from '../../src/store/records.ts';
import { isApprover, isApproverOfAll } from '../approvers.ts';
import type { Actor, Interaction } from '../interaction.ts';
import { findingsMessage, helpMessage, planMessage, statusMessage } from '../messages/commands.ts';
import type { Message, Overview } from '../messages/facts.ts';
import { homeView } from '../messages/home.ts';
import { prose } from '../messages/text.ts';
import { nameOf } from '../people.ts';
import { answer } from './answers.ts';
import { auditRefusal, type DeskParts } from './parts.ts';

type Command = Extract<Interaction, { kind: 'command' }>;

const DAY = 24 * 60 * 60 * 1000;
/** More than a person reads at once. */
const MOST_SHOWN = 200;

/** Carries out `/redress …`. Looking and stopping is for approvers, letting writes go again for approvers of everything. */
export async function runCommand(parts: DeskParts, command: Command, at: string): Promise<void> {
  const { actor } = command;
  const refusal = await whyNot(parts, command);
  if (refusal !== undefined) {
    await auditRefusal(parts, actor, { what: `/redress ${command.command}`, because: refusal });
    return answer(parts, command, refusal);
  }
  await answer(parts, command, await carriedOut(parts, command, at));
}

/** Somebody who waits for an answer is told what went wrong, now; a command is not tried again behind their back. */
async function carriedOut(parts: DeskParts, command: Command, at: string): Promise<Message | string> {
  try {
    return await messageFor(parts, command, at);
  } catch (error) {
    parts.log.warn({ command: command.command, error: messageOf(error) }, 'a command could not be carried out');
    return `\`/redress ${command.command}\` could not be carried out (${prose(messageOf(error))}). Please try again.`;
  }
}

async function whyNot({ config, groups }: DeskParts, { actor, command }: Command): Promise<string | undefined> {
  if (command === 'help') return undefined;
  try {
    if (command === 'resume') {
      if (await isApproverOfAll(config, groups, actor.user)) return undefined;
      return 'Letting writes go again is for approvers of all controls, accounts and criticalities. Nothing was done.';
    }
    if (await isApprover(config, groups, actor.user)) return undefined;
    return 'This is for approvers. Ask whoever keeps redress.yaml to name you there.';
  } catch (error) {
    return `Whether you may do this could not be found out (${messageOf(error)}). Nothing was done; please try again.`;
  }
}

async function messageFor(parts: DeskParts, { actor, command, argument }: Command, at: string) {
  const { workflow, manner, config } = parts;
  const by = nameOf(config, actor.user);
  switch (command) {
    case 'status':
      return statusMessage(await overviewFor(parts, actor), manner);
    case 'findings':
      return findingsMessage(await overviewFor(parts, actor));
    case 'stop':
      await workflow.stop(by, argument || 'no reason given', at);
      return 'Writes are stopped. `/redress resume` lets them go again.';
    case 'resume':
      return resumeMessage(await workflow.resume(by, argument || 'resumed in Slack', at));
    case 'plan':
      return planFor(parts, argument);
    case 'help':
      return helpMessage();
  }
}

const resumeMessage = ({ on, by }: StopSwitch): string =>
  on
    ? `Writes stay stopped: ${prose(by)} stopped them after you asked. \`/redress resume\` once more lets them go again.`
    : 'Writes may go again.';

async function planFor({ assess }: DeskParts, arn: string) {
  if (!arn.startsWith('arn:')) return 'Say of which resource: `/redress plan arn:aws:s3:::my-bucket`.';
  const { plans, evaluations } = await assess(arn);
  return planMessage(plans, evaluations);
}

/** Shows App Home to whoever opened it; what is in it depends on what they may decide. */
export async function showHome(parts: DeskParts, actor: Actor): Promise<void> {
  try {
    await parts.slack.publishHome(actor.user, homeView(await overviewFor(parts, actor), parts.manner));
  } catch (error) {
    parts.log.warn({ user: actor.user, error: messageOf(error) }, 'App Home could not be shown');
  }
}

async function overviewFor({ store, writes, now, mayDecide, config }: DeskParts, actor: Actor): Promise<Overview> {
  const since = new Date(now().getTime() - DAY).toISOString();
  const [stop, open, ended] = await Promise.all([
    store.stopSwitch(),
    store.findings({ states: ['waiting', 'guided', 'needsPerson'], most: MOST_SHOWN }),
    store.findings({ states: ['resolved', 'rolledBack', 'denied', 'expired', 'exempted'], since, most: MOST_SHOWN }),
  ]);
  const waiting: FindingRecord[] = [];
  for (const finding of open) {
    const plan = finding.plan === null ? undefined : (await store.plan(finding.plan))?.plan;
    if ((await mayDecide(nameOf(config, actor.user), 'deny', finding, plan)) === undefined) waiting.push(finding);
  }
  return { writes, stop, waiting: waiting.sort(byUrgency), lastDay: ended };
}

const RANK = { HIGH: 0, MEDIUM: 1, LOW: 2 } as const;

/** The most critical first, of those the one that has waited longest. */
function byUrgency(a: FindingRecord, b: FindingRecord): number {
  const rank = RANK[a.evaluation.criticality] - RANK[b.evaluation.criticality];
  return rank !== 0 ? rank : a.updatedAt.localeCompare(b.updatedAt);
}
