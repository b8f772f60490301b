import {
  type Criticality,
  derive,
  detector,
  type EventIds,
  fail,
  nextToken,
  pass,
  type Read,
  readPages,
  skip,
  tagsFrom,
  type Verdict,
} from '../../src/control.ts';
import { encryptionKeys, isCustomerManaged } from '../customer-key.ts';

/** What the controls ask of a job, or of one of several definitions in it. */
export interface JobPart {
  /** The name of the definition, where a job has several. */
  readonly name: string | undefined;
  readonly instanceTypes: readonly string[];
  /** Without volumes of its own (serverless) there is nothing to encrypt. */
  readonly hasVolumes: boolean;
  readonly volumeKey: string | undefined;
  /** A job can write elsewhere than to S3. */
  readonly output: string | undefined;
  readonly outputKey: string | undefined;
  readonly inVpc: boolean;
  readonly isolated: boolean;
  readonly encryptsTraffic: boolean;
}

/** A job of any kind, as far as its settings are judged. */
export interface Job {
  readonly status: string;
  readonly created: Date | undefined;
  /** The tuning job that it belongs to, which is judged in its place. */
  readonly tunedBy: string | undefined;
  /** What else started it by itself, by ARN. */
  readonly launchers: readonly string[];
  readonly role: string | undefined;
  readonly parts: readonly JobPart[];
}

/** Whether a machine keeps data on disks of its own, which its hardware encrypts: AWS takes no key for those. */
export function hasLocalDisks(instanceType: string): boolean {
  return /^ml\.([a-z]+\d+[a-z]*d[a-z]*|g5|g6|g6e|gr6|g7e|p5|p5e|p5en|p6[\w-]*|trn\d\w*|i\d\w*)\./.test(instanceType);
}

const GRACE = 60 * 60 * 1000;
const isRunning = (status: string): boolean => status === 'InProgress' || status === 'Stopping';

/**
 * Nothing about a job that has ended can be set right. It is judged when its
 * creation is announced, which is within an hour, and never again.
 */
const isOver = ({ status, created }: Job, now: Date): boolean =>
  !isRunning(status) && (created === undefined || now.getTime() - created.getTime() > GRACE);

const IS_OVER =
  'A job that ended more than an hour after it was made is not judged: it cannot be changed, only its launcher can.';

/** Why a part falls short, or nothing. */
type Shortcoming = (part: JobPart) => string | undefined;

function judge(job: Job, now: Date, applies: (part: JobPart) => boolean, without: string, short: Shortcoming): Verdict {
  if (job.tunedBy !== undefined) return skip(`the job belongs to ${job.tunedBy}, which is judged in its place`);
  if (isOver(job, now)) return skip(`the job has ended (${job.status.toLowerCase()}) and cannot be changed`);
  const parts = job.parts.filter(applies);
  if (parts.length === 0) return skip(without);
  const because = parts.flatMap((part) => {
    const reason = short(part);
    return reason === undefined ? [] : [part.name === undefined ? reason : `in ${part.name} ${reason}`];
  });
  return because.length === 0 ? pass : fail(because.join(', '));
}

const always = () => true;
const hasVolumeForKey = (part: JobPart): boolean =>
  part.volumeKey !== undefined ||
  (part.hasVolumes && (part.instanceTypes.length === 0 || !part.instanceTypes.every(hasLocalDisks)));
const NO_VOLUME = 'the machines have no volumes that take a key: their own disks are encrypted by the hardware';
const NO_OUTPUT = 'the job writes nothing to S3';

/** The controls of one kind of job. All kinds are judged by one table. */
export function jobControls(
  kind: 'Processing' | 'Training' | 'Tuning',
  on: Record<`${string}:${string}`, EventIds>,
  job: Read<Job>,
) {
  const keys = encryptionKeys(
    derive({ job }, ({ job: { parts } }) => [
      ...new Set(parts.flatMap(({ volumeKey, outputKey }) => [volumeKey ?? [], outputKey ?? []].flat())),
    ]),
  );
  const one = (title: string, criticality: Criticality, note: string | undefined, rest: Aspect) =>
    detector({
      title: `${kind} job ${title}`,
      criticality,
      on,
      reads: { job },
      check: ({ job }, { now }) => judge(job, now, rest.applies ?? always, rest.without ?? '', rest.short),
      note: [note, IS_OVER].filter(Boolean).join(' '),
    });
  const own = (title: string, note: string | undefined, of: (part: JobPart) => string | undefined, rest: Aspect) =>
    detector({
      title: `${kind} job ${title}`,
      criticality: 'HIGH',
      on,
      reads: { job, keys },
      check: ({ job, keys }, { now }) =>
        judge(job, now, rest.applies ?? always, rest.without ?? '', (part) => {
          const verdict = isCustomerManaged(
            keys.find(({ id }) => id === of(part)),
            rest.short(part) ?? '',
          );
          return verdict.verdict === 'fail' ? verdict.because : undefined;
        }),
      note: [note, IS_OVER].filter(Boolean).join(' '),
    });
  const volume: Aspect = {
    applies: hasVolumeForKey,
    without: NO_VOLUME,
    short: ({ volumeKey }) => (volumeKey ? undefined : 'no KMS key is named for the volumes'),
  };
  const output: Aspect = {
    applies: ({ output }) => output !== undefined,
    without: NO_OUTPUT,
    short: ({ outputKey }) => (outputKey ? undefined : 'no KMS key is named for the output'),
  };
  return {
    traffic: (criticality: Criticality, note?: string) =>
      one('encrypts the traffic between its instances', criticality, note, {
        short: ({ encryptsTraffic }) =>
          encryptsTraffic ? undefined : 'the traffic between its instances is not encrypted',
      }),
    vpc: (note?: string) =>
      one('runs in a VPC of its own account', 'MEDIUM', note, {
        short: ({ inVpc }) => (inVpc ? undefined : 'it runs outside of any VPC of yours'),
      }),
    isolation: (note?: string) =>
      one('gives its containers no network', 'HIGH', note, {
        short: ({ isolated }) => (isolated ? undefined : 'its containers have a network'),
      }),
    volumeKey: (note?: string) => one('names a KMS key for its volumes', 'HIGH', note, volume),
    ownVolumeKey: (note?: string) =>
      own('has its volumes under a customer managed key', note, ({ volumeKey }) => volumeKey, volume),
    outputKey: (note?: string) => one('names a KMS key for its output', 'HIGH', note, output),
    ownOutputKey: (note?: string) =>
      own('has its output under a customer managed key', note, ({ outputKey }) => outputKey, output),
  };
}

interface Aspect {
  readonly applies?: (part: JobPart) => boolean;
  /** Why the control does not apply, where no part is left. */
  readonly without?: string;
  readonly short: Shortcoming;
}

/** An empty key is how some answers say that there is none. */
export const key = (id: string | undefined): string | undefined => id || undefined;

export const hasVpc = (vpc: { Subnets?: string[] | undefined; SecurityGroupIds?: string[] | undefined } | undefined) =>
  (vpc?.Subnets?.length ?? 0) > 0 && (vpc?.SecurityGroupIds?.length ?? 0) > 0;

const tagList = readPages(
  'sagemaker',
  'ListTags',
  ({ arn }) => ({ ResourceArn: arn }),
  (out) => out.Tags ?? [],
  nextToken,
);

/** Tags of anything in SageMaker, which asks for them by ARN. */
export const tags = derive({ tagList }, ({ tagList }) => tagsFrom(tagList));

/** SageMaker says by a validation error that a name leads to nothing. */
export const GONE = ['ResourceNotFound', 'ValidationException'];
