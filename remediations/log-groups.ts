import { lowerNextToken, readPages } from '../src/control.ts';

/** CloudWatch Logs takes this many resource policies in a region. */
export const MOST_POLICIES = 10;

/** The numbers of days that CloudWatch Logs can keep events for. */
export const RETENTION = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
];

/** Every resource policy of CloudWatch Logs in the region: they say which services may write to which groups. */
export const resourcePolicies = readPages(
  'logs',
  'DescribeResourcePolicies',
  () => ({}),
  (out) => out.resourcePolicies ?? [],
  lowerNextToken,
);
