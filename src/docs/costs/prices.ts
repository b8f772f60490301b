/**
 * List prices of us-east-1 in US dollars, without free tiers and discounts, as
 * AWS's pricing pages stated them in 2026. Another region or date: change the
 * numbers here and run `npm run generate`.
 */
export const pricesOf = { region: 'us-east-1', stated: '2026', currency: 'USD' } as const;

const million = 1_000_000;

export interface Price {
  /** Dollars for one unit. */
  readonly each: number;
  readonly unit: string;
  readonly page: string;
}

const price = (dollars: number, per: number, unit: string, page: string): Price => ({
  ...{ each: dollars / per, unit: `$${dollars} per ${unit}`, page: `https://aws.amazon.com/${page}/pricing/` },
});

export const prices = {
  /** An event that a rule delivers to a bus of another account; the sender pays. */
  crossAccountEvent: price(1, million, 'million events', 'eventbridge'),
  /** An event that Redress puts on the lifecycle bus. */
  customEvent: price(1, million, 'million events', 'eventbridge'),
  schedule: price(1, million, 'million invocations', 'eventbridge'),
  queueRequest: price(0.4, million, 'million requests', 'sqs'),
  fifoRequest: price(0.5, million, 'million requests', 'sqs'),
  invocation: price(0.2, million, 'million requests', 'lambda'),
  /** Of an arm64 function. */
  gigabyteSecond: price(0.0000133334, 1, 'GB-second (arm64)', 'lambda'),
  writeUnit: price(0.625, million, 'million write request units', 'dynamodb/on-demand'),
  readUnit: price(0.125, million, 'million read request units', 'dynamodb/on-demand'),
  tableGigabyte: price(0.25, 1, 'GB-month', 'dynamodb/on-demand'),
  backupGigabyte: price(0.2, 1, 'GB-month of point-in-time recovery', 'dynamodb/on-demand'),
  logGigabyte: price(0.5, 1, 'GB taken in', 'cloudwatch'),
  metric: price(0.3, 1, 'metric and month', 'cloudwatch'),
  alarm: price(0.1, 1, 'alarm and month', 'cloudwatch'),
  dashboard: price(3, 1, 'dashboard and month', 'cloudwatch'),
  key: price(1, 1, 'key and month', 'kms'),
  keyRequest: price(0.03, 10_000, '10,000 requests', 'kms'),
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof prices;
