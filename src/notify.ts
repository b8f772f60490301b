/** What goes out to programs and people besides Slack: lifecycle events, notices, lines on a terminal. */
export { awsNotifier } from './notify/aws.ts';
export { lifecyclePublisher, type Notice, NotPublishedError, noticePublisher } from './notify/publish.ts';
export { terminalNotifier } from './notify/terminal.ts';
