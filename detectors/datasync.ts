import { derive, detectors, fail, ids, nextToken, pass, read, readPages, resource, tagsFrom } from '../src/control.ts';

/** What Redress looks at of a task; its times are left out. */
export const settings = read(
  'datasync',
  'DescribeTask',
  ({ id }) => ({ TaskArn: id }),
  ({ Options = {}, CloudWatchLogGroupArn, Name, Includes = [], Excludes = [], TaskMode = 'BASIC' }) => ({
    options: Options,
    logGroup: CloudWatchLogGroupArn || undefined,
    /** What a change may clear if it does not say it again. */
    kept: {
      ...(Name ? { Name } : {}),
      ...(Includes.length > 0 ? { Includes } : {}),
      ...(Excludes.length > 0 ? { Excludes } : {}),
    },
    taskMode: TaskMode,
  }),
);

const on = {
  'datasync:CreateTask': ids('responseElements.taskArn'),
  'datasync:UpdateTask': ids('requestParameters.taskArn'),
  'datasync:DeleteTask': ids('requestParameters.taskArn'),
};

const mode = derive({ settings }, ({ settings }) => settings.options.VerifyMode);

export const tasks = detectors(
  resource('AWS::DataSync::Task', {
    service: 'datasync',
    arn: ({ id }) => id,
    list: readPages(
      'datasync',
      'ListTasks',
      () => ({}),
      (out) => (out.Tasks ?? []).flatMap(({ TaskArn }) => TaskArn ?? []),
      nextToken,
    ),
    // DataSync has no code of its own for what is not there.
    gone: ['InvalidRequestException'],
    // A task has at most fifty tags, which fit on one page.
    tags: read(
      'datasync',
      'ListTagsForResource',
      ({ id }) => ({ ResourceArn: id, MaxResults: 100 }),
      (out) => tagsFrom(out.Tags),
    ),
  }),
  {
    446: {
      title: 'DataSync task logs to CloudWatch Logs',
      criticality: 'LOW',
      on,
      reads: { settings },
      check: ({ settings: { options, logGroup, taskMode } }) => {
        if (logGroup === undefined && taskMode !== 'ENHANCED') return fail('the task has no log group');
        return options.LogLevel === 'BASIC' || options.LogLevel === 'TRANSFER' ? pass : fail('its log level is off');
      },
      note: 'The heading asks for a log group, the evaluation for logs: both are judged. Tasks in Enhanced mode need name no group: they log to /aws/datasync. Whether DataSync may write there is for the policy of CloudWatch Logs to say, and is not seen here.',
    },
    447: {
      title: 'DataSync task verifies the files that it transfers, and only those',
      criticality: 'LOW',
      on,
      reads: { mode },
      check: ({ mode }) => {
        if (mode === 'ONLY_FILES_TRANSFERRED') return pass;
        return fail(
          mode === 'POINT_IN_TIME_CONSISTENT' ? 'the whole destination is compared' : 'nothing is verified in the end',
        );
      },
      note: 'The document wants exactly this value, so the stronger comparison of the whole destination fails too: exempt migrations that need it. What a single run overrides is not seen.',
    },
  },
);
