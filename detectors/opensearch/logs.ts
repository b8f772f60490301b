import { derive, detectors, fail, pass, skip } from '../../src/control.ts';
import { changes, domain, domains, engineName, isBefore } from './domains.ts';

const SLOW = ['SEARCH_SLOW_LOGS', 'INDEX_SLOW_LOGS'] as const;

/** The slow logs that a domain does not publish. */
export const missingLogs = derive({ domain }, ({ domain: { LogPublishingOptions: logs = {} } }) =>
  SLOW.filter((type) => !(logs[type]?.Enabled && logs[type].CloudWatchLogsLogGroupArn)),
);

export const domainLogs = detectors(domains, {
  157: {
    title: 'OpenSearch domain publishes both slow logs',
    criticality: 'LOW',
    on: changes,
    reads: { domain, missingLogs },
    check: ({ domain, missingLogs }) => {
      if (missingLogs.length === 0) return pass;
      if (isBefore(domain, 5, 1)) return skip(`${engineName(domain)} publishes no logs`);
      return fail(`it does not publish ${missingLogs.join(' and ')}`);
    },
    note: 'The document leaves the resource policy of CloudWatch Logs out, without which the change is refused. Nothing is written until the indexes have thresholds, and a log group that was deleted later still counts here.',
  },
});
