import { LRUCache } from 'lru-cache';
import { httpHandler } from './http.ts';
import type { Answer, AwsPort, Request } from './port.ts';
import { clients, type Service } from './sdk.ts';
import { createSessions } from './sessions.ts';

// The SDK announces the end of Node 20 on standard error, where only our own messages belong.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** As much of an SDK client as is used here: all sixty have it in common. */
interface Client {
  send(
    command: object,
    options: { readonly abortSignal?: AbortSignal },
  ): Promise<Record<string, unknown> & { $metadata?: { requestId?: string } }>;
}
type Constructor<T> = new (input: object) => T;

/** Clients are cheap, as they share their connections; hundreds of accounts times sixty services are not. */
const MOST_CLIENTS = 500;

export interface SdkPortOptions {
  /** Shows in CloudTrail which program called. */
  readonly userAgent: string;
  /**
   * In which accounts a role is taken: in all `others` than the credentials'
   * own, `always`, so that nothing but the roles decides what can be done, or
   * `never`, for Redress's own things.
   */
  readonly assume?: 'others' | 'always' | 'never';
  /** What the trust policies of the roles ask for. */
  readonly externalId?: string | undefined;
  /** What asks reads to end. Writes are never cut off: nobody could tell whether they were made. */
  readonly signal?: () => AbortSignal | undefined;
  readonly now?: () => Date;
}

/**
 * AWS itself, through the SDK. Region, credentials, endpoint and retries are
 * the SDK's own; clients are loaded when first needed and kept, one per
 * session, region and service.
 */
export function createSdkPort(options: SdkPortOptions): AwsPort {
  const { userAgent, assume = 'others', signal, now = () => new Date() } = options;
  const cache = new LRUCache<string, Promise<Client>>({ max: MOST_CLIENTS });
  const sessions = createSessions({
    ...{ region: configuredRegion, now, userAgent },
    externalId: options.externalId ?? process.env.REDRESS_EXTERNAL_ID,
  });
  let identity: ReturnType<AwsPort['identity']> | undefined;

  const whoAmI = async () => {
    const client = await clientFor('sts', undefined, false);
    const { output } = await sendWith(client, 'sts', 'GetCallerIdentity', {}, undefined);
    const arn = String(output.Arn);
    return { account: String(output.Account), partition: arn.split(':')[1] ?? 'aws', arn };
  };

  async function takesRole({ target }: Request): Promise<boolean> {
    if (assume !== 'others') return assume === 'always';
    return target.account !== (await port.identity()).account;
  }

  function clientFor(service: string, request: Request | undefined, withRole: boolean): Promise<Client> {
    const once = request?.repeat === 'once';
    const who = withRole && request ? sessions.keyOf(request) : (request?.session?.planId ?? '');
    const key = JSON.stringify([service, request?.target.region, once, who]);
    const known = cache.get(key);
    if (known !== undefined) return known;
    const credentials = withRole && request ? { credentials: () => sessions.credentialsFor(request) } : {};
    const made = newClient(service, request, { ...credentials, requestHandler: httpHandler(once) }, userAgent);
    cache.set(key, made);
    made.catch(() => cache.delete(key));
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
    async prepare(request) {
      if (await takesRole(request)) await sessions.credentialsFor(request);
    },
    async send(request) {
      const withRole = await takesRole(request);
      // Before the client asks for them: then it is sure that nothing was sent when they are refused.
      if (withRole) await sessions.credentialsFor(request);
      const client = await clientFor(request.service, request, withRole);
      const abortSignal = request.session === undefined ? signal?.() : undefined;
      return sendWith(client, request.service, request.operation, request.input, abortSignal);
    },
  };
  return port;
}

async function sendWith(
  client: Client,
  service: string,
  operation: string,
  input: object,
  abortSignal: AbortSignal | undefined,
): Promise<Answer> {
  const Command = await exported<Constructor<object>>(service, `${operation}Command`);
  const { $metadata, ...output } = await client.send(new Command(input), abortSignal ? { abortSignal } : {});
  return { output, requestId: $metadata?.requestId };
}

async function newClient(service: string, request: Request | undefined, more: object, userAgent: string) {
  const Client = await exported<Constructor<Client>>(service, clientName);
  return new Client({
    region: request === undefined ? await configuredRegion().catch(() => 'us-east-1') : request.target.region,
    ...(request?.repeat === 'once' ? { maxAttempts: 1 } : {}),
    ...more,
    ...(request?.session
      ? { customUserAgent: `${userAgent} plan/${request.session.planId}` }
      : { customUserAgent: userAgent }),
    ...localEndpoint(service),
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
 * What some services need to reach a local endpoint: S3 takes the bucket in
 * the path, S3 Control must not put the account before the host (which would
 * not resolve, and with an address is no URL at all), SQS must not use the host
 * of the queue's URL.
 */
function localEndpoint(service: string): object {
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
