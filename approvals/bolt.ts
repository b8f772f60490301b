/**
 * As much of Bolt as is used, to be loaded when it is: loading takes a fifth of
 * a second. By name, because a bundle of a CommonJS package that is imported as
 * a whole has no names.
 */
export { App, AwsLambdaReceiver, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
