import type { SlackConfig } from '../src/config.ts';
import type { Plan } from '../src/plan/plan.ts';
import { covers } from './approvers.ts';

/** The channel in which a plan is asked about: that of the first route that fits all of it. */
export function channelFor({ routes, channel }: SlackConfig, { controls, criticality, resource }: Plan): string {
  const route = routes.find(
    (one) =>
      controls.every((control) => covers(one.controls, control)) &&
      covers(one.accounts, resource.account) &&
      covers(one.criticalities, criticality),
  );
  return route?.channel ?? channel;
}
