import type { Cluster, ClusterState } from '@aws-sdk/client-emr';
import {
  derive,
  detector,
  detectors,
  fail,
  ids,
  missing,
  pass,
  place,
  placeIn,
  type Reads,
  read,
  readEach,
  readPages,
  regionSettings,
  resource,
  skip,
  tagsFrom,
  type Verdict,
} from '../src/control.ts';

/** A cluster, without the passwords of Kerberos that AWS may answer with: nobody here needs them. */
export const cluster = read(
  'emr',
  'DescribeCluster',
  ({ id }) => ({ ClusterId: id }),
  ({ Cluster }) => {
    if (Cluster === undefined) return missing;
    const { KerberosAttributes: kerberos, ...rest } = Cluster;
    return { ...rest, kerberos: kerberos && { realm: kerberos.Realm } };
  },
);

/** Whether calls that would end the cluster are refused. */
export const isProtected = derive({ cluster }, ({ cluster }) => cluster.TerminationProtected === true);

const described = readEach(
  'emr',
  'DescribeSecurityConfiguration',
  ({ cluster: { SecurityConfiguration: Name } }) => (Name ? [{ Name }] : []),
  (out) => out.SecurityConfiguration,
  { needs: { cluster }, absent: ['InvalidRequestException'] },
);

/** The parts of a security configuration that controls ask for. */
export interface SecurityConfiguration {
  readonly EncryptionConfiguration?: {
    readonly EnableInTransitEncryption?: boolean;
    readonly EnableAtRestEncryption?: boolean;
    readonly InTransitEncryptionConfiguration?: {
      readonly TLSCertificateConfiguration?: { readonly CertificateProviderType?: string };
    };
    readonly AtRestEncryptionConfiguration?: {
      readonly S3EncryptionConfiguration?: { readonly EncryptionMode?: string };
    };
  };
  readonly AuthenticationConfiguration?: { readonly KerberosConfiguration?: object };
}

/** What a cluster's security configuration says, which AWS keeps as text; nothing where there is none, or none any more. */
export const security = derive({ described }, ({ described: [text] }): SecurityConfiguration | undefined =>
  text ? JSON.parse(text) : undefined,
);

/** Who may open clusters to the internet, in this account and region. What AWS does not say is off. */
export const publicAccess = read(
  'emr',
  'GetBlockPublicAccessConfiguration',
  () => ({}),
  ({
    BlockPublicAccessConfiguration: { BlockPublicSecurityGroupRules, PermittedPublicSecurityGroupRuleRanges } = {
      BlockPublicSecurityGroupRules: false,
    },
  }) => ({
    BlockPublicSecurityGroupRules: BlockPublicSecurityGroupRules === true,
    PermittedPublicSecurityGroupRuleRanges: PermittedPublicSecurityGroupRuleRanges ?? [],
  }),
);

const launched = {
  'elasticmapreduce:RunJobFlow': ids('responseElements.jobFlowId'),
  // What a cluster lacks, only its end sets right.
  'elasticmapreduce:TerminateJobFlows': ids('requestParameters.jobFlowIds[]'),
};

const ALIVE: ClusterState[] = ['STARTING', 'BOOTSTRAPPING', 'RUNNING', 'WAITING'];

/** Ended clusters stay listed for two months; nothing can be set right about them. */
function ifAlive({ Status }: Pick<Cluster, 'Status'>, judge: () => Verdict): Verdict {
  const state = Status?.State ?? '';
  return state.startsWith('TERMINAT') ? skip(`the cluster has ended (${state.toLowerCase()})`) : judge();
}

/** A control of what the security configuration of a cluster says. */
function secured(
  title: string,
  criticality: 'HIGH' | 'MEDIUM',
  judge: (configuration: SecurityConfiguration) => Verdict,
  note: string,
) {
  const reads = { cluster, security } satisfies Reads;
  return detector({
    title,
    criticality,
    on: launched,
    reads,
    check: ({ cluster, security }) =>
      ifAlive(cluster, () => {
        const name = cluster.SecurityConfiguration;
        if (!name) return fail('the cluster has no security configuration');
        if (security === undefined)
          return fail(`its security configuration ${name} has been deleted, and AWS no longer tells what it said`);
        return judge(security);
      }),
    note: `Each running cluster is judged by its security configuration; one that no cluster uses is not. Neither can be changed. ${note}`,
  });
}

const providerOf = ({ EncryptionConfiguration: encryption }: SecurityConfiguration): string | undefined =>
  encryption?.EnableInTransitEncryption === true
    ? encryption.InTransitEncryptionConfiguration?.TLSCertificateConfiguration?.CertificateProviderType
    : undefined;

const NOT_IN_TRANSIT = 'data is not encrypted in transit';

export const clusters = detectors(
  resource('AWS::EMR::Cluster', {
    service: 'emr',
    arn: ({ partition, region, account, id }) => `arn:${partition}:elasticmapreduce:${region}:${account}:cluster/${id}`,
    list: readPages(
      'emr',
      'ListClusters',
      () => ({ ClusterStates: ALIVE }),
      (out) => (out.Clusters ?? []).flatMap(({ Id }) => Id ?? []),
      ({ Marker }) => (Marker ? { Marker } : undefined),
    ),
    gone: ['InvalidRequestException'],
    tags: derive({ cluster }, ({ cluster }) => tagsFrom(cluster.Tags)),
  }),
  {
    234: secured(
      'EMR cluster takes its TLS certificates from a provider of your own',
      'MEDIUM',
      (configuration) => {
        const provider = providerOf(configuration);
        if (provider === undefined) return fail(NOT_IN_TRANSIT);
        return provider === 'Custom' ? pass : fail(`its certificates come as ${provider}`);
      },
      "The document's sample leaves out the class of the provider, and switches encryption at rest on without saying how: AWS refuses it.",
    ),
    235: secured(
      'EMR cluster encrypts data in transit',
      'HIGH',
      (configuration) => (providerOf(configuration) === undefined ? fail(NOT_IN_TRANSIT) : pass),
      'Certificates in a ZIP file and from a provider of your own both pass.',
    ),
    237: {
      title: 'EMR cluster is protected against termination',
      criticality: 'HIGH',
      on: { ...launched, 'elasticmapreduce:SetTerminationProtection': ids('requestParameters.jobFlowIds[]') },
      reads: { cluster, isProtected },
      check: ({ cluster, isProtected }) =>
        ifAlive(cluster, () =>
          isProtected ? pass : fail('a single call would end the cluster, and its data in HDFS'),
        ),
      note: 'The console steps make a new cluster, but a running one can be protected. Clusters that end by themselves after their last step still do.',
    },
    342: {
      title: 'EMR cluster with Kerberos has a realm',
      criticality: 'MEDIUM',
      on: launched,
      reads: { cluster, security },
      check: ({ cluster, security }) =>
        ifAlive(cluster, () => {
          const isConfigured = security?.AuthenticationConfiguration?.KerberosConfiguration !== undefined;
          if (cluster.kerberos === undefined && !isConfigured) return skip('the cluster does not use Kerberos');
          return cluster.kerberos?.realm ? pass : fail('the cluster uses Kerberos without a realm');
        }),
      note: 'The text recommends Kerberos, the evaluation looks at clusters that use it already, and so does Redress. AWS launches none without a realm, so hardly any can fail.',
    },
    385: secured(
      'EMR cluster writes to S3 under KMS keys (SSE-KMS)',
      'HIGH',
      ({ EncryptionConfiguration: encryption }) => {
        const mode =
          encryption?.EnableAtRestEncryption === true
            ? encryption.AtRestEncryptionConfiguration?.S3EncryptionConfiguration?.EncryptionMode
            : undefined;
        if (mode === 'SSE-KMS') return pass;
        return fail(
          mode === undefined
            ? 'nothing says how objects in S3 are encrypted'
            : `objects in S3 are encrypted by ${mode}`,
        );
      },
      'Encryption on the client fails too, as the document has it. Exceptions for single buckets are not judged.',
    ),
    505: {
      title: 'EMR cluster has a security configuration',
      criticality: 'MEDIUM',
      on: launched,
      reads: { cluster },
      check: ({ cluster }) =>
        ifAlive(cluster, () => {
          if (cluster.SecurityConfiguration) return pass;
          // Security configurations came with release 4.8.0.
          if (/^emr-([0-3]|4\.[0-7])\./.test(cluster.ReleaseLabel ?? ''))
            return skip(`${cluster.ReleaseLabel} knows no security configurations`);
          return fail('the cluster has no security configuration');
        }),
      note: 'That there is one is all this asks; 234, 235 and 385 look at what it says. A cluster cannot be given one later.',
    },
    506: {
      title: 'EMR cluster writes its logs to S3',
      criticality: 'MEDIUM',
      on: launched,
      reads: { cluster },
      check: ({ cluster }) =>
        ifAlive(cluster, () =>
          /^s3n?:\/\/./.test(cluster.LogUri ?? '') ? pass : fail('its logs are lost with its machines'),
        ),
      note: 'Logs in CloudWatch do not count, as the document has it. A cluster cannot be given a place for logs later.',
    },
  },
);

export const publicAccessBlock = detectors(regionSettings('emr'), {
  273: {
    title: 'EMR launches no cluster that is open to the internet on any port',
    criticality: 'HIGH',
    on: {
      'elasticmapreduce:PutBlockPublicAccessConfiguration': place,
      'account:EnableRegion': placeIn('requestParameters.regionName'),
    },
    reads: { publicAccess },
    check: ({ publicAccess }) => {
      if (!publicAccess.BlockPublicSecurityGroupRules) return fail('clusters may be open to the internet');
      const ports = publicAccess.PermittedPublicSecurityGroupRuleRanges.map(({ MinRange, MaxRange = MinRange }) =>
        MinRange === MaxRange ? `${MinRange}` : `${MinRange}-${MaxRange}`,
      );
      return ports.length === 0 ? pass : fail(`clusters may be open to the internet on port ${ports.join(', ')}`);
    },
    note: "The heading allows no port; AWS's own default leaves 22 open, and fails. Regions that are not switched on cannot be set right and are not judged.",
  },
});
