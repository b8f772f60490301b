import type { Control } from '../catalogue.ts';
import type { Mode } from '../control/remediation.ts';
import type { PlanSettings, Where } from '../plan/settings.ts';
import type { Exemption } from '../store/records.ts';
import type { Policy } from '../workflow/finding.ts';
import { defaultTimes, type Times } from '../workflow/settings.ts';
import type { Config, ControlSettings } from './schema.ts';

/** The rules of tags that fit a resource, the first of the file first. */
function tagRules({ tags }: Config, where: Where): Config['tags'] {
  return tags.filter(({ key, value }) => {
    const own = where.tags?.[key];
    return own !== undefined && (value === undefined || value === own);
  });
}

/** What is set for a control, the most specific first: for a tag, for the account, for everything. */
function settingsOf(config: Config, control: number, where: Where): ControlSettings[] {
  const all: (ControlSettings | undefined)[] = [
    ...tagRules(config, where).map((rule) => rule.controls[control]),
    config.accounts[where.account]?.controls[control],
    config.controls[control],
  ];
  return all.flatMap((one) => one ?? []);
}

/** The mode of a control: what is set most specifically, else the control's own. */
export function modeOf(config: Config, { number, remediation }: Control, where: Where): Mode {
  return configuredMode(config, number, where) ?? remediation.mode;
}

const configuredMode = (config: Config, control: number, where: Where): Mode | undefined =>
  settingsOf(config, control, where).find(({ mode }) => mode !== undefined)?.mode;

/**
 * The parameters of a control. What is set more specifically counts before
 * what is set more widely, and for the region before that for all; then come
 * the control's defaults. Required parameters that nobody set are left out.
 */
export function parametersOf(
  config: Config,
  { number, remediation }: Control,
  where: Where,
): Readonly<Record<string, string>> {
  const defaults = Object.entries(remediation.parameters).flatMap(([name, parameter]) =>
    parameter.default === undefined ? [] : [[name, parameter.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...configuredParameters(config, number, where) };
}

function configuredParameters(config: Config, control: number, where: Where): Readonly<Record<string, string>> {
  const widestFirst = settingsOf(config, control, where).reverse();
  return Object.assign({}, ...widestFirst.flatMap((one) => [one.parameters, one.regions[where.region]?.parameters]));
}

/**
 * Whether fixes of a control are written somewhere. What is set for the control
 * itself, for a tag or in the account, decides; else a `false` for a tag, the
 * account or the control; else a `true` for any of them; else the file's own
 * `apply`. A region that the account does not list is never written to, nor is
 * anything while tags matter and could not be read.
 */
export function appliesTo(config: Config, control: number, where: Where): boolean {
  const own = config.accounts[where.account];
  if (own?.regions !== undefined && !own.regions.includes(where.region)) return false;
  if (config.tags.length > 0 && where.tags === undefined) return false;
  const rules = tagRules(config, where);
  const specific = [...rules.map((rule) => rule.controls[control]?.apply), own?.controls[control]?.apply];
  const decided = specific.find((one) => one !== undefined);
  if (decided !== undefined) return decided;
  const wider = [...rules.map(({ apply }) => apply), own?.apply, config.controls[control]?.apply];
  if (wider.includes(false)) return false;
  return wider.includes(true) || config.apply;
}

/** Whether there is any account or resource for which {@link appliesTo} could say yes to a control. */
export function appliesSomewhere({ apply, accounts, tags, controls }: Config, control: number): boolean {
  const rules = [...Object.values(accounts), ...tags];
  if (rules.some((rule) => rule.controls[control]?.apply === true)) return true;
  const own = controls[control]?.apply;
  return own ?? (apply || rules.some((rule) => rule.apply === true));
}

/** Whether whoever caused a finding of a control must not approve its fix. */
export function fourEyesFor(config: Config, control: number, where: Where): boolean {
  return settingsOf(config, control, where).find(({ fourEyes }) => fourEyes !== undefined)?.fourEyes ?? config.fourEyes;
}

/** The exemptions of the file as the workflow knows them: one for each control. */
export function exemptionsOf(config: Config): Exemption[] {
  return config.exemptions.flatMap(({ control, ...rest }) =>
    (Array.isArray(control) ? control : [control]).map((one) => ({ ...rest, control: one, by: 'redress.yaml' })),
  );
}

/** What planning takes from the configuration. */
export function planSettings(config: Config): PlanSettings {
  return {
    usesTags: config.tags.length > 0,
    mode: (control, where) => configuredMode(config, control, where),
    parameters: (control, where) => configuredParameters(config, control, where),
    applies: (control, where) => appliesTo(config, control, where),
  };
}

/** What the workflow takes from the configuration for the controls of a plan: of each the most careful. */
export function policyOf(config: Config, controls: readonly Control[], where: Where): Omit<Policy, 'mode'> {
  const approvals = controls.map(
    ({ number }) => settingsOf(config, number, where).find((one) => one.approvals !== undefined)?.approvals ?? 1,
  );
  return {
    apply: controls.every(({ number }) => appliesTo(config, number, where)),
    approvalsNeeded: Math.max(1, ...approvals),
    limits: {
      perControl: config.limits.writesPerControlPerHour,
      perAccount: config.limits.writesPerAccountPerHour,
    },
    mostRecurrences: config.limits.recurrences,
  };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long things may take, as configured. */
export function timesOf({ timing, limits }: Config): Partial<Times> {
  return {
    states: { ...defaultTimes.states, waiting: timing.approvalExpiryHours * HOUR },
    verify: { ...defaultTimes.verify, most: timing.verifyTimeoutMinutes * MINUTE },
    window: limits.recurrenceWindowHours * HOUR,
  };
}
