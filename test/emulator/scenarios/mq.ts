import { CreateBrokerCommand, type CreateBrokerCommandInput, DescribeBrokerCommand } from '@aws-sdk/client-mq';
import type { Aws } from '../clients.ts';
import { event, terraform } from '../event.ts';
import { scenario } from '../scenario.ts';

/** A broker with a user, a group, a window and a tag. */
async function makeBroker({ mq }: Aws, input: Partial<CreateBrokerCommandInput> = {}) {
  const { BrokerId = '' } = await mq.send(
    new CreateBrokerCommand({
      ...{ BrokerName: 'orders', EngineType: 'ACTIVEMQ', EngineVersion: '5.17.6', HostInstanceType: 'mq.m5.large' },
      ...{ DeploymentMode: 'SINGLE_INSTANCE', PubliclyAccessible: false, AutoMinorVersionUpgrade: true },
      ...{ SecurityGroups: ['sg-0123456789abcdef0'], Tags: { team: 'shop' } },
      MaintenanceWindowStartTime: { DayOfWeek: 'MONDAY', TimeOfDay: '02:00', TimeZone: 'UTC' },
      Users: [{ Username: 'shop', Password: 'Passw0rd-Passw0rd' }],
      ...input,
    }),
  );
  const responseElements = { brokerId: BrokerId };
  const created = event('amazonmq:CreateBroker', { brokerName: 'orders' }, { responseElements, by: terraform });
  return { id: BrokerId, event: created };
}

async function state({ mq }: Aws, BrokerId: string) {
  const { $metadata: _, Created: __, ...described } = await mq.send(new DescribeBrokerCommand({ BrokerId }));
  return described;
}

export const mq = [
  ...[
    { variant: 'ActiveMQ', input: {}, logs: { General: true, Audit: true } },
    {
      variant: 'RabbitMQ',
      input: { EngineType: 'RABBITMQ' as const, EngineVersion: '3.11.28' },
      logs: { General: true },
    },
  ].map(({ variant, input, logs }) =>
    scenario({
      control: 303,
      variant,
      arrange: (aws) => makeBroker(aws, input),
      state,
      expected: (before) => ({ ...before, Logs: { ...before.Logs, GeneralLogGroup: undefined, ...logs } }),
    }),
  ),
  scenario({
    control: 491,
    arrange: (aws) => makeBroker(aws, { AutoMinorVersionUpgrade: false }),
    state,
    expected: (before) => ({ ...before, AutoMinorVersionUpgrade: true }),
  }),
  scenario({
    ...{ control: 315, kind: 'guide' as const },
    arrange: (aws) => makeBroker(aws, { PubliclyAccessible: true }),
    state,
    expected: (before) => before,
  }),
  scenario({ control: 492, kind: 'guide', arrange: (aws) => makeBroker(aws), state, expected: (before) => before }),
];
