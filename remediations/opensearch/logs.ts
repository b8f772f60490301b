import type { LogType } from '@aws-sdk/client-opensearch';
import { domain } from '../../detectors/opensearch/domains.ts';
import { domainLogs, missingLogs } from '../../detectors/opensearch/logs.ts';
import {
  byHand,
  call,
  derive,
  grants,
  lowerNextToken,
  optional,
  parsePolicy,
  readPages,
  remediations,
  steps,
  until,
} from '../../src/control.ts';
import { MOST_POLICIES, RETENTION, resourcePolicies } from '../log-groups.ts';
import { whyChanging } from './changing.ts';

const GROUPS = '/aws/OpenSearchService/domains/';
const POLICY = 'redress-opensearch-service';
const SERVICE = { Service: 'es.amazonaws.com' };
const WRITING = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const NAMES: Readonly<Partial<Record<LogType, string>>> = {
  SEARCH_SLOW_LOGS: 'search-logs',
  INDEX_SLOW_LOGS: 'index-logs',
};

/** What a domain publishes, of every type of log: an update replaces the whole map. */
const publishing = derive({ domain }, ({ domain }) => domain.LogPublishingOptions ?? {});

/** Where the slow logs that are missing are to go: the group that a domain names already, or one named after it. */
const wanted = derive({ publishing, missingLogs }, ({ id, partition, region, account, publishing, missingLogs }) =>
  missingLogs.map((type) => ({
    type,
    group:
      publishing[type]?.CloudWatchLogsLogGroupArn?.replace(/:\*$/, '') ||
      `arn:${partition}:logs:${region}:${account}:log-group:${GROUPS}${id}/${NAMES[type]}`,
  })),
);
type Wanted = readonly { readonly type: LogType; readonly group: string }[];

const nameOf = (group: string): string => group.replace(/^.*:log-group:/, '');

const named = readPages(
  'logs',
  'DescribeLogGroups',
  ({ wanted }) => wanted.map(({ group }) => ({ logGroupNamePrefix: nameOf(group) })),
  (out) => (out.logGroups ?? []).flatMap(({ logGroupName }) => logGroupName ?? []),
  lowerNextToken,
  { needs: { wanted } },
);
/** The groups that have to be made, by name. */
const newGroups = derive({ wanted, named }, ({ wanted, named }) => [
  ...new Set(wanted.map(({ group }) => nameOf(group)).filter((name) => !named.includes(name))),
]);

/** Which groups the service may not write to yet, and how many resource policies there are besides ours. */
const grant = derive({ wanted, resourcePolicies }, ({ arn, account, wanted, resourcePolicies }) => {
  const context = { 'aws:sourceaccount': account, 'aws:sourcearn': arn };
  const policies = resourcePolicies.map(({ policyDocument }) => policyDocument && parsePolicy(policyDocument));
  const mayWrite = (group: string): boolean =>
    WRITING.every((action) =>
      policies.some(
        (policy) =>
          policy && grants(policy, { principal: SERVICE, action, resource: `${group}:log-stream:1`, context }),
      ),
    );
  return {
    lacking: wanted.map(({ group }) => group).filter((group) => !mayWrite(group)),
    isThere: resourcePolicies.some(({ policyName }) => policyName === POLICY),
    policies: resourcePolicies.length,
  };
});

const progress = derive({ domain, missingLogs }, ({ domain, missingLogs }) => ({
  missing: missingLogs,
  why: whyChanging(domain),
}));

const publish = (some: Wanted, Enabled: boolean) =>
  Object.fromEntries(some.map(({ type, group }) => [type, { CloudWatchLogsLogGroupArn: group, Enabled }]));

export const domainLogRemediations = remediations(domainLogs, {
  157: steps(
    {
      mode: 'approve',
      impact:
        'nothing is interrupted, and the logs stay empty until somebody sets thresholds for the indexes (index.search.slowlog.threshold, index.indexing.slowlog.threshold). Begin with seconds: low thresholds on a busy domain write a lot, which is billed, and slow queries may name what people searched for',
      undo: 'best-effort',
      parameters: {
        slowLogDays: optional('Days to keep slow logs, where Redress makes the log group.', '30'),
      },
      reads: { publishing, wanted, newGroups, grant, progress },
      note: 'The thresholds are in the indexes, behind the API of the domain, which Redress does not enter. Undoing switches the logs off; log groups with what they hold stay, and so does the resource policy, which other domains may use.',
    },
    ({ step }) => [
      step(
        'group',
        call('logs', 'CreateLogGroup', ({ newGroups }) => newGroups.map((logGroupName) => ({ logGroupName })), {
          already: ['ResourceAlreadyExistsException'],
        }),
        { repeat: 'safe' },
      ),
      step(
        'retention',
        call('logs', 'PutRetentionPolicy', ({ newGroups, parameters }) =>
          newGroups.map((logGroupName) => ({ logGroupName, retentionInDays: Number(parameters.slowLogDays) })),
        ),
        { repeat: 'safe' },
      ),
      step(
        'grant',
        call('logs', 'PutResourcePolicy', ({ partition, region, account, grant }) =>
          grant.lacking.length === 0
            ? undefined
            : {
                policyName: POLICY,
                policyDocument: JSON.stringify({
                  Version: '2012-10-17',
                  Statement: [
                    {
                      Sid: 'OpenSearchServiceWritesLogs',
                      Effect: 'Allow',
                      Principal: SERVICE,
                      Action: WRITING,
                      Resource: `arn:${partition}:logs:${region}:${account}:log-group:${GROUPS}*`,
                      Condition: { StringEquals: { 'aws:SourceAccount': account } },
                    },
                  ],
                }),
              },
        ),
        { repeat: 'safe' },
      ),
      step(
        'publish',
        call('opensearch', 'UpdateDomainConfig', ({ id, publishing, wanted }) => ({
          DomainName: id,
          LogPublishingOptions: { ...publishing, ...publish(wanted, true) },
        })),
        {
          repeat: 'safe',
          // A log that was never published cannot be named without its group again.
          undo: call('opensearch', 'UpdateDomainConfig', ({ id, publishing, wanted }) => ({
            DomainName: id,
            LogPublishingOptions: { ...publishing, ...publish(wanted, false) },
          })),
          until: until(progress, ({ missing, why }) => missing.length === 0 && why === undefined),
        },
      ),
    ],
    ({ partition, region, account, publishing, wanted, grant, progress, parameters }) => {
      if (progress.why !== undefined) return byHand(progress.why);
      if (!RETENTION.includes(Number(parameters.slowLogDays)))
        return byHand(`slowLogDays is "${parameters.slowLogDays}"; CloudWatch Logs knows ${RETENTION.join(', ')}`);
      const own = `arn:${partition}:logs:${region}:${account}:log-group:`;
      const elsewhere = grant.lacking.find((group) => !group.startsWith(`${own}${GROUPS}`));
      if (elsewhere !== undefined)
        return byHand(
          `no resource policy of CloudWatch Logs that Redress can read lets es.amazonaws.com write to ${elsewhere}, which the domain names: add ${WRITING.join(' and ')} on ${elsewhere}:* to one (aws logs describe-resource-policies --region ${region}, put-resource-policy), keeping what it says, and plan again`,
        );
      if (grant.lacking.length > 0 && grant.isThere)
        return byHand(
          `the resource policy ${POLICY} of CloudWatch Logs says something else: let it admit es.amazonaws.com to ${own}${GROUPS}*, and plan again`,
        );
      if (grant.lacking.length > 0 && grant.policies >= MOST_POLICIES)
        return byHand(
          `CloudWatch Logs has ${grant.policies} resource policies in this region and takes no more: let one of them admit es.amazonaws.com to ${own}${GROUPS}*, keeping what it says, and plan again`,
        );
      return {
        publishing: { ...publishing, ...publish(wanted, true) },
        wanted: [],
        newGroups: [],
        grant: {
          lacking: [],
          isThere: grant.isThere || grant.lacking.length > 0,
          policies: grant.policies + (grant.lacking.length > 0 ? 1 : 0),
        },
        progress: { ...progress, missing: [] },
      };
    },
  ),
});
