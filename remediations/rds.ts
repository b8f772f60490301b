import type { DBInstance, Option, OptionConfiguration } from '@aws-sdk/client-rds';
import {
  CIPHERS,
  databaseInstances,
  everyInstance,
  instance,
  isStrong,
  membershipOf,
  optionGroup,
  sslOf,
  suitesOf,
  VERSION,
} from '../detectors/rds.ts';
import { byHand, call, derive, document, edit, optional, remediations } from '../src/control.ts';

/** An option as it is sent: whatever is left out would go back to its default. */
function asSent({ Port, OptionVersion, OptionSettings, VpcSecurityGroupMemberships, ...option }: Option) {
  const groups = (VpcSecurityGroupMemberships ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []);
  const old = (option.DBSecurityGroupMemberships ?? []).flatMap(({ DBSecurityGroupName }) => DBSecurityGroupName ?? []);
  const settings = (OptionSettings ?? []).flatMap(({ Name, Value, IsModifiable }) =>
    Name === undefined || Value === undefined || IsModifiable === false ? [] : [{ Name, Value }],
  );
  const sent: OptionConfiguration = {
    OptionName: 'SSL',
    ...(Port === undefined ? {} : { Port }),
    ...(OptionVersion === undefined ? {} : { OptionVersion }),
    ...(groups.length === 0 ? {} : { VpcSecurityGroupMemberships: groups }),
    ...(old.length === 0 ? {} : { DBSecurityGroupMemberships: old }),
    OptionSettings: settings,
  };
  return sent;
}

/** The SSL option of the instance's option group, with the name of the group. */
const sslOption = derive({ instance, optionGroup }, ({ instance, optionGroup }) => {
  const ssl = sslOf(optionGroup?.Options);
  return { group: membershipOf(instance)?.OptionGroupName ?? '', ssl: ssl === undefined ? undefined : asSent(ssl) };
});

const sslDocument = document(sslOption, {
  write: call('rds', 'ModifyOptionGroup', (_at, { group, ssl }) => ({
    OptionGroupName: group,
    ...(ssl === undefined ? { OptionsToRemove: ['SSL'] } : { OptionsToInclude: [ssl] }),
    ApplyImmediately: true,
  })),
});

/** The first suite to offer: it has to fit the certificate, and the release from 23 on takes ECDHE alone. */
function suiteFor({ CACertificateIdentifier = '', EngineVersion = '' }: DBInstance): string {
  if (CACertificateIdentifier.includes('ecc')) return 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384';
  return Number.parseInt(EngineVersion, 10) >= 23
    ? 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'
    : 'SSL_RSA_WITH_AES_256_GCM_SHA384';
}

/** The other instances of the same option group, which would change along. */
const neighbours = derive({ instance, everyInstance }, ({ id, instance, everyInstance }) => {
  const group = membershipOf(instance)?.OptionGroupName;
  return everyInstance.flatMap(({ DBInstanceIdentifier = '', ...one }) =>
    DBInstanceIdentifier.toLowerCase() !== id.toLowerCase() &&
    (one.OptionGroupMemberships ?? []).some(({ OptionGroupName }) => OptionGroupName === group)
      ? [DBInstanceIdentifier]
      : [],
  );
});

const obstacle = derive({ instance, optionGroup, neighbours }, ({ id, region, instance, optionGroup, neighbours }) => {
  const { OptionGroupName: group = '', Status = '' } = membershipOf(instance) ?? {};
  const attach = `aws rds modify-db-instance --db-instance-identifier ${id} --option-group-name ${id}-tls --apply-immediately --region ${region}; look at PendingModifiedValues first, for these happen along with it`;
  if (optionGroup === undefined) return `its option group ${group} was not found: plan again`;
  if (group.startsWith('default:'))
    return `${group} is AWS's own and cannot be changed. Make one of yours (aws rds create-option-group --option-group-name ${id}-tls --engine-name ${optionGroup.EngineName} --major-engine-version ${optionGroup.MajorEngineVersion} --option-group-description "TLS 1.2 for ${id}" --region ${region}), attach it (${attach}), and plan again`;
  if (instance.DBInstanceStatus !== 'available')
    return `it is ${instance.DBInstanceStatus}: plan again once it is available`;
  if (Status !== 'in-sync')
    return `changes of its option group ${group} are still under way (${Status}) and would happen at once with this one: let them happen, then plan again`;
  if (neighbours.length > 0)
    return `its option group ${group} is that of ${neighbours.join(', ')} too, and would change for all of them: agree with their owners and change the group by hand, or copy it (aws rds copy-option-group --source-option-group-identifier ${group} --target-option-group-identifier ${id}-tls --target-option-group-description "TLS 1.2 for ${id}" --region ${region}), attach the copy to ${id} alone (${attach}), and plan again`;
  const options = optionGroup.Options ?? [];
  if (options.some(({ OptionName }) => OptionName === 'NATIVE_NETWORK_ENCRYPTION'))
    return `its option group ${group} encrypts with NATIVE_NETWORK_ENCRYPTION, which SSL excludes: move clients to one of the two first`;
  return undefined;
});

export const databaseInstanceRemediations = remediations(databaseInstances, {
  393: edit(
    sslDocument,
    {
      mode: 'approve',
      impact:
        'clients that know TLS 1.0 or CBC suites only can no longer connect to the SSL port, at once; connections in clear text on the other port go on. Where there was no SSL option, a port is opened to the security groups of the database: their rules decide who reaches it',
      reads: { instance, obstacle },
      parameters: {
        oracleTlsPort: optional('Port for TLS, where a database listens on none yet. Not that for clear text.', '2484'),
      },
      note: 'The command of the document would set TLS 1.0 with a CBC suite. Redress keeps port, security groups and the other settings of the option, and takes the suite that fits the certificate and the release. Option groups that are shared or AWS’s own are left to a person.',
    },
    ({ group, ssl }, { instance, obstacle, parameters }) => {
      if (obstacle !== undefined) return byHand(obstacle);
      const port = Number(parameters.oracleTlsPort);
      if (ssl === undefined && (!Number.isInteger(port) || port < 1150 || port > 65535))
        return byHand(`oracleTlsPort is "${parameters.oracleTlsPort}"; set it to a port from 1150 to 65535`);
      if (ssl === undefined && port === instance.Endpoint?.Port)
        return byHand(`oracleTlsPort is ${port}, where ${instance.DBInstanceIdentifier} takes clear text; set another`);
      const own = (instance.VpcSecurityGroups ?? []).flatMap(({ VpcSecurityGroupId }) => VpcSecurityGroupId ?? []);
      const before: OptionConfiguration = ssl ?? { OptionName: 'SSL', Port: port, VpcSecurityGroupMemberships: own };
      const strong = suitesOf(before).filter(isStrong);
      const suites = strong.length > 0 ? strong : [suiteFor(instance)];
      const wanted = new Map([
        [VERSION, '1.2'],
        [CIPHERS, suites.join(',')],
      ]);
      const kept = (before.OptionSettings ?? []).filter(({ Name = '' }) => !wanted.has(Name));
      const set = [...wanted].map(([Name, Value]) => ({ Name, Value }));
      const after: OptionConfiguration = { ...before, OptionSettings: [...kept, ...set] };
      return { group, ssl: after };
    },
  ),
});
