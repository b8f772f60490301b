import type { Cluster } from '@aws-sdk/client-kafka';
import {
  derive,
  detectors,
  fail,
  idsAs,
  missing,
  pass,
  read,
  readPages,
  resource,
  skip,
  type Verdict,
} from '../src/control.ts';

/** The parts of a cluster that can be written to JSON: its times are left out. */
export const cluster = read(
  'kafka',
  'DescribeClusterV2',
  ({ id }) => ({ ClusterArn: id }),
  ({ ClusterInfo }) => {
    if (ClusterInfo === undefined) return missing;
    const { CreationTime: _, ...info }: Cluster = ClusterInfo;
    return info;
  },
);

/** Where the brokers write their logs, with the version of the cluster that a change must name. */
export const logging = derive({ cluster }, ({ cluster }) => ({
  version: cluster.CurrentVersion,
  state: cluster.State,
  info: { BrokerLogs: {}, ...cluster.Provisioned?.LoggingInfo },
}));

/** How clients and brokers talk to the brokers, with the version of the cluster that a change must name. */
export const inTransit = derive({ cluster }, ({ cluster }) => {
  const { ClientBroker, InCluster } = cluster.Provisioned?.EncryptionInfo?.EncryptionInTransit ?? {};
  // Of a cluster that was made without saying anything AWS shows nothing: TLS is its default for both.
  return {
    version: cluster.CurrentVersion,
    state: cluster.State,
    clients: ClientBroker ?? 'TLS',
    inCluster: InCluster ?? true,
  };
});

/** The ARN stands in the path of the request, encoded as in a URL. */
const clusterArn = idsAs(
  (id) => (/%[0-9A-Fa-f]{2}/.test(id) ? decodeURIComponent(id) : id),
  'requestParameters.clusterArn',
  'responseElements.clusterArn',
);
const created = {
  'kafka:CreateCluster': clusterArn,
  'kafka:CreateClusterV2': clusterArn,
  'kafka:DeleteCluster': clusterArn,
};

/** Judges a cluster with brokers of its own, also while it is made, and says why another is not. */
function ifProvisioned(
  { ClusterType, State }: { ClusterType?: string; State?: string },
  judge: () => Verdict,
): Verdict {
  if (ClusterType === 'SERVERLESS') return skip('the cluster is serverless: AWS sees to its brokers');
  if (State === 'DELETING' || State === 'FAILED') return skip(`the cluster is ${State.toLowerCase()}`);
  return judge();
}

export const clusters = detectors(
  resource('AWS::MSK::Cluster', {
    service: 'kafka',
    arn: ({ id }) => id,
    list: readPages(
      'kafka',
      'ListClustersV2',
      () => ({}),
      (out) => (out.ClusterInfoList ?? []).flatMap(({ ClusterArn }) => ClusterArn ?? []),
      ({ NextToken }) => (NextToken ? { NextToken } : undefined),
    ),
    gone: ['NotFoundException'],
    tags: read(
      'kafka',
      'ListTagsForResource',
      ({ id }) => ({ ResourceArn: id }),
      (out) => out.Tags ?? {},
    ),
  }),
  {
    323: {
      title: 'Kafka cluster delivers the logs of its brokers',
      criticality: 'HIGH',
      on: { ...created, 'kafka:UpdateMonitoring': clusterArn },
      reads: { cluster, logging },
      check: ({ cluster, logging }) =>
        ifProvisioned(cluster, () => {
          const { CloudWatchLogs, Firehose, S3 } = logging.info.BrokerLogs;
          return CloudWatchLogs?.Enabled || Firehose?.Enabled || S3?.Enabled
            ? pass
            : fail('the brokers log to nowhere');
        }),
      note: 'The text is about calls of the API, which CloudTrail records anyway; the evaluation about logs of brokers, which are judged. Serverless clusters have none. A cluster that is still being made is judged too, because nothing announces its end.',
    },
    324: {
      title: 'Kafka cluster takes clients by TLS only, and brokers talk by TLS',
      criticality: 'HIGH',
      on: { ...created, 'kafka:UpdateSecurity': clusterArn },
      reads: { cluster, inTransit },
      check: ({ cluster, inTransit }) =>
        ifProvisioned(cluster, () => {
          if (!inTransit.inCluster) return fail('brokers talk to each other in plain text');
          if (inTransit.clients === 'TLS') return pass;
          return fail(
            inTransit.clients === 'PLAINTEXT' ? 'clients talk in plain text' : 'clients may talk in plain text',
          );
        }),
      note: 'At rest Kafka clusters are always encrypted, so that half of the heading cannot fail. Encryption between brokers is fixed when a cluster is made, whatever the console steps say.',
    },
  },
);
