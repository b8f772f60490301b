import { expect } from 'vitest';
import type { CloudTrailEvent } from '../../src/control/event.ts';
import { type Bench, createBench, policy } from './bench.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const auto = { ...policy, mode: 'auto' as const };

export const eventBy = (arn: string, userAgent = 'aws-cli', requestID = 'r-else'): CloudTrailEvent => ({
  ...{ eventID: 'e-1', eventSource: 'test.amazonaws.com', eventName: 'PutDoc', eventTime: '2026-11-23T10:00:00Z' },
  ...{
    awsRegion: 'us-east-1',
    account: '123456789012',
    requestID,
    userIdentity: { type: 'AssumedRole', arn },
    userAgent,
  },
  ...{ requestParameters: {}, responseElements: {} },
});

export const seen = async (bench: Bench, id: string, controls: readonly number[], cause: CloudTrailEvent) =>
  bench.workflow.observed({
    assessment: await bench.world.remediator.assess(bench.world.resource(id), controls),
    cause,
  });

export const approve = (bench: Bench, finding: string, by = 'alice', digest?: string) =>
  bench.workflow.decide({ finding, decision: 'approve', by, ...(digest === undefined ? {} : { digest }) });

/** A bench with a finding of control 1 that waits for approval. */
export async function waiting(controls: readonly number[] = [1]): Promise<Bench> {
  const bench = createBench();
  bench.world.change('b', { versioning: 'off', encryption: 'none' });
  await bench.scan('b', controls);
  await bench.idle();
  expect((await bench.record('f-1-b')).state).toBe('waiting');
  return bench;
}

/** A bench whose fix of control 1 is resolved. */
export async function resolved(): Promise<Bench> {
  const bench = createBench();
  bench.policy = auto;
  bench.world.change('b', { versioning: 'off' });
  await bench.scan('b', [1]);
  await bench.idle();
  expect((await bench.record('f-1-b')).state).toBe('resolved');
  return bench;
}

export const because = async (bench: Bench, id = 'f-1-b'): Promise<string> =>
  (await bench.record(id)).machine.context.because;
export const state = async (bench: Bench, id = 'f-1-b'): Promise<string> => (await bench.record(id)).state;
