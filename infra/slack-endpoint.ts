import { CfnOutput, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { accept } from './accept.ts';
import { LOG_GROUPS } from './key.ts';

const PATH = '/slack/events';

/**
 * The address that Slack sends to: an HTTP API, and not a function URL, which
 * a dozen regions and the partition of China do not have, and which has no
 * brake before the function. What the function is given is the same with both.
 *
 * @returns the API, for its alarm
 */
export function slackEndpoint(stack: Stack, slack: IFunction, key: IKey, retention: RetentionDays): HttpApi {
  const api = new HttpApi(stack, 'Slack', {
    apiName: 'redress-slack',
    description: 'Takes what people do in Slack',
    createDefaultStage: false,
  });
  const routes = api.addRoutes({
    path: PATH,
    methods: [HttpMethod.POST],
    integration: new HttpLambdaIntegration('SlackFunction', slack),
  });
  for (const route of routes) {
    accept(route, 'Slack signs what it sends and cannot sign in; the function checks the signature first', 'APIG4');
  }
  const logs = new LogGroup(stack, 'SlackAccessLogs', {
    logGroupName: `${LOG_GROUPS.vended}-slack`,
    retention,
    encryptionKey: key,
    // A first deployment that fails takes it along, so that the next one can make it.
    removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  });
  new HttpStage(stack, 'SlackStage', {
    httpApi: api,
    stageName: '$default',
    autoDeploy: true,
    // People click. Whoever sends more is not people.
    throttle: { rateLimit: 20, burstLimit: 40 },
    accessLogSettings: {
      destination: new LogGroupLogDestination(logs),
      format: AccessLogFormat.jsonWithStandardFields(),
    },
  });
  new CfnOutput(stack, 'SlackUrl', {
    description: 'Request URL for interactivity and slash commands of the Slack app',
    value: `${api.apiEndpoint}${PATH}`,
  });
  return api;
}
