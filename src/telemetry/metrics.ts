/**
 * Everything that Redress measures of itself, as data. The instruments, the
 * alarms and dashboard in `infra/`, and the table in `docs/operations.md` are
 * all made from this.
 */

/** The CloudWatch namespace, and the name of the OpenTelemetry meter. */
export const namespace = 'Redress';

/** What a metric can be told apart by. */
export type Attribute = 'Lane' | 'Verdict' | 'Control' | 'Service' | 'Account';

export interface Metric {
  /**
   * `counter`: add up (statistic `Sum`). `gauge`: a present value (`Maximum`).
   * `histogram`: values to be averaged or ranked (`Average`, `p90`).
   */
  readonly instrument: 'counter' | 'gauge' | 'histogram';
  /** CloudWatch's unit. */
  readonly unit: 'Count' | 'Seconds';
  readonly description: string;
  /** What a measurement carries. All of them can be searched in the logs and in a tracing backend. */
  readonly attributes: readonly Attribute[];
  /**
   * The sets of attributes that CloudWatch makes a metric of; `[]` is the
   * metric without dimensions. Each combination of values is paid for, so that
   * only attributes with few values stand here.
   */
  readonly dimensions: readonly (readonly Attribute[])[];
}

export const metrics = {
  EventsIn: {
    instrument: 'counter',
    unit: 'Count',
    description: 'CloudTrail records that arrived, watched or not',
    attributes: [],
    dimensions: [[]],
  },
  EventsIgnored: {
    instrument: 'counter',
    unit: 'Count',
    description: 'records that need no judging: failed calls, reads, nothing that a control watches',
    attributes: [],
    dimensions: [[]],
  },
  Judged: {
    instrument: 'counter',
    unit: 'Count',
    description: 'verdicts of a control on a resource, after events and in sweeps',
    attributes: ['Verdict'],
    dimensions: [[], ['Verdict']],
  },
  Planned: {
    instrument: 'counter',
    unit: 'Count',
    description: 'change plans that came with verdicts',
    attributes: [],
    dimensions: [[]],
  },
  Asked: {
    instrument: 'counter',
    unit: 'Count',
    description: 'findings that began to wait for a decision of a person',
    attributes: ['Control'],
    dimensions: [[]],
  },
  Applied: {
    instrument: 'counter',
    unit: 'Count',
    description: 'findings that Redress has set right and proven by reading again',
    attributes: ['Control'],
    dimensions: [[]],
  },
  Failed: {
    instrument: 'counter',
    unit: 'Count',
    description: 'findings whose fix did not work: handed to a person, or taken back because the control still failed',
    attributes: ['Control'],
    dimensions: [[]],
  },
  Stuck: {
    instrument: 'counter',
    unit: 'Count',
    description: 'those of them whose resource may be half changed: what was done cannot be told, or not be taken back',
    attributes: ['Control'],
    dimensions: [[]],
  },
  Undone: {
    instrument: 'counter',
    unit: 'Count',
    description: 'findings whose fix was taken back, by a person or because it did not work',
    attributes: ['Control'],
    dimensions: [[]],
  },
  Waiting: {
    instrument: 'gauge',
    unit: 'Count',
    description: 'work of a lane of the outbox that is due now or within 15 minutes; counted up to 500',
    attributes: ['Lane'],
    dimensions: [['Lane']],
  },
  OldestSeconds: {
    instrument: 'gauge',
    unit: 'Seconds',
    description: 'how long the oldest work of a lane is overdue or keeps failing; 0 while all goes well',
    attributes: ['Lane'],
    dimensions: [['Lane']],
  },
  ReadsPerEvent: {
    instrument: 'histogram',
    unit: 'Count',
    description: 'calls that read from AWS for the resource that an event led to',
    attributes: [],
    dimensions: [[]],
  },
  Throttles: {
    instrument: 'counter',
    unit: 'Count',
    description: 'calls that AWS answered with throttling, after the retries of the SDK',
    attributes: ['Service', 'Account'],
    dimensions: [[], ['Service']],
  },
  Obstacles: {
    instrument: 'gauge',
    unit: 'Count',
    description: 'accounts that Redress cannot get into at present',
    attributes: [],
    dimensions: [[]],
  },
  EventsMissed: {
    instrument: 'counter',
    unit: 'Count',
    description: 'events that CloudTrail knows of and that never arrived',
    attributes: [],
    dimensions: [[]],
  },
  SweptResources: {
    instrument: 'counter',
    unit: 'Count',
    description: 'resources that a sweep has judged',
    attributes: [],
    dimensions: [[]],
  },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

/** The statistic that says something about a metric of this kind. */
export const statisticOf = ({ instrument }: Metric): 'Sum' | 'Maximum' | 'Average' => {
  switch (instrument) {
    case 'counter':
      return 'Sum';
    case 'gauge':
      return 'Maximum';
    case 'histogram':
      return 'Average';
  }
};
