import { detectors, fail, ids, pass, read, readPages, resource, skip, type Verdict } from '../src/control.ts';

export const broker = read(
  'mq',
  'DescribeBroker',
  ({ id }) => ({ BrokerId: id }),
  (out) => out,
);

/** AWS spells engines in two ways: ActiveMQ and ACTIVEMQ. */
export const engineOf = ({ EngineType }: { EngineType?: string | undefined }): string =>
  EngineType?.toUpperCase() ?? 'unknown';

const created = ids('responseElements.brokerId', 'responseElements.broker-id');
const named = ids('requestParameters.brokerId', 'requestParameters.broker-id', 'responseElements.brokerId');
const on = {
  'amazonmq:CreateBroker': created,
  'amazonmq:UpdateBroker': named,
  'amazonmq:RebootBroker': named,
  'amazonmq:DeleteBroker': named,
};

/** Judges a broker that is there, and says why another is not. */
function unless(states: readonly string[], state: string | undefined, judge: () => Verdict): Verdict {
  return state !== undefined && states.includes(state)
    ? skip(`the broker is ${state.toLowerCase().replaceAll('_', ' ')}`)
    : judge();
}

const NEVER = ['CREATION_FAILED', 'DELETION_IN_PROGRESS'];
const NOT_YET = [...NEVER, 'CREATION_IN_PROGRESS'];

export const brokers = detectors(
  resource('AWS::AmazonMQ::Broker', {
    service: 'mq',
    arn: ({ partition, region, account, id }) => `arn:${partition}:mq:${region}:${account}:broker:${id}`,
    list: readPages(
      'mq',
      'ListBrokers',
      () => ({}),
      (out) => (out.BrokerSummaries ?? []).flatMap(({ BrokerId }) => BrokerId ?? []),
      ({ NextToken }) => (NextToken ? { NextToken } : undefined),
    ),
    gone: ['NotFound'],
    tags: read(
      'mq',
      'DescribeBroker',
      ({ id }) => ({ BrokerId: id }),
      (out) => out.Tags ?? {},
    ),
  }),
  {
    303: {
      title: 'Broker writes its logs to CloudWatch',
      criticality: 'MEDIUM',
      on,
      reads: { broker },
      check: ({ broker }) =>
        unless(NEVER, broker.BrokerState, () => {
          const { General, Audit, Pending } = broker.Logs ?? {};
          const audits = engineOf(broker) !== 'RABBITMQ';
          const lacking = [...(General ? [] : ['general']), ...(audits && !Audit ? ['audit'] : [])];
          if (lacking.length === 0) return pass;
          const isPending = (General || Pending?.General) && (!audits || Audit || Pending?.Audit);
          const logs = `the ${lacking.join(' and ')} log${lacking.length > 1 ? 's are' : ' is'} not written`;
          return isPending ? skip(`${logs} yet: a reboot or the maintenance window switches it on`) : fail(logs);
        }),
      note: 'RabbitMQ has no audit log, and AWS refuses to switch one on, as the document would. Logs that wait for the next reboot count as mended until then; the sweep looks again.',
    },
    315: {
      title: 'Broker cannot be reached from the internet',
      criticality: 'HIGH',
      on,
      reads: { broker },
      check: ({ broker }) =>
        unless(NEVER, broker.BrokerState, () =>
          broker.PubliclyAccessible === false ? pass : fail('the broker has public addresses'),
        ),
      note: 'The rationale speaks of attacks on web pages, which have nothing to do with brokers. The setting is fixed when a broker is made.',
    },
    491: {
      title: 'Broker takes minor versions by itself',
      criticality: 'MEDIUM',
      on,
      reads: { broker },
      check: ({ broker }) =>
        unless(NOT_YET, broker.BrokerState, () =>
          broker.AutoMinorVersionUpgrade === true ? pass : fail('minor versions are not installed by themselves'),
        ),
      note: 'From ActiveMQ 5.18 and RabbitMQ 3.13 on, AWS keeps it switched on.',
    },
    492: {
      title: 'ActiveMQ broker has a standby in another zone',
      criticality: 'MEDIUM',
      on,
      reads: { broker },
      check: ({ broker }) =>
        unless(NOT_YET, broker.BrokerState, () => {
          if (engineOf(broker) !== 'ACTIVEMQ') return skip('RabbitMQ knows no standby, it makes clusters');
          return broker.DeploymentMode === 'ACTIVE_STANDBY_MULTI_AZ'
            ? pass
            : fail(`the broker runs as ${broker.DeploymentMode?.toLowerCase().replaceAll('_', ' ') ?? 'one instance'}`);
        }),
      note: "The document says all brokers; only ActiveMQ has a standby. Its command makes the new broker public, with a password on the command line: Redress's runbook does neither.",
    },
  },
);
