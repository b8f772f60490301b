import { CreateRepositoryCommand } from '@aws-sdk/client-ecr';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { assumedRole, cloudTrailRecord } from '../../../src/demo/sample/cloudtrail.ts';
import { type Aws, REGION } from '../clients.ts';

/** A resource that somebody keeps changing, and the control that watches it. */
export interface Watched {
  readonly account: string;
  readonly control: number;
  /** As findings name it. */
  readonly id: string;
  readonly call: readonly [source: string, name: string, requestParameters: Readonly<Record<string, unknown>>];
}

/** How many resources of each kind an account has. */
export interface Size {
  readonly buckets: number;
  readonly queues: number;
  readonly repositories: number;
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** Makes an account full of resources, each wrong in one way that mends itself: without encryption, or scanned by nobody. */
export async function fill(aws: Aws, account: string, { buckets, queues, repositories }: Size): Promise<Watched[]> {
  const short = account.slice(0, 3);
  const watched: Watched[] = [];
  for (const number of numbers(buckets)) {
    const bucketName = `data-${short}-${number}`;
    await aws.s3.send(new CreateBucketCommand({ Bucket: bucketName }));
    watched.push({ account, control: 67, id: bucketName, call: ['s3', 'DeleteBucketEncryption', { bucketName }] });
  }
  for (const number of numbers(queues)) {
    const attributes = { SqsManagedSseEnabled: 'false' };
    const input = { QueueName: `jobs-${short}-${number}`, Attributes: attributes };
    const { QueueUrl: queueUrl = '' } = await aws.sqs.send(new CreateQueueCommand(input));
    watched.push({
      account,
      control: 291,
      id: queueUrl,
      call: ['sqs', 'SetQueueAttributes', { queueUrl, attributes }],
    });
  }
  for (const number of numbers(repositories)) {
    const repositoryName = `app-${short}-${number}`;
    await aws.ecr.send(new CreateRepositoryCommand({ repositoryName }));
    const imageScanningConfiguration = { scanOnPush: false };
    watched.push({
      ...{ account, control: 377, id: repositoryName },
      call: ['ecr', 'PutImageScanningConfiguration', { repositoryName, imageScanningConfiguration }],
    });
  }
  return watched;
}

/** What an account that Redress cannot enter would tell of. Nothing of it exists. */
export const unreachable = (account: string, count: number): readonly Watched[] =>
  numbers(count).map((number) => {
    const bucketName = `hidden-${account.slice(0, 3)}-${number}`;
    return { account, control: 67, id: bucketName, call: ['s3', 'DeleteBucketEncryption', { bucketName }] };
  });

const FIRST = Date.UTC(2026, 10, 2, 9, 0);
const deployer = assumedRole('deploy', 'run-1', 'aws-cli/2.31.0');

/** One event as the bus takes it. */
export interface Entry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

/**
 * So many events on the resources, in turn: about every eighth is a repetition
 * of an earlier one, and all of them are out of order.
 */
export function eventsOn(resources: readonly Watched[], count: number, random: () => number): readonly Entry[] {
  const entries: Entry[] = [];
  for (const number of numbers(count)) {
    const repeated = random() < 1 / 8 ? entries[Math.floor(random() * entries.length)] : undefined;
    const resource = resources[number % resources.length];
    if (repeated !== undefined) entries.push(repeated);
    else if (resource !== undefined) entries.push(entryOf(resource, new Date(FIRST + number * 1000)));
  }
  return shuffled(entries, random);
}

function entryOf({ account, call: [source, name, requestParameters] }: Watched, at: Date): Entry {
  const record = cloudTrailRecord({
    ...{ source, name, requestParameters, responseElements: null, account, region: REGION, at, by: deployer },
  });
  return { Source: `aws.${source}`, DetailType: 'AWS API Call via CloudTrail', Detail: JSON.stringify(record) };
}

function shuffled<T>(values: readonly T[], random: () => number): readonly T[] {
  return values
    .map((value) => ({ value, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}

/** The same numbers in every run (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
