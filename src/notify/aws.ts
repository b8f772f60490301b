import type { AwsPort, Target } from '../aws/port.ts';
import type { Config } from '../config.ts';
import type { Notifier } from '../workflow/notifier.ts';
import { lifecyclePublisher, noticePublisher, obstaclePublisher } from './publish.ts';

/**
 * Tells the bus and the topic that the configuration names: every lifecycle
 * event goes to the bus; what a person has to do or to know goes to the topic.
 */
export function awsNotifier(
  port: Pick<AwsPort, 'send'>,
  config: Pick<Config, 'bus' | 'topicArn'>,
  home: Target,
): Notifier {
  const publishLifecycle = config.bus === undefined ? undefined : lifecyclePublisher(port, config.bus, home);
  const publishObstacle = config.bus === undefined ? undefined : obstaclePublisher(port, config.bus, home);
  const publishNotice = config.topicArn === undefined ? undefined : noticePublisher(port, config.topicArn, home);
  return {
    async ask({ id, evaluation }, plan) {
      const { control, title, because, criticality } = evaluation;
      const wanted = plan.kind === 'guide' ? 'needs a person' : 'waits for a yes';
      await publishNotice?.({
        subject: `Redress: ${criticality} control ${control} ${wanted}: ${plan.resource.id}`,
        text: [
          `${title}: ${because}`,
          `Resource: ${plan.resource.arn}`,
          `Impact: ${plan.impact}`,
          ...plan.cli.map((line) => `Would run: ${line}`),
          ...plan.guide.map(({ text }) => `- ${text}`),
          '',
          plan.kind === 'guide' ? `redress show ${id}` : `redress approve ${id}   or   redress deny ${id}`,
        ].join('\n'),
      });
    },
    // A notice that was sent cannot be changed; what happened next is told by another.
    async changed(_finding, events) {
      await publishLifecycle?.(events);
      for (const { type, control, arn, because, by, finding } of events) {
        if (type !== 'needsPerson' && type !== 'rolledBack') continue;
        const what = type === 'needsPerson' ? 'needs a person' : 'was rolled back';
        await publishNotice?.({
          subject: `Redress: control ${control} ${what}: ${arn}`,
          text: `${because}\nResource: ${arn}\nBy: ${by}\n\nredress show ${finding}`,
        });
      }
    },
    async obstacle(obstacle) {
      await publishObstacle?.(obstacle);
      const { account, because, mend, since, goneAt } = obstacle;
      const what = goneAt === null ? 'cannot be entered' : 'can be entered again';
      const text = goneAt === null ? `${because}\nTo mend it: ${mend}` : `It could not be since ${since}: ${because}`;
      await publishNotice?.({ subject: `Redress: account ${account} ${what}`, text });
    },
  };
}
