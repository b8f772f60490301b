import type { PortRange } from '@aws-sdk/client-emr';
import { cluster, clusters, isProtected, publicAccess, publicAccessBlock, security } from '../detectors/emr.ts';
import { call, document, edit, type GuideLine, guide, optional, remediations } from '../src/control.ts';

const protectionDocument = document(isProtected, {
  write: call('emr', 'SetTerminationProtection', ({ id }, TerminationProtected: boolean) => ({
    JobFlowIds: [id],
    TerminationProtected,
  })),
});

// The whole configuration is replaced.
const publicAccessDocument = document(publicAccess, {
  write: call('emr', 'PutBlockPublicAccessConfiguration', (_at, BlockPublicAccessConfiguration) => ({
    BlockPublicAccessConfiguration,
  })),
});

const NO_PORTS: PortRange[] = [];

const parameters = {
  emrKeyArn: optional('KMS key of yours for what EMR clusters write.', '<kms-key-arn>'),
  emrCertificates: optional(
    'Object in S3 with the TLS certificates (ZIP) or the provider (JAR) of EMR clusters.',
    's3://<bucket>/<certificates>',
  ),
  emrLogs: optional('Folder in S3 for the logs of EMR clusters.', 's3://<log-bucket>/emr/'),
};

/** What the new cluster must have that this one has not. */
interface Wanted {
  readonly what: string;
  /** Members for the security configuration, merged into what the old one says. */
  readonly security?: (chosen: { readonly [K in keyof typeof parameters]: string }) => object;
  readonly launch: (chosen: { readonly [K in keyof typeof parameters]: string }) => string;
  readonly more?: string;
}

/** A runbook for what is fixed when a cluster is launched: a twin takes over, and the old one goes last. */
const replaced = ({ what, security: wanted, launch, more }: Wanted) =>
  guide(
    {
      impact:
        'the cluster is replaced: what is in HDFS and on its disks, running steps and the step history go with the old one',
      reads: { cluster, security },
      parameters,
      note: 'AWS changes this on no running cluster. Making a security configuration or a second cluster alone leaves the finding as it is.',
    },
    ({ id, region, cluster, security, parameters }): GuideLine[] => {
      const name = cluster.Name ?? id;
      const applications = (cluster.Applications ?? []).map(({ Name, Version }) => `${Name} ${Version ?? ''}`.trim());
      const old = cluster.SecurityConfiguration;
      return [
        {
          text: `${id} is ${name} (${cluster.ReleaseLabel ?? 'release unknown'}; ${applications.join(', ') || 'no applications named'}; ${cluster.Status?.State?.toLowerCase() ?? 'state unknown'}). Its twin must have ${what}. Look at all findings of this cluster first: one new cluster closes 234, 235, 342, 385, 505 and 506 together.`,
        },
        ...(cluster.AutoTerminate
          ? [
              {
                text: 'It ends by itself after its last step: nothing has to be moved. Change what launches it (Step Functions, Airflow, CloudFormation, a script) as below, and let this run finish.',
              },
            ]
          : []),
        {
          text: `Save how it was made: aws emr describe-cluster --cluster-id ${id} --region ${region}; then the same with list-${cluster.InstanceCollectionType === 'INSTANCE_FLEET' ? 'instance-fleets' : 'instance-groups'}, list-bootstrap-actions, list-steps, get-auto-termination-policy and get-managed-scaling-policy. Keep the output: none of it can be asked for any more two months after the cluster has ended.`,
        },
        {
          text: `Save what is on it: on the primary node run hdfs dfs -du -h / and copy what is not in S3 (s3-dist-cp --src hdfs:///<folder> --dest s3://<bucket>/${id}/). Export a Hive metastore and notebooks that are kept locally. Compare sizes and counts afterwards.`,
        },
        ...(wanted === undefined
          ? []
          : [
              {
                text: `Write security.json: ${old && security ? `all that ${old} says (aws emr describe-security-configuration --name ${old}), keys, Kerberos, authorization and IMDS settings included, with this merged in` : 'this'}: ${JSON.stringify(wanted(parameters))}`,
              },
              {
                text: `Make it: aws emr create-security-configuration --name ${old ? `${old}-2` : `${name.replace(/[^A-Za-z0-9-]/g, '-')}-security`} --security-configuration file://security.json --region ${region}. It changes no cluster yet.`,
              },
            ]),
        ...(more ? [{ text: more }] : []),
        {
          text: `Launch the twin from what you saved, the same in everything (subnet, security groups, roles, applications, configurations, bootstrap actions, scaling, tags), with ${launch(parameters)}${old && wanted === undefined ? ` and --security-configuration ${old}` : ''}. Both are billed until the old one goes. If it fails while bootstrapping, read its reason, and change nothing on the old one.`,
        },
        {
          text: `Copy the data back, run one job of each kind on the twin, and compare results. Then point schedulers, DNS names and clients to it; let steps on ${id} finish, and watch that nothing new arrives for a day.`,
        },
        {
          text: `Only then end the old one. This cannot be undone: aws emr modify-cluster-attributes --cluster-id ${id} --no-termination-protected, and aws emr terminate-clusters --cluster-ids ${id} --region ${region}. Until then, going back means pointing clients to it again.`,
        },
        { text: 'So that the next one is right, change what launches clusters the same way.' },
      ];
    },
  );

const inTransit = (certificates: object) => ({
  EncryptionConfiguration: {
    EnableInTransitEncryption: true,
    InTransitEncryptionConfiguration: { TLSCertificateConfiguration: certificates },
  },
});
const bySecurity = () => '--security-configuration <the new one>';

export const clusterRemediations = remediations(clusters, {
  234: replaced({
    what: 'TLS certificates from a provider of your own',
    security: ({ emrCertificates: S3Object }) =>
      inTransit({ CertificateProviderType: 'Custom', S3Object, CertificateProviderClass: '<package.Class>' }),
    launch: bySecurity,
    more: 'Build the provider (a class that implements TLSArtifactsProvider) as a JAR, put it there, and let the instance profile read it. A class that cannot be loaded stops the cluster while it bootstraps.',
  }),
  235: replaced({
    what: 'encryption in transit',
    security: ({ emrCertificates: S3Object }) => inTransit({ CertificateProviderType: 'PEM', S3Object }),
    launch: bySecurity,
    more: 'The ZIP file holds privateKey.pem, certificateChain.pem and, if you like, trustedCertificates.pem at its top, for names such as *.ec2.internal of the subnet. The instance profile must be able to read it. To satisfy 234 as well, take a provider of your own instead.',
  }),
  237: edit(
    protectionDocument,
    {
      mode: 'auto',
      impact:
        'none for what runs; jobs that end the cluster themselves, and steps that end it when they fail, no longer can: it goes on being billed until somebody switches the protection off',
    },
    () => true,
  ),
  342: replaced({
    what: 'Kerberos with a realm',
    launch: () => '--kerberos-attributes Realm=<REALM>,KdcAdminPassword=<from your secret store>',
    more: 'Hardly any cluster can lack a realm: look at it in the console first, and exempt it if it is about to end. Never write the password of the KDC into a script or a ticket.',
  }),
  385: replaced({
    what: 'SSE-KMS for what it writes to S3',
    security: ({ emrKeyArn: AwsKmsKey }) => ({
      EncryptionConfiguration: {
        EnableAtRestEncryption: true,
        AtRestEncryptionConfiguration: { S3EncryptionConfiguration: { EncryptionMode: 'SSE-KMS', AwsKmsKey } },
      },
    }),
    launch: bySecurity,
    more: 'Give the instance profile kms:GenerateDataKey and kms:Decrypt on the key, and kms:Decrypt to all who read its output elsewhere. Keep a LocalDiskEncryptionConfiguration that the old one has. Objects that exist stay as they are.',
  }),
  505: replaced({
    what: 'a security configuration',
    security: ({ emrKeyArn: AwsKmsKey, emrCertificates: S3Object }) => ({
      EncryptionConfiguration: {
        ...inTransit({ CertificateProviderType: 'PEM', S3Object }).EncryptionConfiguration,
        EnableAtRestEncryption: true,
        AtRestEncryptionConfiguration: { S3EncryptionConfiguration: { EncryptionMode: 'SSE-KMS', AwsKmsKey } },
      },
    }),
    launch: bySecurity,
    more: 'Leave out what you cannot provide yet, such as certificates: a cluster whose certificates are missing does not start. The instance profile must be able to use the key and to read the certificates.',
  }),
  506: replaced({
    what: 'a place in S3 for its logs',
    launch: ({ emrLogs }) => `--log-uri ${emrLogs}`,
    more: 'The instance profile needs s3:PutObject there. Give the folder a lifecycle rule, and choose its key with --log-encryption-kms-key-id if the bucket asks for one.',
  }),
});

export const publicAccessBlockRemediations = remediations(publicAccessBlock, {
  273: edit(
    publicAccessDocument,
    {
      mode: 'approve',
      impact:
        'running clusters stay as they are; from now on no cluster starts in a public subnet with a group that lets the internet in, not even by SSH: scheduled ones that do will fail. The exceptions that go are shown above',
    },
    () => ({ BlockPublicSecurityGroupRules: true, PermittedPublicSecurityGroupRuleRanges: NO_PORTS }),
  ),
});
