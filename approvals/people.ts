import type { Config, Person } from '../src/config.ts';
import { fits } from '../src/wildcard.ts';

const SLACK_USER = /^[UW][A-Z0-9]{2,}$/;

/** The entry of a person, by any name that they go by. */
function entryOf({ people }: Config, who: string): Person | undefined {
  return people.find(({ name, slack }) => name === who || slack === who);
}

/**
 * The one name of a person, whether they sit at the terminal or in Slack, so
 * that nobody counts twice. Somebody whom the configuration does not know keeps
 * the name or the Slack id that they came with.
 */
export function nameOf(config: Config, who: string): string {
  return entryOf(config, who)?.name ?? who;
}

/** The Slack user id of a person, if it is known. */
export function slackIdOf(config: Config, who: string): string | undefined {
  return entryOf(config, who)?.slack ?? (SLACK_USER.test(who) ? who : undefined);
}

/** The ARNs that a person goes by in CloudTrail; none when nobody has said. */
export function arnsOf(config: Config, who: string): readonly string[] {
  return entryOf(config, who)?.aws ?? [];
}

/** Whether a call of CloudTrail was made by a person who goes by these ARNs. */
export function isMadeBy(arns: readonly string[], caller: string): boolean {
  return arns.some((pattern) => fits(pattern, caller));
}
