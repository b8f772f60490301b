import type { Config } from '../src/config.ts';
import type { Manner } from './messages/facts.ts';
import { named } from './messages/text.ts';
import { slackIdOf } from './people.ts';

/** Names people so that Slack shows who they are there, and all others as they are called. */
export function mannerOf(config: Config): Manner {
  return {
    mention(by) {
      const id = slackIdOf(config, by);
      return id === undefined ? named(by) : `<@${id}>`;
    },
  };
}
