import { type PriceName, prices } from './prices.ts';

/** What was counted in the run of the organisation on the emulator; see docs/measured.json. */
export interface Measured {
  /** Events put on the bus in that run. */
  readonly events: number;
  /** Requests to the standard queue and to the FIFO queue: sending, receiving, deleting. */
  readonly queueRequests: number;
  readonly fifoRequests: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly invocations: number;
  /** Time that functions were at work, in seconds. */
  readonly seconds: number;
  /** Events on the lifecycle bus. */
  readonly lifecycleEvents: number;
  /** Findings that were made. */
  readonly findings: number;
  /** What the findings, plans, calls and audit entries take in the table. */
  readonly storedBytes: number;
  /** Calls to the accounts; free, but limited. */
  readonly reads: number;
  readonly writes: number;
}

/** What a month is taken to be. Every number can be another one in your organisation. */
export interface Assumptions {
  readonly accounts: number;
  /** Events that a control listens to, per account and day. */
  readonly eventsPerDay: number;
  /** Resources that a sweep judges, per account and day. */
  readonly sweptPerDay: number;
  readonly memoryGigabytes: number;
  readonly logBytesPerEvent: number;
  readonly metrics: number;
  readonly alarms: number;
  /** Months that findings and the audit trail have gathered. */
  readonly monthsKept: number;
}

/** One line of the bill of a month. */
export interface CostLine {
  readonly what: string;
  readonly price: PriceName;
  readonly units: number;
  readonly dollars: number;
}

const DAYS = 30;
const MINUTES = DAYS * 24 * 60;
const GIGABYTE = 1e9;

/** The bill of a month, line by line, from stated prices and measured calls. */
export function costsOf(measured: Measured, month: Assumptions): readonly CostLine[] {
  const events = month.accounts * month.eventsPerDay * DAYS;
  const swept = month.accounts * month.sweptPerDay * DAYS;
  // A swept resource takes the FIFO queue and the worker, as an event does, and makes findings no more often.
  const judged = events + swept;
  const per = (total: number): number => total / measured.events;
  const storedGigabytes = (events * per(measured.storedBytes) * month.monthsKept) / GIGABYTE;
  const ticks = MINUTES * 2 + MINUTES / 5;
  const line = (what: string, price: PriceName, units: number): CostLine => ({
    ...{ what, price, units, dollars: units * prices[price].each },
  });
  return [
    line('Events from the accounts to the hub', 'crossAccountEvent', events),
    line('Queue of events', 'queueRequest', events * per(measured.queueRequests)),
    line('Queue of resources', 'fifoRequest', judged * per(measured.fifoRequests)),
    line('Functions: invocations', 'invocation', judged * per(measured.invocations) + ticks),
    line('Functions: time', 'gigabyteSecond', judged * per(measured.seconds) * month.memoryGigabytes),
    line('Table: writes', 'writeUnit', judged * per(measured.writeUnits)),
    line('Table: reads', 'readUnit', judged * per(measured.readUnits)),
    line('Table: storage', 'tableGigabyte', storedGigabytes),
    line('Table: backup', 'backupGigabyte', storedGigabytes),
    line('Lifecycle events', 'customEvent', judged * per(measured.lifecycleEvents)),
    line('Schedules', 'schedule', ticks),
    line('Logs', 'logGigabyte', (judged * month.logBytesPerEvent) / GIGABYTE),
    line('Metrics', 'metric', month.metrics),
    line('Alarms', 'alarm', month.alarms),
    line('Dashboard', 'dashboard', 1),
    line('Key', 'key', 1),
    // Queues keep a data key for five minutes, tables and functions longer.
    line('Key: requests', 'keyRequest', (MINUTES / 5) * 6),
  ];
}

/** All of it, in dollars. */
export const totalOf = (lines: readonly CostLine[]): number => lines.reduce((sum, { dollars }) => sum + dollars, 0);

/** What a million events cost, without what a month costs anyhow. */
export function costOfMillionEvents(measured: Measured, month: Assumptions): number {
  const some = { ...month, accounts: 1, sweptPerDay: 0, eventsPerDay: 1_000_000 / DAYS };
  const none = { ...some, eventsPerDay: 0 };
  return totalOf(costsOf(measured, some)) - totalOf(costsOf(measured, none));
}
