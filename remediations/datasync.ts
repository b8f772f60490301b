import { settings, tasks } from '../detectors/datasync.ts';
import { byHand, call, document, edit, optional, remediations } from '../src/control.ts';

// What AWS does with options that are left out is not documented: all are sent, always. A log group cannot be taken away.
const settingsDocument = document(settings, {
  write: call('datasync', 'UpdateTask', ({ id }, { options, logGroup }) => ({
    TaskArn: id,
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
          'ARN of the log group for DataSync tasks that name none (tasks in Enhanced mode take /aws/datasync only). A resource policy of CloudWatch Logs must let datasync.amazonaws.com write there: logs:CreateLogStream and logs:PutLogEvents.',
          '',
        ),
      },
      note: 'The log group is not made, and the policy of CloudWatch Logs not changed: an account has room for ten of them. An undo switches the level back; the log group stays named.',
    },
    (current, { parameters: { dataSyncLogGroupArn } }) => {
      const logGroup = current.logGroup ?? dataSyncLogGroupArn;
      if (!/^arn:[^:]+:logs:[^:]+:\d{12}:log-group:/.test(logGroup))
        return byHand('the task names no log group; set dataSyncLogGroupArn to the ARN of one');
      const { LogLevel } = current.options;
      return {
        logGroup,
        options: { ...current.options, LogLevel: LogLevel === 'TRANSFER' ? 'TRANSFER' : 'BASIC' },
      };
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
