import { partitionOf } from '../partition.ts';
import type { Answer, AwsPort, Request, Target } from './port.ts';
import { clients, type Service } from './sdk.ts';

// The SDK announces the end of Node 20 on standard error, where only our own messages belong.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** The roles that Redress takes in other accounts. */
const READ_ROLE = 'RedressRead';
const WRITE_ROLE = 'RedressRemediate';

/** As much of an SDK client as is used here: all sixty have it in common. */
interface Client {
  send(command: object): Promise<Record<string, unknown> & { $metadata?: { requestId?: string } }>;
}
type Constructor<T> = new (input: object) => T;

/**
 * AWS itself, through the SDK. Region, credentials, endpoint and retries are
 * the SDK's own; clients are loaded when first needed and kept, one per
 * account, region and service.
 *
 * @param options.userAgent shows in CloudTrail which program called
 */
export function createSdkPort(options: { userAgent: string }): AwsPort {
  const cache = new Map<string, Promise<Client>>();
  let identity: ReturnType<AwsPort['identity']> | undefined;

  const whoAmI = async () => {
    const { output } = await sendWith(await clientFor('sts', undefined), 'sts', 'GetCallerIdentity', {});
    const arn = String(output.Arn);
    return { account: String(output.Account), partition: arn.split(':')[1] ?? 'aws', arn };
  };

  async function clientFor(service: string, request: Request | undefined): Promise<Client> {
    const own = request === undefined || request.target.account === (await port.identity()).account;
    const key = JSON.stringify([
      service,
      request?.target,
      request?.repeat === 'once',
      own ? undefined : request?.session,
    ]);
    const known = cache.get(key);
    if (known !== undefined) return known;
    const made = newClient(service, request, own, options.userAgent);
    cache.set(key, made);
    return made;
  }

  const port: AwsPort = {
    identity() {
      identity ??= whoAmI().catch((error) => {
        identity = undefined;
        throw error;
      });
      return identity;
    },
    async send(request) {
      const client = await clientFor(request.service, request);
      return sendWith(client, request.service, request.operation, request.input);
    },
  };
  return port;
}

async function sendWith(client: Client, service: string, operation: string, input: object): Promise<Answer> {
  const Command = await exported<Constructor<object>>(service, `${operation}Command`);
  const { $metadata, ...output } = await client.send(new Command(input));
  return { output, requestId: $metadata?.requestId };
}

async function newClient(service: string, request: Request | undefined, own: boolean, userAgent: string) {
  const Client = await exported<Constructor<Client>>(service, clientName);
  return new Client({
    region: request === undefined ? await configuredRegion().catch(() => 'us-east-1') : request.target.region,
    ...(request?.repeat === 'once' ? { maxAttempts: 1 } : {}),
    ...(own || request === undefined ? {} : { credentials: await assumed(request.target, request.session) }),
    ...(request?.session
      ? { customUserAgent: `${userAgent} plan/${request.session.planId}` }
      : { customUserAgent: userAgent }),
    ...(await localEndpoint(service)),
  });
}

/**
 * The region that the environment or the AWS configuration files name.
 *
 * @throws Error when there is none
 */
export async function configuredRegion(): Promise<string> {
  const { STSClient } = await clients.sts();
  return new STSClient({}).config.region();
}

/**
 * Credentials in another account. A write session holds the plan's actions and
 * nothing else, and its name carries the plan's id into CloudTrail.
 */
async function assumed(target: Target, session: Request['session']) {
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  const { partition } = partitionOf(target.region);
  const role = session === undefined ? READ_ROLE : WRITE_ROLE;
  return fromTemporaryCredentials({
    clientConfig: { region: target.region },
    params: {
      RoleArn: `arn:${partition}:iam::${target.account}:role/${role}`,
      RoleSessionName: session === undefined ? 'redress-read' : `redress-${session.planId}`,
      ...(process.env.REDRESS_EXTERNAL_ID ? { ExternalId: process.env.REDRESS_EXTERNAL_ID } : {}),
      ...(session === undefined
        ? {}
        : {
            Policy: JSON.stringify({
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: session.permissions, Resource: '*' }],
            }),
          }),
    },
  });
}

/**
 * What some services need to reach a local endpoint: S3 takes the bucket in
 * the path, S3 Control must not put the account before the host (which would
 * not resolve, and with an address is no URL at all), SQS must not use the host
 * of the queue's URL, Kinesis must not speak HTTP/2, which few besides AWS do.
 */
async function localEndpoint(service: string): Promise<object> {
  const own = process.env[`AWS_ENDPOINT_URL_${service === 's3control' ? 'S3_CONTROL' : service.toUpperCase()}`];
  const endpoint = own ?? process.env.AWS_ENDPOINT_URL;
  if (!endpoint) return {};
  switch (service) {
    case 's3':
      return { forcePathStyle: true };
    case 's3control':
      return { endpointProvider: () => ({ url: new URL(endpoint) }) };
    case 'sqs':
      return { useQueueUrlAsEndpoint: false };
    case 'kinesis': {
      const { NodeHttpHandler } = await import('@smithy/node-http-handler');
      return { requestHandler: new NodeHttpHandler() };
    }
    default:
      return {};
  }
}

const clientName = /^[A-Z]\w*Client$/;

/**
 * An export of a service's SDK package. The names come from definitions that
 * the compiler has checked against that very package, so this is where the
 * type goes from name to value.
 *
 * @throws Error for a service or name that the SDK does not have
 */
async function exported<T>(service: string, name: string | RegExp): Promise<T> {
  const load = isService(service) ? clients[service] : undefined;
  if (load === undefined) throw new Error(`There is no AWS client for "${service}".`);
  const module: Readonly<Record<string, unknown>> = await load();
  const key = typeof name === 'string' ? name : Object.keys(module).find((one) => name.test(one) && one !== '__Client');
  const found = key === undefined ? undefined : module[key];
  if (found === undefined) throw new Error(`The AWS client for "${service}" has no ${name}.`);
  return found as T;
}

const isService = (name: string): name is Service => Object.hasOwn(clients, name);
