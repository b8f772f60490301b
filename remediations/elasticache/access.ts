import { type Cache, engineOf } from '../../detectors/elasticache/redis.ts';
import { compareVersions } from '../../detectors/elasticache/shared.ts';
import { concrete, type GuideLine } from '../../src/control.ts';
import { nextName } from '../twin.ts';
import { type Original, replacement, warnings } from './replacement.ts';

/** Why a cache cannot start to encrypt its traffic in place, or nothing if it can. */
export function whyNoTls(name: string, cache: Cache): string | undefined {
  const { group, node } = cache;
  if (group === undefined)
    return `${name} is a node without a replication group, and only groups encrypt their traffic: make a group from its snapshot (the runbook of 154 does that, with --transit-encryption-enabled)`;
  const store = group.GlobalReplicationGroupInfo?.GlobalReplicationGroupId;
  if (store)
    return `${name} belongs to the global datastore ${store}, which is changed as a whole: see the runbook of 154`;
  const version = node?.EngineVersion;
  if (version === undefined)
    return `AWS does not say which version ${name} runs; from 7.0 (Valkey 7.2) on it can be switched on in place`;
  if (compareVersions(version, '7.0') < 0)
    return `${name} runs ${engineOf(cache)} ${version}, and only from 7.0 on can encryption be switched on in place: upgrade it first (aws elasticache modify-replication-group --replication-group-id ${name} --engine-version 7.1 --cache-parameter-group-name <parameter-group-of-redis7>, in its maintenance window), then plan again, or replace it by the runbook of 407`;
  return undefined;
}

/** How a group comes to take encrypted connections alone, without leaving a client behind. */
function encryptTraffic(name: string, cache: Cache): GuideLine[] {
  const { TransitEncryptionEnabled, TransitEncryptionMode } = cache.group ?? {};
  if (TransitEncryptionEnabled === true && TransitEncryptionMode !== 'preferred') return [];
  return [
    ...(TransitEncryptionEnabled === true
      ? []
      : [
          {
            text: `Let ${name} take encrypted connections next to those in clear text. Nodes are replaced one by one; TLS costs them CPU, so look at EngineCPUUtilization first. Control 153 does this call for you.`,
            call: concrete('elasticache', 'ModifyReplicationGroup', {
              ReplicationGroupId: name,
              TransitEncryptionEnabled: true,
              TransitEncryptionMode: 'preferred',
              ApplyImmediately: true,
            }),
          },
        ]),
    {
      text: `While the mode is "preferred" there are two sets of endpoints. Move every client to TLS and to the new names: aws elasticache describe-replication-groups --replication-group-id ${name}. On a test client: redis-cli --tls -h <endpoint> ping.`,
    },
    {
      text: 'When no client is left in clear text, and not before, refuse clear text: connections without TLS are dropped at once, and the old names are deleted. To go back, set the mode to "preferred" again.',
      call: concrete('elasticache', 'ModifyReplicationGroup', {
        ReplicationGroupId: name,
        TransitEncryptionMode: 'required',
        ApplyImmediately: true,
      }),
    },
  ];
}

/** A token for a group that has none, first as an offer, then as a condition. It goes from the secret to AWS and nowhere else. */
function setToken(name: string): GuideLine[] {
  const modify = (strategy: string) =>
    `aws elasticache modify-replication-group --replication-group-id ${name} --auth-token "$token" --auth-token-update-strategy ${strategy} --apply-immediately`;
  return [
    {
      text: `Make the token in Secrets Manager, 64 letters and digits: aws secretsmanager create-secret --name ${name}-auth-token --secret-string "$(aws secretsmanager get-random-password --password-length 64 --exclude-punctuation --query RandomPassword --output text)". AWS takes 16 to 128 characters: letters, digits and ! & # $ ^ < > - alone. It belongs into no plan, ticket, chat or file.`,
    },
    {
      text: `Take it from there, in a shell on a machine of yours alone: token=$(aws secretsmanager get-secret-value --secret-id ${name}-auth-token --query SecretString --output text)`,
    },
    {
      text: `Offer it. From now on ${name} takes connections with the token and connections without, so nothing breaks, and nothing is protected yet: ${modify('ROTATE')}`,
    },
    {
      text: `Wait until it is available: aws elasticache wait replication-group-available --replication-group-id ${name}. Let every client read the secret and send the token; restart those that keep connections. The metric AuthenticationFailures must stay at zero. AWS may show the token as switched on already, and the finding may close: do not stop here.`,
    },
    {
      text: `Only then demand it. Whoever does not send it is refused from this moment: ${modify('SET')}; then forget it: unset token`,
    },
    {
      text: 'Check: redis-cli --tls -h <endpoint> ping without a token must answer NOAUTH. There is no call that takes a token away again, except on the way to user groups.',
    },
  ];
}

/** The runbook of 152 and 407: encrypted connections, then a token. */
export function protectAccess(original: Original): GuideLine[] {
  const { name, cache, tagged } = original;
  const why = whyNoTls(name, cache);
  const users = {
    text: 'For new work, user groups (role-based access control) are the better way: a user with rights of its own for each application, passwords that Secrets Manager rotates, IAM logins from version 7 on. A group with users needs no token, and passes 152 and 407 as not concerned.',
  };
  if (why !== undefined && cache.group?.TransitEncryptionEnabled !== true)
    return [
      { text: `A token needs encrypted connections. ${why}. What follows is the replacement.` },
      users,
      ...replacement({ ...original, changes: { encryptsTraffic: true } }),
      ...(cache.group?.AuthTokenEnabled ? [] : setToken(nextName(name, 40))),
    ];
  return [
    {
      text: `${name} is set right in place, in steps that can each be waited with: encrypted connections first, then the token. Between two steps it must be available again.`,
    },
    ...warnings(cache, tagged),
    users,
    ...encryptTraffic(name, cache),
    ...(cache.group?.AuthTokenEnabled ? [] : setToken(name)),
  ];
}
