import type { DescribeBrokerResponse } from '@aws-sdk/client-mq';
import { broker, brokers, engineOf } from '../detectors/mq.ts';
import {
  byHand,
  call,
  concrete,
  derive,
  document,
  edit,
  type GuideLine,
  guide,
  remediations,
  steps,
  until,
} from '../src/control.ts';

const automatic = derive({ broker }, ({ broker }) => broker.AutoMinorVersionUpgrade === true);
const state = derive({ broker }, ({ broker }) => broker.BrokerState);
const notRunning = (now: string | undefined) =>
  byHand(`the broker is ${now}, and AWS changes only one that is RUNNING: plan again then`);

// Nothing else is sent: members that are left out stay as they are.
const upgradeDocument = document(automatic, {
  write: call('mq', 'UpdateBroker', ({ id }, AutoMinorVersionUpgrade) => ({ BrokerId: id, AutoMinorVersionUpgrade })),
});

/** The logs as they are, or as they will be after the next reboot. */
const logs = derive({ broker }, ({ broker }) => ({
  general: (broker.Logs?.Pending?.General ?? broker.Logs?.General) === true,
  audit: (broker.Logs?.Pending?.Audit ?? broker.Logs?.Audit) === true,
}));
const engine = derive({ broker }, ({ broker }) => ({ type: engineOf(broker), state: broker.BrokerState }));

const logsFor = (type: string, general: boolean, audit: boolean) => ({
  General: general,
  ...(type === 'RABBITMQ' ? {} : { Audit: audit }),
});

const userNames = ({ Users = [] }: DescribeBrokerResponse): string =>
  Users.length === 0 ? 'none that AWS lists' : Users.map(({ Username }) => Username).join(', ');

/** The broker again, without users: no plan may hold their passwords. */
function twinLine(
  broker: DescribeBrokerResponse,
  changed: { DeploymentMode?: 'ACTIVE_STANDBY_MULTI_AZ' },
  region: string,
): GuideLine[] {
  const mode = changed.DeploymentMode ?? broker.DeploymentMode;
  const subnets = mode === 'SINGLE_INSTANCE' ? ['<private-subnet>'] : ['<private-subnet-1>', '<private-subnet-2>'];
  const isActive = engineOf(broker) === 'ACTIVEMQ';
  const configuration = broker.Configurations?.Current;
  const own = Object.entries(broker.Tags ?? {}).filter(([name]) => !name.startsWith('aws:'));
  const request = {
    BrokerName: `${broker.BrokerName?.slice(0, 45)}-new`,
    EngineType: engineOf(broker),
    EngineVersion: broker.EngineVersion,
    HostInstanceType: broker.HostInstanceType,
    DeploymentMode: mode,
    PubliclyAccessible: false,
    AutoMinorVersionUpgrade: true,
    SubnetIds: subnets,
    ...(isActive ? { StorageType: mode === 'ACTIVE_STANDBY_MULTI_AZ' ? 'EFS' : broker.StorageType } : {}),
    SecurityGroups: broker.SecurityGroups?.length ? broker.SecurityGroups : ['<security-group-id>'],
    ...(broker.EncryptionOptions ? { EncryptionOptions: broker.EncryptionOptions } : {}),
    ...(broker.MaintenanceWindowStartTime ? { MaintenanceWindowStartTime: broker.MaintenanceWindowStartTime } : {}),
    ...(broker.AuthenticationStrategy ? { AuthenticationStrategy: broker.AuthenticationStrategy } : {}),
    ...(configuration?.Id ? { Configuration: configuration } : {}),
    Logs: logsFor(engineOf(broker), true, true),
    ...(own.length > 0 ? { Tags: Object.fromEntries(own) } : {}),
    Users: [{ Username: '<user>', Password: '<from your secret store>' }],
  };
  return [
    {
      text: `Make the new broker next to it. If AWS no longer offers its version or type (aws mq describe-broker-instance-options --engine-type ${engineOf(broker)} --region ${region}), take one that it does. Passwords do not belong on a command line: write this into broker.json, for you alone (umask 077), fill it in, run aws mq create-broker --cli-input-json file://broker.json --region ${region}, and delete the file: ${JSON.stringify(request)}`,
    },
    {
      text: isActive
        ? 'AWS does not give back passwords: take them from your secret store, and make every user again with its groups and its right to the console (aws mq describe-user, create-user).'
        : 'RabbitMQ keeps users, virtual hosts, exchanges, queues and policies to itself: export the definitions from the console of the old broker, and import them into the new one.',
    },
    ...(broker.LdapServerMetadata
      ? [
          {
            text: 'The broker asks LDAP: give the new one the same settings (LdapServerMetadata) and the password of the service account.',
          },
        ]
      : []),
  ];
}

/** What else moves messages. The new broker is private, and no shovel may lead to one; federation pulls from public ones. */
const carry = (isActive: boolean): string =>
  isActive
    ? 'A network of brokers can carry over what nobody consumes.'
    : 'Federation can carry over what nobody consumes: the new broker has the old, public one as its upstream, and pulls. A shovel cannot, as the new one is private.';

/** How everybody gets from the old broker to the new one without losing a message. */
function moveLines(id: string, broker: DescribeBrokerResponse, region: string): GuideLine[] {
  const isActive = engineOf(broker) === 'ACTIVEMQ';
  return [
    {
      text: `Wait until the new one is RUNNING, and connect with one client from where clients are. Endpoints are new: aws mq describe-broker --broker-id <new-broker-id> --region ${region} --query BrokerInstances[].Endpoints`,
    },
    {
      text: `Move consumers so that they listen on both, then producers to the new broker, and let consumers empty the old one. ${carry(isActive)} Watch until every queue, dead letters and scheduled messages included, is at zero.`,
    },
    {
      text: 'Then take consumers off the old one. To go back, point the clients to the old endpoints again: it still runs, and it costs.',
    },
    {
      text: 'Delete the old one last, with the owner of the queues agreed. Messages that are left in it are lost, and its endpoint never comes back.',
      call: concrete('mq', 'DeleteBroker', { BrokerId: id }),
    },
  ];
}

const head = (id: string, broker: DescribeBrokerResponse, region: string): GuideLine => ({
  text: `${broker.BrokerName} (${id}) is ${engineOf(broker)} ${broker.EngineVersion} on ${broker.HostInstanceType}, ${broker.DeploymentMode?.toLowerCase().replaceAll('_', ' ')}; users: ${userNames(broker)}. Save its settings: aws mq describe-broker --broker-id ${id} --region ${region}. Find everyone who connects: its logs, its console, the names of its endpoints in your configuration.`,
});

export const brokerRemediations = remediations(brokers, {
  303: steps(
    {
      mode: 'approve',
      impact:
        'none at once: the logs are switched on by the next reboot or maintenance window, which interrupts clients. Storing them costs by volume',
      reads: { logs, engine },
      note: 'The document reboots a production broker at once, and with it installs whatever else is pending. Redress leaves the moment to the maintenance window, or to a person. For ActiveMQ, AWS writes only if a resource policy of CloudWatch Logs lets mq.amazonaws.com write to /aws/amazonmq/*.',
    },
    ({ step }) => [
      step(
        'logs',
        call('mq', 'UpdateBroker', ({ id, engine }) => ({ BrokerId: id, Logs: logsFor(engine.type, true, true) })),
        {
          repeat: 'safe',
          undo: call('mq', 'UpdateBroker', ({ id, engine, logs }) => ({
            BrokerId: id,
            Logs: logsFor(engine.type, logs.general, logs.audit),
          })),
          until: until(logs, ({ general }) => general),
        },
      ),
    ],
    ({ logs, engine }) =>
      engine.state === 'RUNNING'
        ? { engine, logs: { general: true, audit: engine.type === 'RABBITMQ' ? logs.audit : true } }
        : notRunning(engine.state),
  ),

  315: guide(
    {
      impact:
        'every client gets a new endpoint, and clients on the internet lose theirs for good; messages left in the old broker are lost when it is deleted',
      reads: { broker },
      note: 'Whether a broker is public is fixed when it is made. The runbook empties the old one before it is deleted, and puts no password on a command line.',
    },
    ({ id, region, broker }) => [
      head(id, broker, region),
      engineOf(broker) === 'ACTIVEMQ' && broker.SecurityGroups?.length
        ? {
            text: `Until the move is done, narrow who may reach it: in ${broker.SecurityGroups.join(', ')} replace 0.0.0.0/0 by the addresses of your clients (aws ec2 describe-security-groups --group-ids ${broker.SecurityGroups.join(' ')}).`,
          }
        : {
            text: 'A public RabbitMQ broker has no security group: until the move is done, only strong passwords protect it. Change the weak ones now.',
          },
      {
        text: 'Choose private subnets, and a security group that admits the clients on the ports of the protocols they speak (5671, 61617, 61614, 8883, 61619, and 8162 or 443 for the console). Clients from outside need a VPN, Direct Connect or peering.',
      },
      ...twinLine(broker, {}, region),
      ...moveLines(id, broker, region),
    ],
  ),

  491: edit(
    upgradeDocument,
    {
      mode: 'auto',
      impact:
        'none at once; minor versions are installed in a maintenance window, and a broker of one instance is away for some minutes then',
      reads: { state },
    },
    (_, { state }) => (state === 'RUNNING' ? true : notRunning(state)),
  ),

  492: guide(
    {
      impact:
        'every client gets new endpoints and must know both of them; messages left in the old broker are lost when it is deleted',
      reads: { broker },
      note: 'How a broker is deployed is fixed when it is made. The new one is private, whatever the old one was; a standby needs EFS, which is slower than EBS for small messages.',
    },
    ({ id, region, broker }) => [
      head(id, broker, region),
      {
        text: `Choose two private subnets in different zones of one VPC (today: ${broker.SubnetIds?.join(', ') ?? 'unknown'}).${broker.StorageType === 'EBS' ? ' The old broker is on EBS, which has no standby: measure whether EFS is fast enough for you.' : ''}`,
      },
      ...twinLine(broker, { DeploymentMode: 'ACTIVE_STANDBY_MULTI_AZ' }, region),
      {
        text: 'Give clients both endpoints with failover:(ssl://<first>:61617,ssl://<second>:61617), and try it: reboot the new broker, and see clients come back by themselves.',
      },
      ...moveLines(id, broker, region),
    ],
  ),
});
