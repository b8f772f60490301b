import { LRUCache } from 'lru-cache';
import { partitionOf } from '../partition.ts';
import { errorCode, hasCode, ObstacleError, troubleOf } from './errors.ts';
import type { Request } from './port.ts';
import { clients } from './sdk.ts';

/** The roles that Redress takes in accounts. */
export const roles = { read: 'RedressRead', write: 'RedressRemediate' } as const;

/** Credentials of a role for a time, as the SDK takes them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** What a session may do: everything that the role may, or these actions of a plan and nothing else. */
interface Wanted {
  readonly role: string;
  readonly account: string;
  readonly partition: string;
  readonly name: string;
  readonly policy: string | undefined;
}

export interface Sessions {
  /** Names the credentials that a request is to be made with. */
  readonly keyOf: (request: Request) => string;
  /** @throws ObstacleError when the role cannot be taken, else STS's own errors */
  readonly credentialsFor: (request: Request) => Promise<Credentials>;
}

/** The longest inline session policy that STS takes, in characters. */
const MOST_POLICY_CHARACTERS = 2048;
const MOST_NAME_CHARACTERS = 64;
const READ_SECONDS = 3600;
/** A write session lives no longer than STS asks for: what is stolen is worth little. */
const WRITE_SECONDS = 900;
/** Sessions are not used to their end: a call may take its time. Longer than the SDK's own five minutes. */
const SPARE = 6 * 60_000;
const MOST_SESSIONS = 1000;

/**
 * Takes roles in accounts and keeps the sessions: one for reading in each
 * account, one for each plan that is written. A write session holds the plan's
 * actions; where STS finds them too long, the actions of the one call that is
 * to be made, never more than the plan's. Its name carries the plan's id into
 * CloudTrail. No source identity is set: it would have to be allowed in every
 * trust policy, and says nothing that the name does not.
 *
 * @param options.region where STS is asked: its own account has that region, which is not sure of the target's
 */
export function createSessions(options: {
  readonly region: () => Promise<string>;
  readonly externalId: string | undefined;
  readonly now: () => Date;
  readonly userAgent: string;
}): Sessions {
  const { now } = options;
  const kept = new LRUCache<string, Promise<Credentials>>({ max: MOST_SESSIONS });
  // A policy that STS finds too large once packed; what it packs to cannot be told before.
  const tooLarge = new LRUCache<string, true>({ max: MOST_SESSIONS });
  const ends = new WeakMap<Promise<Credentials>, number>();
  let client: Promise<InstanceType<Awaited<ReturnType<typeof clients.sts>>['STSClient']>> | undefined;

  async function sts() {
    client ??= (async () => {
      const { STSClient } = await clients.sts();
      return new STSClient({ region: await options.region(), customUserAgent: options.userAgent });
    })();
    return client;
  }

  async function take(wanted: Wanted): Promise<Credentials> {
    const { AssumeRoleCommand } = await clients.sts();
    const { role, account, partition, name, policy } = wanted;
    const { Credentials: given } = await (await sts()).send(
      new AssumeRoleCommand({
        RoleArn: `arn:${partition}:iam::${account}:role/${role}`,
        RoleSessionName: name,
        DurationSeconds: policy === undefined ? READ_SECONDS : WRITE_SECONDS,
        ...(options.externalId ? { ExternalId: options.externalId } : {}),
        ...(policy === undefined ? {} : { Policy: policy }),
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
      throw new Error(`STS gave no credentials for ${role} in account ${account}.`);
    }
    return {
      ...{ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
      expiration: Expiration,
    };
  }

  function session(wanted: Wanted): Promise<Credentials> {
    const key = keyFor(wanted);
    const known = kept.get(key);
    if (known !== undefined && (ends.get(known) ?? Number.POSITIVE_INFINITY) > now().getTime() + SPARE) return known;
    const taken = take(wanted).catch((error) => {
      if (kept.peek(key) === taken) kept.delete(key);
      throw inWords(error, wanted);
    });
    kept.set(key, taken);
    taken.then(
      ({ expiration }) => ends.set(taken, expiration.getTime()),
      () => {},
    );
    return taken;
  }

  const wantedFor = (request: Request): Wanted => {
    const plan = wantedOf(request, request.session?.permissions);
    const fits = (plan.policy ?? '').length <= MOST_POLICY_CHARACTERS && !tooLarge.has(keyFor(plan));
    return fits ? plan : wantedOf(request, request.session?.ofCall);
  };

  return {
    keyOf: (request) => keyFor(wantedFor(request)),
    async credentialsFor(request) {
      const wanted = wantedFor(request);
      try {
        return await session(wanted);
      } catch (error) {
        const ofCall = wantedOf(request, request.session?.ofCall);
        if (!hasCode(error, ['PackedPolicyTooLarge']) || keyFor(ofCall) === keyFor(wanted)) throw error;
        tooLarge.set(keyFor(wanted), true);
        return session(ofCall);
      }
    },
  };
}

const keyFor = ({ role, account, name, policy = '' }: Wanted): string => `${account}/${role}/${name}/${policy}`;

function wantedOf({ target, session }: Request, permissions: readonly string[] | undefined): Wanted {
  const { account, region } = target;
  const { partition } = partitionOf(region);
  if (session === undefined) {
    return { ...{ account, partition, role: roles.read }, name: sessionName('redress-read'), policy: undefined };
  }
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: permissions ?? session.permissions, Resource: '*' }],
  });
  return { ...{ account, partition, role: roles.write }, name: sessionName(`redress-${session.planId}`), policy };
}

/** A name that STS takes: letters, digits and a few signs, at most 64 of them. */
export function sessionName(text: string): string {
  return text.replace(/[^\w+=,.@-]/g, '-').slice(0, MOST_NAME_CHARACTERS);
}

/** A role that cannot be taken keeps Redress out of an account until a person does something. */
function inWords(error: unknown, { role, account, partition }: Wanted): unknown {
  if (troubleOf(error) !== 'denied' && !hasCode(error, ['RegionDisabled'])) return error;
  return new ObstacleError({
    account,
    role,
    because: `the role ${role} of account ${account} cannot be taken (${errorCode(error)})`,
    mend:
      `deploy the member stack to account ${account}, or correct arn:${partition}:iam::${account}:role/${role}: ` +
      'its trust policy, external id, and who may take it',
  });
}
