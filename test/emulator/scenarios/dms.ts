import {
  CreateReplicationInstanceCommand,
  DescribeReplicationInstancesCommand,
  ModifyReplicationInstanceCommand,
} from '@aws-sdk/client-database-migration-service';
import { ACCOUNT, type Aws, REGION } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

const settings = { ReplicationInstanceIdentifier: 'shop', ReplicationInstanceClass: 'dms.r6i.large' };
const ARN = `arn:aws:dms:${REGION}:${ACCOUNT}:rep:6UTDJGBOUS3VI3SUWA66XFJCJQ`;

async function make({ dms }: Aws) {
  const { ReplicationInstance } = await dms.send(new CreateReplicationInstanceCommand(settings));
  const id = ReplicationInstance?.ReplicationInstanceArn ?? '';
  const responseElements = { replicationInstance: { replicationInstanceArn: id } };
  return { id, event: event('dms:CreateReplicationInstance', {}, { responseElements, by: terraform }) };
}

async function state({ dms }: Aws, id: string) {
  const Filters = [{ Name: 'replication-instance-arn', Values: [id] }];
  const { ReplicationInstances } = await dms.send(new DescribeReplicationInstancesCommand({ Filters }));
  return ReplicationInstances ?? [];
}

export const dms = [
  scenario({
    control: 329,
    kind: 'guide',
    lacks: {
      operation: 'dms:DescribeReplicationInstances with times as numbers',
      ask: async ({ dms }) => {
        await dms.send(new CreateReplicationInstanceCommand(settings)).catch(() => {});
        return dms.send(new DescribeReplicationInstancesCommand({}));
      },
      refusal: 'TypeError',
    },
    arrange: make,
    state,
    expected: (before) => before,
  }),
  ...(
    [
      [489, { MultiAZ: true }],
      [490, { AutoMinorVersionUpgrade: true }],
    ] as const
  ).map(([control, after]) =>
    scenario({
      control,
      lacks: {
        operation: 'dms:ModifyReplicationInstance',
        ask: ({ dms }) => dms.send(new ModifyReplicationInstanceCommand({ ReplicationInstanceArn: ARN, ...after })),
      },
      arrange: make,
      state,
      expected: (before) => before.map((one) => ({ ...one, ...after })),
    }),
  ),
];
