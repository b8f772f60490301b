import type { Answer, AwsPort, Request } from '../aws/port.ts';
import { SampleAwsError } from './sample/aws-error.ts';
import { ec2 } from './sample/ec2.ts';
import { iam } from './sample/iam.ts';
import { uuid } from './sample/ids.ts';
import { kms, sns, ssm } from './sample/messaging.ts';
import type { Handler } from './sample/operations.ts';
import { populate } from './sample/population/index.ts';
import { s3, s3control } from './sample/s3.ts';
import type { Setting } from './sample/setting.ts';
import type { World } from './sample/world.ts';

export { sampleEvents } from './sample/events.ts';
export { sampleIds } from './sample/setting.ts';
export type { World } from './sample/world.ts';

/** One request that the sample account was sent. */
export interface RecordedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly region: string;
  readonly requestId: string;
  /** AWS's error code, if the call failed. */
  readonly error: string | undefined;
}

/** An AWS account in memory. */
export interface SampleAccount {
  readonly port: AwsPort;
  /** Every request, in order. */
  readonly calls: readonly RecordedCall[];
  /** What the account holds. Change it to play somebody who changed it meanwhile. */
  readonly world: World;
}

/** Services that answer in one region for the whole account. */
const GLOBAL = new Set(['iam', 's3control']);

const handlers: Readonly<Record<string, Handler>> = { ...s3, ...s3control, ...iam, ...ec2, ...sns, ...ssm, ...kms };

/** The operations that the sample account answers: `s3:GetBucketAcl`. */
export const sampleOperations: readonly string[] = Object.keys(handlers).sort();

/**
 * Makes an account in memory that answers as AWS does, with about a dozen
 * things wrong in it. The same calls give the same answers and request ids.
 */
export function createSampleAccount(options: Partial<Setting> = {}): SampleAccount {
  const world = populate({
    account: '123456789012',
    region: 'us-east-1',
    partition: 'aws',
    now: () => new Date('2026-11-16T09:00:00Z'),
    ...options,
  });
  const calls: RecordedCall[] = [];
  const send = async ({ service, operation, input, target }: Request): Promise<Answer> => {
    const requestId = uuid(`request ${calls.length}`);
    const record = (error: string | undefined) =>
      calls.push({ service, operation, input: structuredClone(input), region: target.region, requestId, error });
    try {
      const handler = handlerFor(world, { service, operation, target });
      // Copies on both ways: nobody holds a piece of the world by accident.
      const output = structuredClone(handler(world, structuredClone(input)));
      record(undefined);
      return { output: { ...output }, requestId };
    } catch (error) {
      record(error instanceof Error ? error.name : 'unknown');
      throw error;
    }
  };
  const arn = `arn:${world.partition}:sts::${world.account}:assumed-role/Redress/demo`;
  return {
    port: { send, identity: async () => ({ account: world.account, partition: world.partition, arn }) },
    calls,
    world,
  };
}

function handlerFor(world: World, { service, operation, target }: Pick<Request, 'service' | 'operation' | 'target'>) {
  const name = `${service}:${operation}`;
  if (target.account !== world.account) {
    throw new SampleAwsError('AccessDenied', `The sample account is ${world.account}, not ${target.account}.`, 403);
  }
  if (target.region !== world.region && !GLOBAL.has(service)) {
    throw new SampleAwsError(
      'AuthFailure',
      `The sample account lives in ${world.region}, not in ${target.region}.`,
      401,
    );
  }
  const handler = handlers[name];
  if (handler === undefined) {
    throw new SampleAwsError('NotInSampleAccount', `The sample account does not play ${name}.`, 501);
  }
  return handler;
}
