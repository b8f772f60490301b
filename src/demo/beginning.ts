import { onTheDay } from './clock.ts';
import { statementsOf } from './sample/public-policy.ts';
import { sampleEvents, type World } from './sample-account.ts';

/** The bucket that the story is about. */
export const PRESS_KIT = 'acme-press-kit';

/** What the world is turned back to, and what CloudTrail will tell of it. */
export interface Beginning {
  /** CloudTrail's records of the hour to come, by the name of the event. */
  readonly recordOf: (eventName: string) => Readonly<Record<string, unknown>>;
  /** The policy that opens the bucket. */
  readonly openPolicy: string;
}

/**
 * Turns the account back to before its first misstep: the bucket is private,
 * its policy has nothing wrong with it, and the account blocks nothing, so that
 * opening the bucket really opens it.
 */
export function beginning(world: World): Beginning {
  const bucket = world.s3.buckets[PRESS_KIT];
  const wellKept = world.s3.buckets['acme-invoices'];
  if (bucket === undefined || wellKept === undefined) throw new Error('The sample account lacks its buckets.');
  const arn = `arn:${world.partition}:s3:::${PRESS_KIT}`;
  const own = statementsOf(bucket.policy ?? '{}');
  const tlsOnly = {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, `${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
  const policyOf = (statements: readonly object[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [tlsOnly, ...statements] });
  const openPolicy = policyOf(own);

  bucket.policy = openPolicy;
  const records = sampleEvents({ ...world, now: () => onTheDay('09:00') });
  bucket.policy = policyOf(own.filter(({ Effect, Principal }) => !(Effect === 'Allow' && Principal === '*')));
  bucket.acl = structuredClone(wellKept.acl);
  world.s3.publicAccessBlock = undefined;

  return {
    openPolicy,
    recordOf: (eventName) => {
      const record = records.find((one) => one.eventName === eventName);
      if (record === undefined) throw new Error(`The sample account tells of no ${eventName}.`);
      return record;
    },
  };
}
