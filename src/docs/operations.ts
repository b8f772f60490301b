import { type Alarm, alarms } from '../telemetry/alarms.ts';
import { type Metric, metrics, namespace } from '../telemetry/metrics.ts';

/** The page `docs/operations.md`: what is measured, logged, traced and exported. */
export function operationsMarkdown(): string {
  return `# Operations

What Redress says of itself while it runs. What to do when an alarm rings is in [alarms.md](alarms.md).

## Metrics

\`REDRESS_METRICS=emf\` writes metrics to standard output as lines of CloudWatch's embedded metric format; the functions do
so, and hand over what they measured at the end of each invocation. With \`OTEL_EXPORTER_OTLP_ENDPOINT\` they go to an
OpenTelemetry collector over HTTP, unless \`emf\` is set; the other \`OTEL_…\` variables are OpenTelemetry's own. Without
either nothing is measured, and nothing is loaded for it.

The namespace in CloudWatch is \`${namespace}\`. Counts are what came since the last export: add them up. A delivery that is
repeated after a crash is counted again.

| metric | kind | unit | dimensions | what it says |
|---|---|---|---|---|
${Object.entries(metrics).map(metricRow).join('\n')}

CloudWatch asks for money for every combination of dimensions. What else is known of a measurement (the control, the
account) stands in the same line of the log, where Logs Insights finds it: \`stats sum(Applied) by Control\`.

## Alarms

| alarm | how soon | when |
|---|---|---|
${alarms.map(alarmRow).join('\n')}

## Log

One JSON object for each line: on standard error of \`redress serve\`, in the log group of each function. \`REDRESS_LOG\` says
how much: \`debug\`, \`info\`, \`warn\`, \`error\`.

| field | holds |
|---|---|
| \`finding\` | id of a finding, \`f-…\`: every line about it bears it, from the verdict to the proof |
| \`plan\` | id of a plan, \`p-…\` |
| \`control\` | number of a control |
| \`account\`, \`region\` | of the resource |
| \`event\` | id of the CloudTrail event that led to it |
| \`requestId\` | AWS's id of a call, as CloudTrail shows it |
| \`effect\` | work of the outbox, when it was held or failed |
| \`because\`, \`error\` | why, in words |
| \`by\` | who: a person, or \`redress\` |

A finding from the event to the proof, in CloudWatch Logs Insights:

\`\`\`
filter finding = "f-0123456789ab" | fields @timestamp, msg, event, plan, operation, requestId, by, because | sort @timestamp
\`\`\`

gives \`finding judged\`, \`finding waiting\`, \`finding approved\`, \`finding applying\`, \`call intended\`, \`call made\`,
\`finding verifying\`, \`finding resolved\`. Inputs and answers of AWS are not logged, and secrets are cut out of every line.
The audit trail in the store has the same steps, chained; \`redress audit verify\` checks it.

## Traces

With \`OTEL_EXPORTER_OTLP_ENDPOINT\` there are spans: \`take in\` (the intake), \`judge\` for each resource that an event led to,
one for each effect (\`apply\`, \`verify\`, \`undo\`, \`ask\` …), and one for each call to AWS, such as \`s3.PutBucketVersioning\`. The
trace goes on from the intake to the worker through the message attribute \`traceparent\` (W3C Trace Context). Attributes
are \`redress.finding\`, \`redress.plan\`, \`redress.event\`, \`redress.resource\`, \`rpc.service\`, \`rpc.method\`,
\`cloud.account.id\`, \`cloud.region\`, \`aws.request_id\` and, after an error, \`error.type\`: never inputs, answers or secrets.

## Export

\`\`\`sh
redress export --format ocsf --state waiting,needsPerson      # Compliance Finding (2003) of OCSF 1.8.0
redress export --format asff                                  # as Security Hub's BatchImportFindings takes them
\`\`\`

Standard output is one JSON list. With \`export: { securityHub: true }\` in \`redress.yaml\` each step in the life of a finding is
imported into Security Hub of the account and region that Redress runs in (\`securityhub:BatchImportFindings\`). What
Security Hub does not take is told again later, for three days.

- Security Hub takes findings of a custom integration for the calling account only. The finding is therefore the hub's, and
  its resource says whose it is (\`Owner\`, and \`ProductFields["redress/account"]\`).
- It takes a workflow status when a finding is new, and keeps people's own after that. What is resolved, or accepted for a
  time, is archived; when it returns, Security Hub shows it as new.
- Ids are stable: the same control and resource are the same finding for ever.
`;
}

function metricRow([name, metric]: [string, Metric]): string {
  const sets = metric.dimensions.map((set) => (set.length === 0 ? 'none' : set.join(' and ')));
  return `| \`${name}\` | ${metric.instrument} | ${metric.unit} | ${sets.join('; ')} | ${metric.description} |`;
}

function alarmRow({ name, urgency, reason }: Alarm): string {
  return `| [\`${name}\`](alarms.md#${name}) | ${urgency} | ${reason} |`;
}
