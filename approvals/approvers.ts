import type { Config } from '../src/config.ts';
import type { WorkflowSettings } from '../src/workflow/settings.ts';

/**
 * Who may decide, by the configuration: a user named there for the control and
 * the account. With nobody named, nobody may approve; an exemption or a denial
 * makes nothing happen and needs a name all the same.
 */
export function approverRefusal(config: Config): NonNullable<WorkflowSettings['mayDecide']> {
  return (by, decision, finding) => {
    const { control, resource } = finding.evaluation;
    const allowed = config.approvers.some(
      ({ users, controls, accounts }) =>
        users.includes(by) &&
        (controls === 'all' || controls.includes(control)) &&
        (accounts === 'all' || accounts.includes(resource.account)),
    );
    if (allowed) return undefined;
    return `${by} may not ${decision} findings of control ${control} in ${resource.account}. Name them under approvers in redress.yaml.`;
  };
}
