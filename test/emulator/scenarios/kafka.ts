import { DescribeClusterV2Command, UpdateMonitoringCommand, UpdateSecurityCommand } from '@aws-sdk/client-kafka';
import { ACCOUNT, type Aws, REGION } from '../clients.ts';
import { event } from '../event.ts';
import { scenario } from '../scenario.ts';

const ClusterArn = `arn:aws:kafka:${REGION}:${ACCOUNT}:cluster/orders/0a1b2c3d-1`;
const change = { ClusterArn, CurrentVersion: 'K1' };

const lacking = (control: number, name: string, ask: (aws: Aws) => Promise<unknown>) =>
  scenario({
    control,
    lacks: { operation: `kafka:${name}`, ask },
    arrange: async () => ({
      id: ClusterArn,
      event: event(`kafka:${name}`, { clusterArn: encodeURIComponent(ClusterArn) }),
    }),
    state: async ({ kafka }, id) => {
      const { ClusterInfo } = await kafka.send(new DescribeClusterV2Command({ ClusterArn: id }));
      return ClusterInfo?.Provisioned;
    },
    expected: (before) => before,
  });

export const kafka = [
  lacking(323, 'UpdateMonitoring', ({ kafka }) => kafka.send(new UpdateMonitoringCommand(change))),
  lacking(324, 'UpdateSecurity', ({ kafka }) => kafka.send(new UpdateSecurityCommand(change))),
];
