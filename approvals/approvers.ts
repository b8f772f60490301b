import { type Approver, type Config, fourEyesFor } from '../src/config.ts';
import type { Plan } from '../src/plan/plan.ts';
import type { FindingRecord } from '../src/store/records.ts';
import type { Decision, WorkflowSettings } from '../src/workflow/settings.ts';
import { arnsOf, isMadeBy, nameOf, slackIdOf } from './people.ts';

/** Tells who belongs to a Slack user group. Throws when that cannot be found out. */
export interface Groups {
  isMember(group: string, slackUser: string): Promise<boolean>;
}

/** Where there is no Slack, groups have no members. */
export const noGroups: Groups = { isMember: async () => false };

/**
 * Who may decide, by the configuration: somebody named there, in person or by a
 * Slack user group, for every control of the plan, its criticality and its
 * account. Under four eyes, whoever made a call that led to a finding of the
 * plan may not approve it, nor may somebody of whom nobody knows who they are
 * in CloudTrail. With nobody named, nobody may decide anything.
 *
 * What it returns throws when groups cannot be read: then nobody may.
 */
export function approverRefusal(
  config: Config,
  groups: Groups = noGroups,
  findingOf: (id: string) => Promise<FindingRecord | undefined> = async () => undefined,
): NonNullable<WorkflowSettings['mayDecide']> {
  return async (who, decision, finding, plan) => {
    const by = nameOf(config, who);
    const { account } = finding.evaluation.resource;
    for (const { control, criticality } of subjectsOf(decision, finding, plan)) {
      const mayFor = (one: Approver) =>
        covers(one.controls, control) && covers(one.accounts, account) && covers(one.criticalities, criticality);
      if (await isNamed(config, groups, config.approvers.filter(mayFor), who)) continue;
      return (
        `${by} may not ${decision} ${criticality} findings of control ${control} in ${account}. ` +
        'Name them under approvers in redress.yaml.'
      );
    }
    return decision === 'approve' ? whySameEyes(config, who, finding, plan, findingOf) : undefined;
  };
}

/** Whether somebody may decide anything at all, and so may see what there is and stop everything. */
export function isApprover(config: Config, groups: Groups, who: string): Promise<boolean> {
  return isNamed(config, groups, config.approvers, who);
}

/** Whether somebody may decide everything, and so may let writes go again. */
export function isApproverOfAll(config: Config, groups: Groups, who: string): Promise<boolean> {
  const ofAll = config.approvers.filter((one) => [one.controls, one.accounts, one.criticalities].every(isAll));
  return isNamed(config, groups, ofAll, who);
}

const isAll = (one: unknown): boolean => one === 'all';

/** Whether a list of the configuration, or its `all`, has this one. */
export const covers = <T>(named: 'all' | readonly T[], one: T): boolean => named === 'all' || named.includes(one);

/** An exemption concerns one finding, every other decision all that the plan sets right. */
function subjectsOf(decision: Decision, { evaluation }: FindingRecord, plan: Plan | undefined) {
  if (decision === 'exempt' || plan === undefined) return [evaluation];
  const { controls, criticality } = plan;
  return [...new Set([evaluation.control, ...controls])].map((control) => ({ control, criticality }));
}

async function isNamed(config: Config, groups: Groups, approvers: readonly Approver[], who: string): Promise<boolean> {
  const slackId = slackIdOf(config, who);
  const names = [who, nameOf(config, who), slackId];
  if (approvers.some(({ users }) => users.some((user) => names.includes(user)))) return true;
  if (slackId === undefined) return false;
  for (const group of new Set(approvers.flatMap((one) => one.groups))) {
    if (await groups.isMember(group, slackId)) return true;
  }
  return false;
}

/** Why somebody may not approve under four eyes. */
async function whySameEyes(
  config: Config,
  who: string,
  finding: FindingRecord,
  plan: Plan | undefined,
  findingOf: (id: string) => Promise<FindingRecord | undefined>,
): Promise<string | undefined> {
  const { resource, control } = finding.evaluation;
  if (![control, ...(plan?.controls ?? [])].some((one) => fourEyesFor(config, one, resource))) return undefined;
  const by = nameOf(config, who);
  const arns = arnsOf(config, who);
  if (arns.length === 0) {
    return (
      `Whoever caused a finding may not approve its fix, and nobody has said who ${by} is in CloudTrail. ` +
      'Add their ARNs under people in redress.yaml.'
    );
  }
  const others = await Promise.all((plan?.findings ?? []).filter((id) => id !== finding.id).map(findingOf));
  const causers = [finding, ...others].flatMap((one) => one?.causers ?? []);
  const own = causers.find((caller) => isMadeBy(arns, caller));
  if (own === undefined) return undefined;
  return `${by} (${own}) made a call that led to this finding; somebody else has to approve its fix.`;
}
