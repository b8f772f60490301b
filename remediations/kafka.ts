import { clusters, inTransit, logging } from '../detectors/kafka.ts';
import { byHand, call, remediations, required, steps, until } from '../src/control.ts';

const NO_WAY_BACK =
  'AWS takes a change only with the version that the cluster has just then, and gives it a new one when the change is over: to go back, plan anew.';

const busy = (state: string | undefined) =>
  byHand(
    `the cluster is ${state?.toLowerCase() ?? 'in an unknown state'}, and takes changes only when it is active: plan again then`,
  );

type Info = { readonly info: { readonly BrokerLogs: object } };

/** Where brokers log to, with a log group added: what is sent replaces all destinations. */
const withGroup = ({ info }: Info, LogGroup: string) => ({
  ...info,
  BrokerLogs: { ...info.BrokerLogs, CloudWatchLogs: { Enabled: true, LogGroup } },
});

export const clusterRemediations = remediations(clusters, {
  323: steps(
    {
      mode: 'approve',
      impact:
        'none for clients; the cluster is updating for some minutes and takes no other change meanwhile. What brokers log is billed',
      undo: 'none',
      reads: { logging },
      parameters: {
        brokerLogGroup: required('Log group, in the region of the clusters, that receives the logs of Kafka brokers.'),
      },
      note: `Destinations that are named already, if switched off, are sent along. ${NO_WAY_BACK}`,
    },
    ({ step }) => [
      step(
        'log',
        // The monitoring that is not sent stays.
        call('kafka', 'UpdateMonitoring', ({ id, logging, parameters }) => ({
          ClusterArn: id,
          CurrentVersion: logging.version,
          LoggingInfo: withGroup(logging, parameters.brokerLogGroup),
        })),
        {
          repeat: 'safe',
          until: until(
            logging,
            ({ state, info }) =>
              state === 'FAILED' || (state === 'ACTIVE' && info.BrokerLogs.CloudWatchLogs?.Enabled === true),
          ),
        },
      ),
    ],
    ({ logging, parameters }) =>
      logging.state === 'ACTIVE'
        ? { logging: { ...logging, info: withGroup(logging, parameters.brokerLogGroup) } }
        : busy(logging.state),
  ),

  324: steps(
    {
      mode: 'approve',
      impact:
        'clients that still use port 9092 are cut off, and brokers restart one after the other, for some ten minutes each: make sure first that all use 9094, 9096 or 9098, and that no topic has a single replica',
      undo: 'none',
      reads: { inTransit },
      note: `A cluster that speaks plain text only is not switched at once, which would cut off every client. The restart is watched for half an hour; with more than three brokers it may take longer, and the next sweep closes the finding. ${NO_WAY_BACK}`,
    },
    ({ step }) => [
      step(
        'close-plain-port',
        // Authentication that is not sent stays, and encryption between brokers must not be sent.
        call('kafka', 'UpdateSecurity', ({ id, inTransit }) => ({
          ClusterArn: id,
          CurrentVersion: inTransit.version,
          EncryptionInfo: { EncryptionInTransit: { ClientBroker: 'TLS' as const } },
        })),
        {
          repeat: 'safe',
          until: until(
            inTransit,
            ({ state, clients }) => state === 'FAILED' || (state === 'ACTIVE' && clients === 'TLS'),
          ),
        },
      ),
    ],
    ({ inTransit, id, region }) => {
      if (!inTransit.inCluster)
        return byHand(
          `encryption between the brokers of ${id} is fixed: make a new cluster with it, copy topics and offsets with MSK Replicator or MirrorMaker 2, move consumers, then producers, and delete this one last`,
        );
      if (inTransit.state !== 'ACTIVE') return busy(inTransit.state);
      if (inTransit.clients === 'PLAINTEXT')
        return byHand(
          `all clients of ${id} talk in plain text, and would be cut off. Open TLS next to it, for which brokers restart one by one: aws kafka update-security --cluster-arn ${id} --current-version ${inTransit.version} --encryption-info 'EncryptionInTransit={ClientBroker=TLS_PLAINTEXT}' --region ${region}; wait until describe-cluster-v2 says ACTIVE, let security groups admit port 9094, and move every client to the TLS bootstrap brokers (aws kafka get-bootstrap-brokers --cluster-arn ${id} --region ${region}). When VPC flow logs of the brokers show nobody on port 9092 any more, for as long as the rarest job takes to come round, plan again`,
        );
      return { inTransit: { ...inTransit, clients: 'TLS' as const } };
    },
  ),
});
