import { describe, expect, it } from 'vitest';
import { isInWindow } from '../../remediations/maintenance-window.ts';
import { ACCOUNT, type Answers, callsOf, NOW, planFor } from '../controls.ts';
import { expectInOrder, runbookOf } from '../runbook.ts';

const arnOf = (kind: string, name: string) => `arn:aws:dms:eu-west-1:${ACCOUNT}:${kind}:${name}`;
const ARN = arnOf('rep', 'OLD');
const subnet = (Name: string) => ({ SubnetAvailabilityZone: { Name } });
const instance = (more: object = {}): Answers => ({
  'dms:DescribeReplicationInstances': {
    ReplicationInstances: [
      {
        ...{
          ReplicationInstanceArn: ARN,
          ReplicationInstanceIdentifier: 'shop',
          ReplicationInstanceStatus: 'available',
        },
        ...{ ReplicationInstanceClass: 'dms.r6i.large', AllocatedStorage: 200, EngineVersion: '3.5.4' },
        ...{ MultiAZ: false, AvailabilityZone: 'eu-west-1a', AutoMinorVersionUpgrade: false, PubliclyAccessible: true },
        ...{ PreferredMaintenanceWindow: 'sun:06:00-sun:06:30', KmsKeyId: 'key-1', NetworkType: 'IPV4' },
        VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-1', Status: 'active' }],
        ReplicationInstancePublicIpAddresses: ['203.0.113.7'],
        ReplicationSubnetGroup: {
          ...{ ReplicationSubnetGroupIdentifier: 'subnets', VpcId: 'vpc-1' },
          Subnets: [subnet('eu-west-1a'), subnet('eu-west-1b')],
        },
        PendingModifiedValues: {},
        ...more,
      },
    ],
  },
});
const modify = (more: object) => ['dms:ModifyReplicationInstance', { ReplicationInstanceArn: ARN, ...more }];
async function byPerson(control: number, more: object): Promise<string> {
  const plan = await planFor(control, ARN, instance(more));
  expect(plan).toMatchObject({ mode: 'guided', steps: [] });
  return plan.guide[0]?.text ?? '';
}

describe('489', () => {
  it('makes a standby at once, and takes it away again', async () => {
    const plan = await planFor(489, ARN, instance());
    expect(plan).toMatchObject({ mode: 'approve', undo: { class: 'exact' } });
    expect(callsOf(plan)).toEqual({
      steps: [modify({ MultiAZ: true, ApplyImmediately: true })],
      undo: [modify({ MultiAZ: false, ApplyImmediately: true })],
    });
    expect(plan.after).toMatchObject({ standby: { multiAz: true } });
  });

  it.each([
    ['its class', { ReplicationInstanceClass: 'dms.r6i.xlarge' }],
    ['its storage', { AllocatedStorage: 400 }],
    ['its engine', { EngineVersion: '3.6.1' }],
    ['its network type', { NetworkType: 'DUAL' }],
    ['an end of its standby', { MultiAZ: false }],
  ])('leaves an instance alone that waits for %s', async (_, PendingModifiedValues) => {
    const text = await byPerson(489, { PendingModifiedValues });
    expectInOrder(text, 'sun:06:00-sun:06:30', Object.keys(PendingModifiedValues).join(), 'would happen at once');
  });

  it.each(['modifying', 'upgrading', 'storage-full'])('leaves an instance alone that is %s', async (status) => {
    expect(await byPerson(489, { ReplicationInstanceStatus: status })).toContain(`is ${status}`);
  });

  it('needs a second zone', async () => {
    const group = { ReplicationSubnetGroupIdentifier: 'subnets', Subnets: [subnet('eu-west-1a')] };
    expect(await byPerson(489, { ReplicationSubnetGroup: group })).toContain('subnets are in eu-west-1a');
  });
});

describe('490', () => {
  it('changes the one switch by itself, and nothing that waits', async () => {
    const plan = await planFor(490, ARN, instance({ PendingModifiedValues: { EngineVersion: '3.6.1' } }));
    expect(plan).toMatchObject({ mode: 'auto', undo: { class: 'exact' } });
    expect(callsOf(plan)).toEqual({
      steps: [modify({ AutoMinorVersionUpgrade: true })],
      undo: [modify({ AutoMinorVersionUpgrade: false })],
    });
  });

  it('waits while the instance is changing', async () => {
    expect(await byPerson(490, { ReplicationInstanceStatus: 'modifying' })).toContain('is modifying');
  });

  it('waits for the end of the maintenance window', async () => {
    expect(NOW.toISOString()).toBe('2026-06-30T12:00:00.000Z');
    expect(await byPerson(490, { PreferredMaintenanceWindow: 'tue:11:45-tue:12:15' })).toContain('is now or soon');
    expect(await byPerson(490, { PreferredMaintenanceWindow: 'tue:12:29-tue:12:59' })).toContain('is now or soon');
  });
});

it.each([
  ['tue:11:45-tue:12:15', true],
  ['tue:12:00-tue:12:30', true],
  ['tue:12:29-tue:12:59', true],
  ['tue:12:31-tue:13:00', false],
  ['tue:11:30-tue:12:00', false],
  ['mon:11:45-mon:12:15', false],
  ['sat:23:00-tue:13:00', true],
  ['Tue:11:45-Tue:12:15', true],
  ['whenever', false],
  [undefined, false],
])('a Tuesday at noon is in %s: %s', (window, expected) => {
  expect(isInWindow(window, NOW, 30)).toBe(expected);
});

it('a window may lie around the end of the week', () => {
  const saturdayNight = new Date('2026-07-04T23:50:00Z');
  const sundayMorning = new Date('2026-07-05T00:10:00Z');
  for (const moment of [saturdayNight, sundayMorning]) {
    expect(isInWindow('sat:23:45-sun:00:15', moment, 30)).toBe(true);
    expect(isInWindow('sun:00:15-sun:00:45', moment, 30)).toBe(true);
    expect(isInWindow('sun:00:45-sun:01:15', moment, 30)).toBe(false);
  }
});

describe('329', () => {
  const task = (name: string, Status: string, MigrationType: string) => ({
    ...{ ReplicationTaskIdentifier: name, ReplicationTaskArn: arnOf('task', name), Status, MigrationType },
    ...{ SourceEndpointArn: arnOf('endpoint', 'SOURCE'), TargetEndpointArn: arnOf('endpoint', name.toUpperCase()) },
  });
  const answers = (...ReplicationTasks: object[]): Answers => ({
    ...instance(),
    'dms:DescribeReplicationTasks': ({ Marker }) =>
      Marker === undefined && ReplicationTasks.length > 1
        ? { ReplicationTasks: ReplicationTasks.slice(0, 1), Marker: '1' }
        : { ReplicationTasks: ReplicationTasks.slice(Marker === undefined ? 0 : 1) },
    'dms:ListTagsForResource': {
      TagList: [
        { Key: 'team', Value: 'shop' },
        { Key: 'aws:cloudformation:stack-name', Value: 'shop' },
      ],
    },
  });

  it('makes a private twin, moves each task from where it was, and deletes last', async () => {
    const text = await runbookOf(
      329,
      ARN,
      answers(task('orders', 'running', 'cdc'), task('archive', 'stopped', 'full-load')),
    );
    expectInOrder(
      text,
      ...['shop (dms.r6i.large', '2 tasks: archive (stopped), orders (running)', 'describe-replication-tasks'],
      ...['sg-1', '203.0.113.7', 'VPC endpoints', 'create-replication-instance'],
      ...['--replication-instance-identifier shop-v2', '--no-publicly-accessible', '--engine-version 3.5.4'],
      ...['test-connection', 'Task archive', 'do not start it', 'dms move-replication-task'],
      ...['Task orders', 'dms stop-replication-task', 'dms move-replication-task', 'resume-processing'],
      ...['dms-tasks-shop-v2', 'To go back', 'delete-replication-instance'],
    );
    expect(text).toContain('--availability-zone eu-west-1a');
    expect(text).toContain('Key=team,Value=shop');
    expect(text).not.toContain('stack-name');
    expect(text.match(/dms test-connection/g)).toHaveLength(3);
    expect(text.match(/dms start-replication-task/g)).toHaveLength(1);
  });

  it('names no zone for an instance with a standby, and waits for loads to end', async () => {
    const both = { ...answers(task('orders', 'running', 'full-load-and-cdc')), ...instance({ MultiAZ: true }) };
    const text = await runbookOf(329, ARN, both);
    expect(text).toContain('--multi-az');
    expect(text).not.toContain('--availability-zone');
    expect(text).toContain('If it is still loading tables, wait for that');
  });

  it('knows an instance without tasks', async () => {
    const text = await runbookOf(329, ARN, answers());
    expectInOrder(text, 'runs no task', 'create-replication-instance', 'delete-replication-instance');
    expect(text).not.toContain('dms test-connection');
  });
});
