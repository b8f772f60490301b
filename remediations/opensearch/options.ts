import { isDeepStrictEqual } from 'node:util';
import type { DomainStatus, OpenSearchPartitionInstanceType, VolumeType } from '@aws-sdk/client-opensearch';
import { isAwsAlias } from '../../detectors/customer-key.ts';
import { domain, engineName, engineOf, isBefore } from '../../detectors/opensearch/domains.ts';
import {
  cluster,
  cognito,
  domainOptions,
  encryption,
  endpoint,
  otherLogin,
  volumes,
} from '../../detectors/opensearch/options.ts';
import {
  byHand,
  call,
  document,
  edit,
  nextToken,
  optional,
  readPages,
  remediations,
  required,
} from '../../src/control.ts';
import { chosenKey } from '../chosen.ts';
import { whileChanging } from './changing.ts';

// UpdateDomainConfig leaves the options alone that are not sent, and takes those that are as a whole.
const encryptionDocument = document(encryption, {
  write: call('opensearch', 'UpdateDomainConfig', ({ id }, wanted, current) => ({
    DomainName: id,
    ...(isDeepStrictEqual(wanted.atRest, current.atRest) ? {} : { EncryptionAtRestOptions: wanted.atRest }),
    ...(isDeepStrictEqual(wanted.nodeToNode, current.nodeToNode)
      ? {}
      : { NodeToNodeEncryptionOptions: wanted.nodeToNode }),
  })),
});

const endpointDocument = document(endpoint, {
  write: call('opensearch', 'UpdateDomainConfig', ({ id }, wanted) => ({
    DomainName: id,
    DomainEndpointOptions: wanted,
  })),
});

const volumesDocument = document(volumes, {
  write: call('opensearch', 'UpdateDomainConfig', ({ id }, wanted) => ({ DomainName: id, EBSOptions: wanted })),
});

const clusterDocument = document(cluster, {
  write: call('opensearch', 'UpdateDomainConfig', ({ id }, wanted, current) => ({
    DomainName: id,
    ClusterConfig: wanted.nodes,
    ...(isDeepStrictEqual(wanted.vpc, current.vpc) ? {} : { VPCOptions: wanted.vpc }),
  })),
});

const cognitoDocument = document(cognito, {
  write: call('opensearch', 'UpdateDomainConfig', ({ id }, wanted) => ({ DomainName: id, CognitoOptions: wanted })),
});

const rebuilt =
  'the domain is rebuilt beside itself, for hours with large indexes: twice the nodes (billed for the hour), more load, slower answers. It must be green, with room to spare';

/** How a domain gets to a version that can be encrypted in place. */
function notInPlace(domain: DomainStatus, what: string) {
  if (engineOf(domain.EngineVersion).major < 5)
    return byHand(
      `${engineName(domain)} can neither be ${what} nor upgraded in place. Make a new domain of a current version that is, take a manual snapshot of the old one into S3, restore it there, lead the clients over, and delete the old domain when nothing is missing`,
    );
  return byHand(
    `${engineName(domain)} cannot be ${what} in place; that takes Elasticsearch 6.7 or later, or any OpenSearch. Take a manual snapshot, upgrade the domain to 6.8 (from 5.x by way of 5.6; try with aws opensearch upgrade-domain --perform-check-only first), and plan again`,
  );
}

/** Instance families that cannot encrypt their disks ("Supported instance types" in the developer guide). */
const WITHOUT_ENCRYPTION = /^(t2|m3|r3)\./;

function cannotEncrypt(domain: DomainStatus) {
  if (isBefore(domain, 6, 7)) return notInPlace(domain, 'encrypted at rest');
  const { InstanceType, DedicatedMasterType, WarmEnabled, ColdStorageOptions } = domain.ClusterConfig ?? {};
  const old = [InstanceType, DedicatedMasterType].find((type) => WITHOUT_ENCRYPTION.test(type ?? ''));
  if (old !== undefined)
    return byHand(
      `instances of type ${old} cannot encrypt their disks; move the domain to a newer type, and plan again`,
    );
  if (WarmEnabled || ColdStorageOptions?.Enabled)
    return byHand(
      'a domain with UltraWarm or cold storage takes no encryption. Move its warm and cold indexes to hot storage, switch both off, plan again, and switch them on afterwards',
    );
  return undefined;
}

/** The key that an operator chose, or nothing for the one that AWS keeps for the service. */
const ownKey = (key: string): string | undefined => (isAwsAlias(key) ? undefined : key);

const VOLUME_TYPES: readonly VolumeType[] = ['gp3', 'gp2'];
/** What one volume of type gp3 gives at least, and at most. */
const GP3_IOPS = { least: 3000, most: 16000 };

const isInstanceType = (type: string): type is OpenSearchPartitionInstanceType =>
  /^[a-z0-9]+\.[a-z0-9]+\.search$/.test(type);

/** Every subnet of the VPC that a domain is in. */
const subnets = readPages(
  'ec2',
  'DescribeSubnets',
  ({ domain: { VPCOptions } }) =>
    VPCOptions?.VPCId ? [{ Filters: [{ Name: 'vpc-id', Values: [VPCOptions.VPCId] }] }] : [],
  (out) => out.Subnets ?? [],
  nextToken,
  { needs: { domain } },
);

export const domainOptionRemediations = remediations(domainOptions, {
  156: edit(
    encryptionDocument,
    {
      mode: 'approve',
      impact: `${rebuilt}. It cannot be switched off again`,
      undo: 'none',
      reads: { domain },
    },
    (current, { domain }) => {
      const changing = whileChanging(domain);
      if (changing !== undefined) return changing;
      if (isBefore(domain, 6, 7)) return notInPlace(domain, 'encrypted between nodes');
      return { ...current, nodeToNode: { Enabled: true } };
    },
  ),
  285: edit(
    encryptionDocument,
    {
      mode: 'approve',
      impact: `${rebuilt}. Neither the encryption nor its key can be changed afterwards; while the key is disabled the domain is out of reach, and without it the data is lost`,
      undo: 'none',
      reads: { domain },
      parameters: {
        domainKeyArn: required(
          'Symmetric KMS key, in the region of the domain, that encrypts it at rest for good: one of yours closes 497 as well. Say alias/aws/es for the key that AWS keeps for the service.',
        ),
      },
      note: 'The key is asked for, although AWS has a default: once the domain is encrypted with it, 497 can only be met by a new domain.',
    },
    (current, { domain, parameters, ...at }) => {
      const refused = whileChanging(domain) ?? cannotEncrypt(domain);
      if (refused !== undefined) return refused;
      const key = ownKey(parameters.domainKeyArn);
      if (key === undefined) return { ...current, atRest: { Enabled: true } };
      const chosen = chosenKey('domainKeyArn', key, at);
      return 'byHand' in chosen ? chosen : { ...current, atRest: { Enabled: true, KmsKeyId: chosen.key } };
    },
  ),
  326: edit(
    endpointDocument,
    {
      mode: 'approve',
      impact: 'clients that use http:// are turned away at once. Usually the domain is not rebuilt for it',
      reads: { domain },
    },
    (current, { domain }) => whileChanging(domain) ?? { ...current, EnforceHTTPS: true },
  ),
  496: edit(
    volumesDocument,
    {
      mode: 'approve',
      impact:
        'usually done without a rebuild, but a second change within six hours means one. Size stays. Volumes with many provisioned operations a second may become slower: compare what they need first',
      undo: 'best-effort',
      reads: { domain },
      parameters: {
        domainVolumeType: optional('gp3, or gp2 where instances are too old for it.', 'gp3'),
      },
      note: 'gp3 is used, not gp2 as in the document: it is cheaper, and keeps the operations a second that were provisioned.',
    },
    (current, { domain, parameters }) => {
      const changing = whileChanging(domain);
      if (changing !== undefined) return changing;
      const VolumeType = VOLUME_TYPES.find((one) => one === parameters.domainVolumeType);
      if (VolumeType === undefined)
        return byHand(`domainVolumeType is "${parameters.domainVolumeType}"; set it to gp3 or gp2`);
      const { EBSEnabled, VolumeSize, Iops } = current;
      const kept = { EBSEnabled, VolumeType, ...(VolumeSize === undefined ? {} : { VolumeSize }) };
      if (Iops === undefined || VolumeType === 'gp2') return kept;
      if (Iops > GP3_IOPS.most)
        return byHand(
          `${Iops} operations a second are provisioned, and gp3 gives ${GP3_IOPS.most}; look at what the domain needs, and choose more nodes or a smaller number`,
        );
      return { ...kept, Iops: Math.max(Iops, GP3_IOPS.least) };
    },
  ),
  498: edit(
    clusterDocument,
    {
      mode: 'approve',
      impact: `${rebuilt}. The number of data nodes is rounded up so that every zone has as many: from one node to two doubles the bill for good. Indexes without replicas gain nothing`,
      undo: 'best-effort',
      reads: { domain, subnets },
      parameters: {
        domainZones: optional('Number of zones, 2 or 3.', '2'),
        domainSubnetIds: optional(
          'Subnets, separated by commas, that domains in a VPC may be extended into. Of those in its VPC the first in each zone that it is not in yet is taken. Domains without a VPC need none.',
          '',
        ),
      },
      note: "The document forgets domains in a VPC, which need a subnet for each zone in the same call: the domain's own stay, and others are added. Nodes are only ever added.",
    },
    ({ nodes, vpc }, { domain, subnets, parameters }) => {
      const changing = whileChanging(domain);
      if (changing !== undefined) return changing;
      const zones = Number(parameters.domainZones);
      if (zones !== 2 && zones !== 3) return byHand(`domainZones is "${parameters.domainZones}"; set it to 2 or 3`);
      const spread = {
        ...nodes,
        InstanceCount: Math.ceil((nodes.InstanceCount ?? 1) / zones) * zones,
        ZoneAwarenessEnabled: true,
        ZoneAwarenessConfig: { AvailabilityZoneCount: zones },
      };
      if (vpc === undefined) return { nodes: spread, vpc };
      const taken = [...vpc.SubnetIds];
      const zoneOf = (id: string) => subnets.find(({ SubnetId }) => SubnetId === id)?.AvailabilityZone;
      const zonesTaken = new Set(taken.map(zoneOf));
      for (const id of parameters.domainSubnetIds.split(',').map((one) => one.trim())) {
        const zone = zoneOf(id);
        if (taken.length >= zones || zone === undefined || zonesTaken.has(zone)) continue;
        taken.push(id);
        zonesTaken.add(zone);
      }
      if (taken.length !== zones)
        return byHand(
          `the domain is in ${vpc.SubnetIds.join(', ')} of ${domain.VPCOptions?.VPCId}, and ${zones} zones need ${zones} subnets there, each in a zone of its own; name them in domainSubnetIds, with free addresses for its nodes`,
        );
      return { nodes: spread, vpc: { ...vpc, SubnetIds: taken } };
    },
  ),
  499: edit(
    cognitoDocument,
    {
      mode: 'approve',
      impact:
        'people log in to the Dashboards through Cognito from then on: whoever is not in the user pool stays out. The domain is rebuilt for it, with more load for some hours',
      reads: { domain },
      parameters: {
        cognitoUserPoolId: required(
          'User pool, in the region of the domain and with a domain name for its login pages.',
        ),
        cognitoIdentityPoolId: required(
          "Identity pool, in the region of the domain. The access policy of the domain must let the role of its users in, and with fine-grained access control that role needs a mapping in the cluster's security plugin.",
        ),
        cognitoRoleArn: required(
          'Role for OpenSearch Service with AmazonOpenSearchServiceCognitoAccess, trusted by opensearchservice.amazonaws.com.',
        ),
      },
      note: 'Undoing switches Cognito off: the access policy then decides alone. The REST API is not protected by it.',
    },
    (_, { domain, parameters, region, partition }) => {
      const changing = whileChanging(domain);
      if (changing !== undefined) return changing;
      const other = otherLogin(domain);
      if (other !== undefined)
        return byHand(
          `people log in by ${other}, and the Dashboards know one way only. Accept it with an exemption, or switch it off first`,
        );
      const { cognitoUserPoolId: UserPoolId, cognitoIdentityPoolId: IdentityPoolId, cognitoRoleArn } = parameters;
      if (!UserPoolId.startsWith(`${region}_`))
        return byHand(`cognitoUserPoolId is "${UserPoolId}", which is no user pool of ${region}; set it to one`);
      if (!IdentityPoolId.startsWith(`${region}:`))
        return byHand(`cognitoIdentityPoolId is "${IdentityPoolId}", no identity pool of ${region}; set it to one`);
      if (!cognitoRoleArn.startsWith(`arn:${partition}:iam::`) || !cognitoRoleArn.includes(':role/'))
        return byHand(`cognitoRoleArn is "${cognitoRoleArn}", which is no role; set it to the ARN of one`);
      return { Enabled: true, UserPoolId, IdentityPoolId, RoleArn: cognitoRoleArn };
    },
  ),
  500: edit(
    clusterDocument,
    {
      mode: 'approve',
      impact: `${rebuilt}. The masters are billed for good. Masters that are too small make the cluster unstable: size them by nodes and shards`,
      reads: { domain },
      parameters: {
        masterInstanceType: required(
          'Instance type of dedicated masters, such as m7g.large.search; it must be offered in the region and for the engine.',
        ),
        masterCount: optional('Number of dedicated masters, 3 or 5.', '3'),
      },
    },
    ({ nodes, ...rest }, { domain, parameters }) => {
      const changing = whileChanging(domain);
      if (changing !== undefined) return changing;
      const { masterInstanceType: DedicatedMasterType, masterCount } = parameters;
      if (!isInstanceType(DedicatedMasterType))
        return byHand(`masterInstanceType is "${DedicatedMasterType}"; set it to one such as m7g.large.search`);
      if (masterCount !== '3' && masterCount !== '5')
        return byHand(`masterCount is "${masterCount}"; set it to 3 or 5`);
      const masters = { DedicatedMasterEnabled: true, DedicatedMasterType, DedicatedMasterCount: Number(masterCount) };
      return { ...rest, nodes: { ...nodes, ...masters } };
    },
  ),
});
