import type { DirectoryDescription } from '@aws-sdk/client-directory-service';
import { directories, directory, logGroups } from '../detectors/ds.ts';
import {
  byHand,
  call,
  concrete,
  derive,
  type GuideLine,
  guide,
  listOf,
  lowerNextToken,
  optional,
  parsePolicy,
  readPages,
  remediations,
  statementsOf,
  steps,
  until,
} from '../src/control.ts';
import { MOST_POLICIES, RETENTION, resourcePolicies } from './log-groups.ts';

const GROUPS = '/aws/directoryservice/';
const POLICY = 'redress-directory-service';

const groupNames = readPages(
  'logs',
  'DescribeLogGroups',
  () => ({ logGroupNamePrefix: GROUPS }),
  (out) => (out.logGroups ?? []).flatMap(({ logGroupName }) => logGroupName ?? []),
  lowerNextToken,
);
const groups = derive({ groupNames }, ({ groupNames }) => [...groupNames].sort());

/** Whether Directory Service may write by the policy of our name, and how many policies there are besides. */
const grant = derive({ resourcePolicies }, ({ resourcePolicies }) => {
  const own = resourcePolicies.find(({ policyName }) => policyName === POLICY);
  const statements = own?.policyDocument ? statementsOf(parsePolicy(own.policyDocument)) : [];
  const lets = statements.some(
    ({ Effect, Principal, Resource }) =>
      Effect === 'Allow' &&
      JSON.stringify(Principal)?.includes('ds.amazonaws.com') &&
      listOf(Resource).some((one) => one.endsWith(`:log-group:${GROUPS}*`)),
  );
  return { there: own !== undefined, lets, others: resourcePolicies.filter((one) => one !== own).length };
});

/** Where the log goes: what the operator chose, or a group named after the directory. */
const groupFor = (id: string, chosen: string): string => chosen || `${GROUPS}${id}`;

const nameOf = ({ DirectoryId, Name }: DirectoryDescription): string => `${Name} (${DirectoryId})`;

/** Where the domain controllers or connectors are: RADIUS servers see their addresses. */
function whereabouts({ VpcSettings, ConnectSettings, DnsIpAddrs = [] }: DirectoryDescription): string {
  const { VpcId, SubnetIds = [], SecurityGroupId } = ConnectSettings ?? VpcSettings ?? {};
  const addresses = ConnectSettings?.ConnectIps ?? DnsIpAddrs;
  return `${VpcId}, subnets ${SubnetIds.join(' and ')}, security group ${SecurityGroupId}, addresses ${addresses.join(' and ')}`;
}

function regionLines({ RegionsInfo }: DirectoryDescription): GuideLine[] {
  const regions = RegionsInfo?.AdditionalRegions ?? [];
  if (regions.length === 0) return [];
  return [{ text: `The directory is replicated to ${regions.join(', ')}: RADIUS is set up in each region by itself.` }];
}

const checkLine = (id: string, region: string): GuideLine => ({
  text: `Look until RadiusStatus is Completed: aws ds describe-directories --directory-ids ${id} --region ${region} --query 'DirectoryDescriptions[0].[RadiusStatus,RadiusSettings.AuthenticationProtocol]'. Failed means that no server answered. Then log in to one application with a test user, with and without the code.`,
});

export const directoryRemediations = remediations(directories, {
  179: guide(
    {
      impact:
        'from then on every login to WorkSpaces and other AWS applications needs the code: users who are not enrolled, or all if the servers are out of reach, are locked out',
      reads: { directory },
      note: 'No plan holds the shared secret: it would be read by everyone who reads plans, logs and messages. So a person types it.',
    },
    ({ id, region, directory }) => [
      {
        text: `${nameOf(directory)} asks for a password only. First have RADIUS servers, at least two, and every user enrolled there under the same name as in the directory.`,
      },
      {
        text: `Let the servers take requests (UDP, usually port 1812) from ${whereabouts(directory)}: rules of the security group, routes, firewalls on both sides, and a client entry with the shared secret. Try it with a RADIUS client from one of these subnets.`,
      },
      ...regionLines(directory),
      { text: 'Agree on a window, and keep an administrator who gets in without AWS applications.' },
      {
        text: 'On a machine that may hold the secret, make radius.json, for you alone (umask 077): {"RadiusServers":["<server-1>","<server-2>"],"RadiusPort":1812,"RadiusTimeout":20,"RadiusRetries":2,"AuthenticationProtocol":"MS-CHAPv2","DisplayLabel":"MFA","UseSameUsername":true,"SharedSecret":"<from your secret store>"}',
      },
      directory.RadiusStatus === 'Failed'
        ? {
            text: `RADIUS is set up, but failed (servers: ${directory.RadiusSettings?.RadiusServers?.join(', ') ?? 'none'}). Mend the way to the servers, and send all settings again: aws ds update-radius --directory-id ${id} --radius-settings file://radius.json --region ${region}. Then delete the file.`,
          }
        : {
            text: `Switch it on: aws ds enable-radius --directory-id ${id} --radius-settings file://radius.json --region ${region}. Then delete the file.`,
          },
      checkLine(id, region),
      {
        text: 'If people are locked out, switch it off again; that takes effect within minutes.',
        call: concrete('ds', 'DisableRadius', { DirectoryId: id }),
      },
    ],
  ),

  181: guide(
    {
      impact:
        'if the RADIUS servers do not speak MS-CHAPv2 (many proxies for cloud services speak PAP only), nobody gets in',
      reads: { directory },
      note: 'All settings are sent together, and the shared secret with them. AWS does not give it back and no plan may hold it, so a person types it.',
    },
    ({ id, region, directory }) => {
      const { RadiusSettings: settings = {} } = directory;
      const wanted = { ...settings, AuthenticationProtocol: 'MS-CHAPv2', SharedSecret: '<from your secret store>' };
      return [
        {
          text: `${nameOf(directory)} speaks ${settings.AuthenticationProtocol ?? 'an unknown protocol'} with ${settings.RadiusServers?.join(', ') ?? 'its servers'}. Ask their vendor whether they speak MS-CHAPv2, allow it there for ${whereabouts(directory)}, and try it with a RADIUS client. If they cannot, exempt the finding, or change the servers first.`,
        },
        ...regionLines(directory),
        {
          text: `Save what is there: aws ds describe-directories --directory-ids ${id} --region ${region}. Agree on a window.`,
        },
        {
          text: `On a machine that may hold the secret, make radius.json, for you alone (umask 077), with everything that is there and the one change: ${JSON.stringify(wanted)}`,
        },
        {
          text: `Send it: aws ds update-radius --directory-id ${id} --radius-settings file://radius.json --region ${region} (enable-radius is refused where RADIUS exists). Then delete the file.`,
        },
        checkLine(id, region),
        {
          text: `To go back, send the same file with ${settings.AuthenticationProtocol ?? 'the old protocol'} again.`,
        },
      ];
    },
  ),

  224: guide(
    {
      impact:
        'everything that is joined to the directory moves to another domain. Deleting a managed directory takes its users, groups, policies, trusts and snapshots with it',
      reads: { directory },
      note: 'The type is fixed when a directory is made. Deleting comes last, or never: where you have no domain of your own, an exemption is the answer.',
    },
    ({ id, region, directory }) => {
      if (directory.Type === 'SharedMicrosoftAD')
        return [
          {
            text: `${nameOf(directory)} belongs to account ${directory.OwnerDirectoryDescription?.AccountId ?? 'of somebody else'} and is shared with yours. Find what uses it here: instances joined to the domain, RDS, FSx, WorkSpaces.`,
          },
          {
            text: 'When nothing does any more, give the share back; the owner can also stop sharing it. The directory itself stays.',
            call: concrete('ds', 'RejectSharedDirectory', { SharedDirectoryId: id }),
          },
        ];
      const { VpcId = '<vpc-id>', SubnetIds = ['<subnet-1>', '<subnet-2>'] } = directory.VpcSettings ?? {};
      return [
        {
          text: `An AD Connector is a gate to a domain of your own. If ${nameOf(directory)} is where your users live, there is nothing to connect to: exempt it${directory.Type === 'MicrosoftAD' ? ', and look after it with 179, 181 and 450, which ask for a directory of just this type' : ''}.`,
        },
        {
          text: `Otherwise list what depends on it: aws ds describe-trusts --directory-id ${id} --region ${region}, aws ds describe-shared-directories --owner-directory-id ${id} --region ${region}, aws workspaces describe-workspace-directories --directory-ids ${id} --region ${region}; besides IAM Identity Center, RDS, FSx, QuickSight, Client VPN, and instances joined to the domain.`,
        },
        {
          text: `Make a service account in your own domain that may read users and groups and join computers, and let ${VpcId} reach its DNS servers and controllers (ports 53, 88 and 389).`,
        },
        {
          text: `Make the connector, from a machine that may hold the password, with a file for you alone: aws ds connect-directory --cli-input-json file://connector.json --region ${region}, with {"Name":"<domain>","Size":"Small","Password":"<from your secret store>","ConnectSettings":{"VpcId":"${VpcId}","SubnetIds":${JSON.stringify(SubnetIds)},"CustomerDnsIps":["<dns-1>","<dns-2>"],"CustomerUserName":"<service-account>"}}. Then delete the file.`,
        },
        {
          text: 'Move one dependant after the other, and leave the old directory in place. WorkSpaces do not move: each is made anew in a directory that is registered with the connector, and its user copies the files.',
        },
        {
          text: 'When the old directory had no logins for weeks, take it out of WorkSpaces.',
          call: concrete('workspaces', 'DeregisterWorkspaceDirectory', { DirectoryId: id }),
        },
        {
          text: 'Delete it last, with the owner of its users agreed: there is no way back, snapshots go as well.',
          call: concrete('ds', 'DeleteDirectory', { DirectoryId: id }),
        },
      ];
    },
  ),

  450: steps(
    {
      mode: 'approve',
      impact: 'storing the log costs by volume. It names users and computers: limit who may read the log group',
      undo: 'best-effort',
      parameters: {
        directoryLogGroup: optional(
          'Log group for the security log, beginning with /aws/directoryservice/; empty means one named after the directory.',
          '',
        ),
        directoryLogDays: optional('Days to keep the log, where Redress makes the group.', '365'),
      },
      reads: { directory, logGroups, groups, grant },
      note: 'Undoing stops the forwarding. The log group with what it holds stays, and so does the resource policy, which other directories may use.',
    },
    ({ step }) => [
      step(
        'group',
        call(
          'logs',
          'CreateLogGroup',
          ({ id, groups, parameters }) => {
            const logGroupName = groupFor(id, parameters.directoryLogGroup);
            return groups.includes(logGroupName) ? undefined : { logGroupName };
          },
          { already: ['ResourceAlreadyExistsException'] },
        ),
        { repeat: 'safe' },
      ),
      step(
        'retention',
        call('logs', 'PutRetentionPolicy', ({ id, groups, parameters }) => {
          const logGroupName = groupFor(id, parameters.directoryLogGroup);
          if (groups.includes(logGroupName)) return undefined;
          return { logGroupName, retentionInDays: Number(parameters.directoryLogDays) };
        }),
        { repeat: 'safe' },
      ),
      step(
        'grant',
        call('logs', 'PutResourcePolicy', ({ partition, region, account, grant }) =>
          grant.lets
            ? undefined
            : {
                policyName: POLICY,
                policyDocument: JSON.stringify({
                  Version: '2012-10-17',
                  Statement: [
                    {
                      Sid: 'DirectoryServiceWritesSecurityLogs',
                      Effect: 'Allow',
                      Principal: { Service: 'ds.amazonaws.com' },
                      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                      Resource: `arn:${partition}:logs:${region}:${account}:log-group:${GROUPS}*`,
                    },
                  ],
                }),
              },
        ),
        { repeat: 'safe' },
      ),
      step(
        'subscription',
        call(
          'ds',
          'CreateLogSubscription',
          ({ id, parameters }) => ({
            DirectoryId: id,
            LogGroupName: groupFor(id, parameters.directoryLogGroup),
          }),
          { already: ['EntityAlreadyExistsException'] },
        ),
        {
          repeat: 'safe',
          undo: call('ds', 'DeleteLogSubscription', ({ id }) => ({ DirectoryId: id })),
          until: until(logGroups, (names) => names.length > 0),
        },
      ),
    ],
    ({ id, directory, groups, grant, parameters }) => {
      const name = groupFor(id, parameters.directoryLogGroup);
      if (directory.Stage !== 'Active')
        return byHand(`the directory is ${directory.Stage?.toLowerCase()}: its log can be forwarded once it is active`);
      if (!name.startsWith(GROUPS))
        return byHand(`directoryLogGroup is "${name}"; set it to a name that begins with ${GROUPS}, or leave it empty`);
      if (!RETENTION.includes(Number(parameters.directoryLogDays)))
        return byHand(
          `directoryLogDays is "${parameters.directoryLogDays}"; CloudWatch Logs knows ${RETENTION.join(', ')}`,
        );
      if (grant.there && !grant.lets)
        return byHand(
          `the resource policy ${POLICY} of CloudWatch Logs says something else: add the grant there by hand`,
        );
      if (!grant.there && grant.others >= MOST_POLICIES)
        return byHand(
          `CloudWatch Logs has ${grant.others} resource policies in this region and takes no more: let one of them admit ds.amazonaws.com, and make the subscription by hand`,
        );
      return {
        directory,
        logGroups: [name],
        groups: [...new Set([...groups, name])].sort(),
        grant: { ...grant, there: true, lets: true },
      };
    },
  ),
});
