import { domain } from '../../detectors/opensearch/domains.ts';
import { domainLogs, missingLogs } from '../../detectors/opensearch/logs.ts';
import { concrete, guide, remediations } from '../../src/control.ts';

const GROUPS = '/aws/OpenSearchService/domains/';
const NAMES = { SEARCH_SLOW_LOGS: 'search-logs', INDEX_SLOW_LOGS: 'index-logs' };

export const domainLogRemediations = remediations(domainLogs, {
  157: guide(
    {
      impact:
        'nothing is interrupted. CloudWatch Logs bills by volume: low thresholds on a busy domain write a lot, and slow queries may name what people searched for',
      reads: { domain, missingLogs },
    },
    ({ id, partition, region, account, domain, missingLogs }) => {
      const groups = missingLogs.map((type) => ({ type, name: `${GROUPS}${id}/${NAMES[type]}` }));
      const arnOf = (name: string) => `arn:${partition}:logs:${region}:${account}:log-group:${name}`;
      const added = Object.fromEntries(
        groups.map(({ type, name }) => [type, { CloudWatchLogsLogGroupArn: arnOf(name), Enabled: true }]),
      );
      return [
        ...groups.flatMap(({ type, name }) => [
          {
            text: `Make a log group for ${type}, unless you have one.`,
            call: concrete('logs', 'CreateLogGroup', { logGroupName: name }),
          },
          {
            text: 'Keep it for as long as you need it: without this, for ever.',
            call: concrete('logs', 'PutRetentionPolicy', { logGroupName: name, retentionInDays: 30 }),
          },
        ]),
        {
          text: 'Look whether a resource policy lets es.amazonaws.com write there already: aws logs describe-resource-policies. A region takes ten: if it has ten, add the statement to one of them, keeping what it says. Otherwise put one for all domains. The name must be free, since putting replaces.',
          call: concrete('logs', 'PutResourcePolicy', {
            policyName: 'opensearch-slow-logs',
            policyDocument: JSON.stringify({
              Version: '2012-10-17',
              Statement: [
                {
                  Effect: 'Allow',
                  Principal: { Service: 'es.amazonaws.com' },
                  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
                  Resource: arnOf(`${GROUPS}*`),
                  Condition: { StringEquals: { 'aws:SourceAccount': account } },
                },
              ],
            }),
          }),
        },
        {
          text: 'Publish. The other logs of the domain are in the call as they are, so that they stay. Wait first while the domain is being changed.',
          call: concrete('opensearch', 'UpdateDomainConfig', {
            DomainName: id,
            LogPublishingOptions: { ...domain.LogPublishingOptions, ...added },
          }),
        },
        {
          text: 'Set thresholds for each index, in its settings index.search.slowlog.threshold and index.indexing.slowlog.threshold; begin with seconds, not milliseconds. Until then the logs stay empty. To go back, send the same call with Enabled=false.',
        },
      ];
    },
  ),
});
