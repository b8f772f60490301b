import { settings, tasks } from '../detectors/datasync.ts';
import { byHand, call, document, edit, optional, remediations } from '../src/control.ts';

// What AWS does with what is left out is not documented: all is sent, always. A log group cannot be taken away.
const settingsDocument = document(settings, {
  write: call('datasync', 'UpdateTask', ({ id }, { options, logGroup, kept }) => ({
    TaskArn: id,
    ...kept,
    Options: options,
    ...(logGroup ? { CloudWatchLogGroupArn: logGroup } : {}),
  })),
});

export const taskRemediations = remediations(tasks, {
  446: edit(
    settingsDocument,
    {
      mode: 'approve',
      impact: 'none for transfers: from the next run on errors are logged, which is billed by volume',
      undo: 'best-effort',
      parameters: {
        dataSyncLogGroupArn: optional(
          'ARN of the log group for DataSync tasks that name none; tasks in Enhanced mode need none, and log to /aws/datasync. A resource policy of CloudWatch Logs must let datasync.amazonaws.com write there: logs:CreateLogStream and logs:PutLogEvents.',
          '',
        ),
      },
      note: 'The log group is not made, and the policy of CloudWatch Logs not changed: an account has room for ten of them. An undo switches the level back; the log group stays named.',
    },
    (current, { parameters: { dataSyncLogGroupArn }, partition, region }) => {
      const { LogLevel } = current.options;
      const options = { ...current.options, LogLevel: LogLevel === 'TRANSFER' ? LogLevel : ('BASIC' as const) };
      if (current.taskMode === 'ENHANCED') return { ...current, options };
      const logGroup = current.logGroup ?? dataSyncLogGroupArn;
      if (!logGroup.startsWith(`arn:${partition}:logs:${region}:`) || !logGroup.includes(':log-group:'))
        return byHand(
          `the task names no log group; set dataSyncLogGroupArn to the ARN of one in ${region} (it is "${logGroup}")`,
        );
      return { ...current, logGroup, options };
    },
  ),

  447: edit(
    settingsDocument,
    {
      mode: 'auto',
      impact:
        'none for a run under way. Where the whole destination was compared, the next runs no longer notice changes of other files there',
    },
    (current) => ({ ...current, options: { ...current.options, VerifyMode: 'ONLY_FILES_TRANSFERRED' } }),
  ),
});
