import { describe, expect, it } from 'vitest';
import { type Answers, callsOf, planFor } from '../controls.ts';
import { expectInOrder, runbookOf } from '../runbook.ts';

const ID = 'b-1';
const broker = (more: object = {}): Answers => ({
  'mq:DescribeBroker': {
    ...{ BrokerId: ID, BrokerName: 'orders', BrokerState: 'RUNNING', EngineType: 'ActiveMQ', EngineVersion: '5.18' },
    ...{ HostInstanceType: 'mq.m5.large', DeploymentMode: 'SINGLE_INSTANCE', StorageType: 'EBS' },
    ...{ PubliclyAccessible: true, SecurityGroups: ['sg-1'], SubnetIds: ['subnet-1'], Tags: { team: 'shop' } },
    ...{ Users: [{ Username: 'shop' }], EncryptionOptions: { UseAwsOwnedKey: true } },
    Configurations: { Current: { Id: 'c-1', Revision: 3 } },
    ...more,
  },
});
const update = (more: object) => ['mq:UpdateBroker', { BrokerId: ID, ...more }];

describe('303', () => {
  it('switches both logs on, and reboots nothing', async () => {
    const plan = await planFor(303, ID, broker({ Logs: { General: true, Audit: false } }));
    expect(plan.mode).toBe('approve');
    expect(callsOf(plan)).toEqual({
      steps: [update({ Logs: { General: true, Audit: true } })],
      undo: [update({ Logs: { General: true, Audit: false } })],
    });
  });

  it('sends no audit log to RabbitMQ', async () => {
    const plan = await planFor(303, ID, broker({ EngineType: 'RabbitMQ' }));
    expect(callsOf(plan)).toEqual({
      steps: [update({ Logs: { General: true } })],
      undo: [update({ Logs: { General: false } })],
    });
  });

  it('waits for a broker that does not run', async () => {
    const plan = await planFor(303, ID, broker({ BrokerState: 'REBOOT_IN_PROGRESS' }));
    expect(plan).toMatchObject({ mode: 'guided', steps: [] });
    expect(plan.guide[0]?.text).toContain('REBOOT_IN_PROGRESS');
  });
});

it('491 changes the one switch by itself', async () => {
  const plan = await planFor(491, ID, broker({ AutoMinorVersionUpgrade: false }));
  expect(plan.mode).toBe('auto');
  expect(callsOf(plan)).toEqual({
    steps: [update({ AutoMinorVersionUpgrade: true })],
    undo: [update({ AutoMinorVersionUpgrade: false })],
  });
});

it('491 waits for a broker that does not run', async () => {
  const plan = await planFor(491, ID, broker({ AutoMinorVersionUpgrade: false, BrokerState: 'REBOOT_IN_PROGRESS' }));
  expect(plan).toMatchObject({ mode: 'guided', steps: [] });
});

describe('315, 492', () => {
  const made = (text: string) => JSON.parse(/\{"BrokerName".*\}/.exec(text)?.[0] ?? '{}');

  it('315 narrows first, makes a private twin, and deletes last', async () => {
    const text = await runbookOf(315, ID, broker());
    expectInOrder(
      text,
      ...['orders', 'users: shop', 'describe-broker', 'sg-1', '0.0.0.0/0', 'umask 077', 'create-broker'],
      ...['at zero', 'To go back', 'delete-broker'],
    );
    expect(made(text)).toMatchObject({
      ...{ EngineType: 'ACTIVEMQ', PubliclyAccessible: false, DeploymentMode: 'SINGLE_INSTANCE', StorageType: 'EBS' },
      ...{ Configuration: { Id: 'c-1', Revision: 3 }, Tags: { team: 'shop' }, SecurityGroups: ['sg-1'] },
    });
    expect(text).not.toMatch(/--users|--password/);
  });

  it('315 knows that RabbitMQ keeps its definitions to itself', async () => {
    const text = await runbookOf(315, ID, broker({ EngineType: 'RabbitMQ', SecurityGroups: [] }));
    expectInOrder(text, 'has no security group', 'export the definitions', 'Federation');
    expect(made(text)).toMatchObject({ Logs: { General: true }, SecurityGroups: ['<security-group-id>'] });
    expect(made(text)).not.toHaveProperty('StorageType');
  });

  it('492 makes a private pair on EFS, and tries the change of hands', async () => {
    const text = await runbookOf(492, ID, broker());
    expectInOrder(text, 'EBS, which has no standby', 'create-broker', 'failover:(', 'delete-broker');
    expect(made(text)).toMatchObject({
      ...{ DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ', StorageType: 'EFS', PubliclyAccessible: false },
      SubnetIds: ['<private-subnet-1>', '<private-subnet-2>'],
    });
  });
});
