import stringify from 'safe-stable-stringify';
import type { AwsPort } from '../../src/aws/port.ts';
import { createSampleAccount } from '../../src/demo/sample-account.ts';
import { createEngine } from '../../src/engine.ts';
import type { ResourceRef } from '../../src/plan/plan.ts';
import { catalogue } from '../../src/redress.ts';
import type { Result } from './measure.ts';

const TYPE = 'AWS::S3::Bucket';

/** Calls to AWS for a bucket that fails, judged and planned by all its controls at once. */
export async function reads(): Promise<Result[]> {
  const { port } = createSampleAccount();
  const { account, partition } = await port.identity();
  const numbers = [...catalogue.values()].filter((one) => one.detector.resource.type === TYPE).map((one) => one.number);
  const bucket: ResourceRef = {
    ...{ type: TYPE, id: 'acme-press-kit', arn: `arn:${partition}:s3:::acme-press-kit` },
    ...{ partition, account, region: 'us-east-1', scope: 'resource' },
  };

  const together = await callsFor(port, bucket, [numbers]);
  const apart = await callsFor(
    port,
    bucket,
    numbers.map((number) => [number]),
  );
  const needed = new Set(apart);
  return [
    {
      name: 'reads of a bucket',
      means: `calls to AWS for ${numbers.length} controls of one bucket, to the different calls that they need`,
      ratio: together.length / needed.size,
      aim: 1,
      detail: `${together.length} to ${needed.size} calls; control by control it would be ${apart.length}`,
    },
  ];
}

/** What arrives at the port while a bucket is judged by one group of controls after the other. */
async function callsFor(port: AwsPort, bucket: ResourceRef, groups: readonly (readonly number[])[]): Promise<string[]> {
  const calls: string[] = [];
  const counted: AwsPort = {
    identity: port.identity,
    send: (request) => {
      calls.push(stringify([request.target, request.service, request.operation, request.input]));
      return port.send(request);
    },
  };
  const engine = createEngine({ port: counted, catalogue, mode: 'dry-run' });
  for (const group of groups) await engine.assess(bucket, group);
  return calls;
}
