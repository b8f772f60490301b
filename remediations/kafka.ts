import { clusters, inTransit, logging } from '../detectors/kafka.ts';
import { byHand, call, document, edit, remediations, required } from '../src/control.ts';

const NO_WAY_BACK =
  'AWS takes a change only with the version that the cluster has just then, and gives it a new one when the change is over: to go back, plan anew.';

const busy = (state: string | undefined) =>
  byHand(`the cluster is ${state?.toLowerCase() ?? 'in an unknown state'}: changes are taken when it is active`);

// What is sent replaces all destinations; the monitoring that is not sent stays.
const loggingDocument = document(logging, {
  write: call('kafka', 'UpdateMonitoring', ({ id }, { version, info }) => ({
    ClusterArn: id,
    CurrentVersion: version,
    LoggingInfo: info,
  })),
});

// Authentication that is not sent stays, and encryption between brokers must not be sent.
const inTransitDocument = document(inTransit, {
  write: call('kafka', 'UpdateSecurity', ({ id }, { version, clients }) => ({
    ClusterArn: id,
    CurrentVersion: version,
    EncryptionInfo: { EncryptionInTransit: { ClientBroker: clients } },
  })),
});

export const clusterRemediations = remediations(clusters, {
  323: edit(
    loggingDocument,
    {
      mode: 'approve',
      impact:
        'none for clients; the cluster is updating for some minutes and takes no other change meanwhile. What brokers log is billed',
      undo: 'none',
      parameters: {
        brokerLogGroup: required('Log group, in the region of the clusters, that receives the logs of Kafka brokers.'),
      },
      note: `Destinations that are named already, if switched off, are sent along. ${NO_WAY_BACK}`,
    },
    (current, { parameters: { brokerLogGroup } }) => {
      if (current.state !== 'ACTIVE') return busy(current.state);
      const { info } = current;
      const CloudWatchLogs = { Enabled: true, LogGroup: brokerLogGroup };
      return { ...current, info: { ...info, BrokerLogs: { ...info.BrokerLogs, CloudWatchLogs } } };
    },
  ),

  324: edit(
    inTransitDocument,
    {
      mode: 'approve',
      impact:
        'clients that still use port 9092 are cut off, and brokers restart one after the other: make sure first that all use 9094, 9096 or 9098',
      undo: 'none',
      note: `A cluster that speaks plain text only is not switched at once, which would cut off every client. ${NO_WAY_BACK}`,
    },
    (current, { id }) => {
      if (!current.inCluster)
        return byHand(
          `encryption between the brokers of ${id} is fixed: make a new cluster with it, copy topics and offsets with MSK Replicator or MirrorMaker 2, move consumers, then producers, and delete this one last`,
        );
      if (current.clients === 'PLAINTEXT')
        return byHand(
          `all clients of ${id} talk in plain text, and would be cut off. Open TLS next to it: aws kafka update-security --cluster-arn ${id} --current-version ${current.version} --encryption-info 'EncryptionInTransit={ClientBroker=TLS_PLAINTEXT}'; let security groups admit port 9094, move every client to the TLS bootstrap brokers (aws kafka get-bootstrap-brokers --cluster-arn ${id}), watch ClientConnectionCount until none is left on 9092, and plan again`,
        );
      if (current.state !== 'ACTIVE') return busy(current.state);
      return { ...current, clients: 'TLS' };
    },
  ),
});
