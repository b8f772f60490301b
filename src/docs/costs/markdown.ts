import { type Assumptions, costOfMillionEvents, costsOf, type Measured, totalOf } from './model.ts';
import { prices, pricesOf } from './prices.ts';

/**
 * What the page assumes. Memory is that of the largest function; an alarm is
 * paid for by each metric that it is about. Your own number of events: see the
 * guide.
 */
export const assumed: Omit<Assumptions, 'accounts'> = {
  eventsPerDay: 500,
  sweptPerDay: 1000,
  memoryGigabytes: 1,
  logBytesPerEvent: 1500,
  metrics: 40,
  alarms: 52,
  monthsKept: 12,
};

const SIZES = [1, 100, 1000] as const;

/** docs/costs.md: what a month costs at several sizes, computed from stated prices and measured calls. */
export function costsMarkdown(measured: Measured): string {
  const bills = SIZES.map((accounts) => costsOf(measured, { ...assumed, accounts }));
  const [first = []] = bills;
  const rows = first.map(({ what, price }, index) => {
    const amounts = bills.map((bill) => dollars(bill[index]?.dollars ?? 0));
    return `| ${what} | ${prices[price].unit} | ${amounts.join(' | ')} |`;
  });
  const per = (total: number): string => (total / measured.events).toFixed(2);
  return [
    '<!-- Written by `npm run generate` from src/docs/costs/ and docs/measured.json. -->',
    '# What it costs',
    '',
    `List prices of ${pricesOf.region} as stated in ${pricesOf.stated}, in US dollars, without free tiers and discounts.`,
    'CloudTrail itself and the calls that Redress makes in your accounts cost nothing: management events of a first trail',
    'and reads of configurations are free.',
    '',
    `| a month | price | ${SIZES.map((size) => `${size.toLocaleString('en-US')} account${size === 1 ? '' : 's'}`).join(' | ')} |`,
    `|---|---|${SIZES.map(() => '---:|').join('')}`,
    ...rows,
    `| **All of it** | | ${bills.map((bill) => `**${dollars(totalOf(bill))}**`).join(' | ')} |`,
    '',
    `A million events more cost ${dollars(costOfMillionEvents(measured, { ...assumed, accounts: 1 }))}.`,
    '',
    '## What is assumed',
    '',
    `- ${assumed.eventsPerDay} events that a control listens to per account and day, and ${assumed.sweptPerDay.toLocaleString('en-US')} resources that the daily sweep judges.`,
    `- Functions with ${assumed.memoryGigabytes * 1024} MB; ${assumed.logBytesPerEvent.toLocaleString('en-US')} bytes of log for each event; ${assumed.metrics} metrics, ${assumed.alarms} alarms.`,
    `- Findings and the audit trail of ${assumed.monthsKept} months in the table.`,
    '',
    'Your own number of events: deploy in dry-run, and read the metric `EventsIn` after a day.',
    '',
    '## What was measured',
    '',
    `A run of ${measured.events.toLocaleString('en-US')} events on the emulator (test/emulator/organisation.test.ts), in which ${measured.findings.toLocaleString('en-US')} findings were`,
    `made, one for ${Math.round(measured.events / measured.findings)} events, and many of them mended, with repetitions, killed workers and throttling. The fewer findings your`,
    'events make, the less it costs. The time of functions includes waiting for the emulator, which is slower than AWS.',
    '',
    '| | of the run | per event |',
    '|---|---:|---:|',
    ...named.map(([key, name]) => `| ${name} | ${measured[key].toLocaleString('en-US')} | ${per(measured[key])} |`),
    '',
  ].join('\n');
}

const named: readonly (readonly [keyof Measured, string])[] = [
  ['queueRequests', 'Requests to the queue of events'],
  ['fifoRequests', 'Requests to the queue of resources'],
  ['writeUnits', 'Write units of the table'],
  ['readUnits', 'Read units of the table'],
  ['invocations', 'Invocations'],
  ['seconds', 'Seconds of functions'],
  ['lifecycleEvents', 'Lifecycle events'],
  ['storedBytes', 'Bytes kept'],
  ['reads', 'Reads in the accounts'],
  ['writes', 'Writes in the accounts'],
];

function dollars(amount: number): string {
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
