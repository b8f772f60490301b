import type { DomainStatus } from '@aws-sdk/client-opensearch';
import { domain, engineName, isBefore, tags } from '../../detectors/opensearch/domains.ts';
import { domainRebuilds, newest } from '../../detectors/opensearch/rebuilds.ts';
import {
  concrete,
  type GuideLine,
  guide,
  openStatements,
  optional,
  parsePolicy,
  read,
  remediations,
} from '../../src/control.ts';

/** Where each version can be upgraded to next. */
const hops = read(
  'opensearch',
  'GetCompatibleVersions',
  ({ id }) => ({ DomainName: id }),
  (out) => (out.CompatibleVersions ?? []).flatMap(({ TargetVersions }) => TargetVersions ?? []),
);

/** The domain again under another name, with what a new one must have. */
function twin(domain: DomainStatus, key: string, tagged: Readonly<Record<string, string>>) {
  const old = domain.DomainName ?? '';
  const DomainName = `${old.slice(0, 26)}-2`;
  const { VPCOptions: vpc, AdvancedSecurityOptions: security, DomainEndpointOptions: endpoint } = domain;
  const own = Object.entries(tagged).filter(([name]) => !name.startsWith('aws:'));
  return concrete('opensearch', 'CreateDomain', {
    DomainName,
    EngineVersion: domain.EngineVersion,
    ClusterConfig: domain.ClusterConfig,
    EBSOptions: domain.EBSOptions,
    ...(domain.AccessPolicies
      ? { AccessPolicies: domain.AccessPolicies.replaceAll(`:domain/${old}`, `:domain/${DomainName}`) }
      : {}),
    VPCOptions: {
      SubnetIds: vpc?.SubnetIds?.length ? vpc.SubnetIds : ['<subnet-id>'],
      SecurityGroupIds: vpc?.SecurityGroupIds?.length ? vpc.SecurityGroupIds : ['<security-group-id>'],
    },
    ...(domain.CognitoOptions?.Enabled ? { CognitoOptions: domain.CognitoOptions } : {}),
    EncryptionAtRestOptions: { Enabled: true, KmsKeyId: key },
    NodeToNodeEncryptionOptions: { Enabled: true },
    ...(domain.AdvancedOptions ? { AdvancedOptions: domain.AdvancedOptions } : {}),
    ...(domain.LogPublishingOptions ? { LogPublishingOptions: domain.LogPublishingOptions } : {}),
    DomainEndpointOptions: {
      EnforceHTTPS: true,
      ...(endpoint?.TLSSecurityPolicy ? { TLSSecurityPolicy: endpoint.TLSSecurityPolicy } : {}),
    },
    ...(security?.Enabled
      ? { AdvancedSecurityOptions: { Enabled: true, MasterUserOptions: { MasterUserARN: '<master-role-arn>' } } }
      : {}),
    ...(own.length > 0 ? { TagList: own.map(([Key, Value]) => ({ Key, Value })) } : {}),
  });
}

/** What can be done at once about a public endpoint, while the new domain is on its way. */
function meanwhile({ VPCOptions, AccessPolicies, AdvancedSecurityOptions }: DomainStatus): GuideLine[] {
  if (VPCOptions?.VPCId) return [];
  const open = openStatements(AccessPolicies ? parsePolicy(AccessPolicies) : undefined).length > 0;
  const now = open
    ? `Its access policy lets everyone in${AdvancedSecurityOptions?.Enabled ? ', and only the logins of fine-grained access control stand in front of the data' : ' without a login: treat what is in it as read by others until you know better'}. Name roles or addresses in it today.`
    : 'Its access policy lets nobody in who is not named; keep it so until the old domain is gone.';
  return [{ text: `${now} Changing the policy interrupts nothing.` }];
}

function replacement(domain: DomainStatus, key: string, tagged: Readonly<Record<string, string>>): GuideLine[] {
  const { DomainName: id = '', DomainEndpointOptions: endpoint } = domain;
  const made = twin(domain, key, tagged);
  return [
    {
      text: `Find out who uses ${id} (${domain.Endpoint ?? domain.Endpoints?.vpc ?? 'no endpoint yet'}): applications, Firehose streams, Lambda functions, Logstash, people in the Dashboards. Save its configuration: aws opensearch describe-domain --domain-name ${id}`,
    },
    {
      text: 'Choose private subnets, one for each zone, with free addresses for three times the nodes, and a security group that lets the clients in on port 443. A domain in a VPC takes no access policy with IP addresses: replace such statements by roles, and never by a policy that lets everyone in.',
    },
    {
      text: `Make the new domain beside the old one; both are billed until the end. Check the values in angle brackets and the key: it cannot be changed later. Users, roles and mappings of fine-grained access control are made anew or come with their index.`,
      call: made,
    },
    {
      text: `When it is active, register one S3 bucket as snapshot repository with both domains (a role that OpenSearch Service may assume, iam:PassRole for whoever registers). Stop writing to ${id}, or write to both; whatever is written after the snapshot is not in the new domain.`,
    },
    {
      text: 'Take a manual snapshot of the old domain, and restore it in the new one, without the indexes that begin with a dot. Compare the number of documents index by index (_cat/indices), and run some real searches.',
    },
    {
      text: endpoint?.CustomEndpointEnabled
        ? `Lead the clients over: take ${endpoint.CustomEndpoint} off the old domain, put it on the new one, and change the DNS record.`
        : 'Lead the clients over to the new endpoint, and think of giving it a custom name, so that the next move is one DNS record.',
    },
    {
      text: `Keep ${id} for two weeks without writes: as long as it is there, the way back is to lead the clients back. Then delete it. Its automatic snapshots go with it, so keep the manual one.`,
      call: concrete('opensearch', 'DeleteDomain', { DomainName: id }),
    },
  ];
}

const keyParameter = {
  newDomainKeyArn: optional(
    'Symmetric KMS key of yours, in the region, that encrypts the new domain.',
    '<kms-key-arn>',
  ),
};

const intoVpc = guide(
  {
    impact:
      'a new domain with a new endpoint that only the VPC reaches: clients and Dashboards outside are cut off, and writes after the snapshot are lost unless they go to both',
    reads: { domain, tags },
    parameters: keyParameter,
    note: 'UpdateDomainConfig moves a domain between subnets, but never from the internet into a VPC. The command of the document makes an empty domain and leaves the public one.',
  },
  ({ domain, tags, parameters }) => [...meanwhile(domain), ...replacement(domain, parameters.newDomainKeyArn, tags)],
);

export const domainRebuildRemediations = remediations(domainRebuilds, {
  158: intoVpc,
  359: intoVpc,
  159: guide(
    {
      impact:
        'cannot be undone, paused or cancelled; hours of a rebuild beside itself, Dashboards may be away meanwhile, and clients or plugins that do not know the new version stop working',
      reads: { domain, newest, hops },
    },
    ({ id, domain, newest, hops }) => {
      if (hops.length === 0)
        return [
          {
            text: `${engineName(domain)} cannot be upgraded in place. Make a new domain of ${newest ?? 'a current version'}, and bring the data over with a manual snapshot, or by reindexing from remote where the snapshot is too old for it.`,
          },
        ];
      const target = hops.includes(newest ?? '') ? (newest ?? '') : '<next-version>';
      return [
        {
          text: `${id} runs ${engineName(domain)}; the newest of its engine is ${newest}. From here AWS goes to ${hops.join(', ')}. Where ${newest} is not among them it takes several upgrades: go to the highest of the list that is on the way, and look again with aws opensearch get-compatible-versions --domain-name ${id}`,
        },
        {
          text: 'Read what each version breaks (mapping types, plugins, client libraries) and try it on a copy: restore a snapshot into a small domain of the new version, and run your clients against it. Indexes that are two major versions old have to be reindexed first.',
        },
        {
          text: 'Let AWS check whether it can be done. This changes nothing.',
          call: concrete('opensearch', 'UpgradeDomain', {
            DomainName: id,
            TargetVersion: target,
            PerformCheckOnly: true,
          }),
        },
        {
          text: `Read the result: aws opensearch get-upgrade-status --domain-name ${id}. Then take a manual snapshot into S3: it is the only way back, and leads into a new domain of the old version.`,
        },
        {
          text: 'Upgrade in a quiet hour, with a green cluster and room to spare.',
          call: concrete('opensearch', 'UpgradeDomain', { DomainName: id, TargetVersion: target }),
        },
        {
          text: 'When get-upgrade-status says SUCCEEDED, check health, documents and clients before the next hop. Change the version in CloudFormation or Terraform too.',
        },
      ];
    },
  ),
  495: guide(
    {
      impact:
        'cannot be switched off again. The domain is rebuilt, and every client without a role in the cluster, or on plain HTTP, is turned away when the migration period ends',
      reads: { domain },
      parameters: {
        masterRoleArn: optional('IAM role that administers the domain from inside.', '<master-role-arn>'),
      },
    },
    ({ id, domain, parameters }) => {
      const lacking = [
        ...(domain.EncryptionAtRestOptions?.Enabled ? [] : ['encryption at rest (285)']),
        ...(domain.NodeToNodeEncryptionOptions?.Enabled ? [] : ['encryption between nodes (156)']),
        ...(domain.DomainEndpointOptions?.EnforceHTTPS ? [] : ['HTTPS only (326)']),
      ];
      return [
        {
          text:
            lacking.length > 0
              ? `Fine-grained access control needs ${lacking.join(', ')} first. Set those right, one after the other, and wait until the domain is no longer processing.`
              : 'Encryption at rest, encryption between nodes and HTTPS are on, as it needs them.',
        },
        {
          text: `List who uses ${id}: roles, users, services, people. Each needs a role in the cluster later. Take a manual snapshot: a new domain made from it is the only way back.`,
        },
        {
          text: 'Let AWS say whether the change is possible, and whether it rebuilds the domain: run the next command with --dry-run first. Give a role, or a user name and a password, never both.',
        },
        {
          text: 'Switch it on with the migration period of 30 days, in which clients without a role still get in.',
          call: concrete('opensearch', 'UpdateDomainConfig', {
            DomainName: id,
            AdvancedSecurityOptions: {
              Enabled: true,
              InternalUserDatabaseEnabled: false,
              MasterUserOptions: { MasterUserARN: parameters.masterRoleArn },
              AnonymousAuthEnabled: true,
            },
          }),
        },
        {
          text: 'As the master role, make roles and map every client to one, in the Security page of the Dashboards or by the REST API (_plugins/_security; _opendistro/_security on Elasticsearch). Try each client; a 403 shows what is missing.',
        },
        {
          text: 'Before the 30 days are over, end the period yourself, while somebody is watching. From then on whoever is not mapped stays out.',
          call: concrete('opensearch', 'UpdateDomainConfig', {
            DomainName: id,
            AdvancedSecurityOptions: { AnonymousAuthEnabled: false },
          }),
        },
      ];
    },
  ),
  497: guide(
    {
      impact:
        'a new domain with a new endpoint, to which the data has to be brought; while the key is disabled nobody reaches it, and without the key the data is lost',
      reads: { domain, tags },
      parameters: keyParameter,
      note: 'The key of an encrypted domain cannot be exchanged. Only a domain that was never encrypted takes one in place.',
    },
    ({ id, domain, tags, parameters }) => {
      if (!domain.EncryptionAtRestOptions?.Enabled && !isBefore(domain, 6, 7))
        return [
          {
            text: `${id} is not encrypted yet, so one change in place is enough: set domainKeyArn to a key of yours for control 285 and approve that. It closes this finding too. With AWS's own key there it would take a new domain.`,
          },
          {
            text: 'By hand it is this call; let --dry-run say first what it does. It cannot be taken back.',
            call: concrete('opensearch', 'UpdateDomainConfig', {
              DomainName: id,
              EncryptionAtRestOptions: { Enabled: true, KmsKeyId: parameters.newDomainKeyArn },
            }),
          },
        ];
      return replacement(domain, parameters.newDomainKeyArn, tags);
    },
  ),
});
