import type { Groups } from './approvers.ts';
import type { Slack } from './slack.ts';

/** So long a user group is not asked for again: somebody who left it may decide for one more minute. */
const FRESH = 60_000;

/** Slack's user groups. What could not be read is never remembered. */
export function slackGroups(slack: Pick<Slack, 'members'>, now: () => Date): Groups {
  const known = new Map<string, { readonly members: ReadonlySet<string>; readonly readAt: number }>();
  return {
    async isMember(group, slackUser) {
      const cached = known.get(group);
      if (cached !== undefined && now().getTime() - cached.readAt < FRESH) return cached.members.has(slackUser);
      const members = new Set(await slack.members(group));
      known.set(group, { members, readAt: now().getTime() });
      return members.has(slackUser);
    },
  };
}
