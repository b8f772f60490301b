import type { Control } from '../catalogue.ts';
import type { Mode } from '../control/remediation.ts';
import type { PlanSettings } from '../plan/settings.ts';
import type { Exemption } from '../store/records.ts';
import type { Policy } from '../workflow/finding.ts';
import { defaultTimes, type Times } from '../workflow/settings.ts';
import type { Config, ControlSettings } from './schema.ts';

/** What is set for a control: in this account, and everywhere. */
function settingsOf(config: Config, control: number, account: string) {
  const here: ControlSettings | undefined = config.accounts[account]?.controls[control];
  const everywhere: ControlSettings | undefined = config.controls[control];
  return { here, everywhere };
}

/** The mode of a control in an account: set for the account, set for the control, or the control's own. */
export function modeOf(config: Config, { number, remediation }: Control, account: string): Mode {
  return configuredMode(config, number, account) ?? remediation.mode;
}

function configuredMode(config: Config, control: number, account: string): Mode | undefined {
  const { here, everywhere } = settingsOf(config, control, account);
  return here?.mode ?? everywhere?.mode;
}

/**
 * The parameters of a control. What is set for the account counts before what
 * is set everywhere, and for its region before that for all; then come the
 * control's defaults. Required parameters that nobody set are left out.
 */
export function parametersOf(
  config: Config,
  { number, remediation }: Control,
  account: string,
  region: string,
): Readonly<Record<string, string>> {
  const defaults = Object.entries(remediation.parameters).flatMap(([name, parameter]) =>
    parameter.default === undefined ? [] : [[name, parameter.default] as const],
  );
  return { ...Object.fromEntries(defaults), ...configuredParameters(config, number, account, region) };
}

function configuredParameters(config: Config, control: number, account: string, region: string) {
  const { here, everywhere } = settingsOf(config, control, account);
  return {
    ...everywhere?.parameters,
    ...everywhere?.regions[region]?.parameters,
    ...here?.parameters,
    ...here?.regions[region]?.parameters,
  };
}

/**
 * Whether fixes of a control are written in an account and region. What is set
 * for the control in this account decides; else a `false` for the account or
 * for the control; else a `true` for either; else the file's own `apply`.
 * A region that the account does not list is never written to.
 */
export function appliesTo(config: Config, control: number, account: string, region: string): boolean {
  const own = config.accounts[account];
  if (own?.regions !== undefined && !own.regions.includes(region)) return false;
  const { here, everywhere } = settingsOf(config, control, account);
  if (here?.apply !== undefined) return here.apply;
  if (own?.apply === false || everywhere?.apply === false) return false;
  return own?.apply ?? everywhere?.apply ?? config.apply;
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
    mode: (control, account) => configuredMode(config, control, account),
    parameters: (control, account, region) => configuredParameters(config, control, account, region),
  };
}

/** What the workflow takes from the configuration for one control in one place. */
export function policyOf(config: Config, control: Control, account: string, region: string): Policy {
  const { here, everywhere } = settingsOf(config, control.number, account);
  return {
    apply: appliesTo(config, control.number, account, region),
    mode: modeOf(config, control, account),
    approvalsNeeded: here?.approvals ?? everywhere?.approvals ?? 1,
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
