import type {
  DeliveryStreamEncryptionStatus,
  DestinationDescription,
  EncryptionConfiguration,
  KeyType,
  S3DestinationDescription,
} from '@aws-sdk/client-firehose';
import {
  derive,
  detectors,
  fail,
  ids,
  pass,
  read,
  readPages,
  resource,
  skip,
  tagsFrom,
  type Verdict,
} from '../src/control.ts';
import { encryptionKey, isCustomerManaged } from './customer-key.ts';
import { deliveryStream, ofDataStream, source, sourceArn, sourceKey } from './firehose/source.ts';

export interface StreamEncryption {
  readonly status: DeliveryStreamEncryptionStatus;
  readonly keyType?: KeyType | undefined;
  readonly key?: string;
  readonly failure?: string;
}

/** Encryption inside the stream, on its way to the destination: which key, and whether it is in force yet. */
export const streamEncryption = derive({ deliveryStream }, ({ deliveryStream }): StreamEncryption => {
  const {
    Status = 'DISABLED',
    KeyType,
    KeyARN,
    FailureDescription,
  } = deliveryStream.DeliveryStreamEncryptionConfiguration ?? {};
  if (Status === 'DISABLED') return { status: Status };
  return {
    status: Status,
    keyType: KeyType,
    ...(KeyARN ? { key: KeyARN } : {}),
    ...(FailureDescription?.Details ? { failure: FailureDescription.Details } : {}),
  };
});

const streamKey = encryptionKey(derive({ streamEncryption }, ({ streamEncryption }) => streamEncryption.key));

/** Destination types, as the members of a description and of an update are named. */
const TYPES = [
  ...(['ExtendedS3', 'Redshift', 'Elasticsearch', 'Amazonopensearchservice', 'Splunk'] as const),
  ...(['HttpEndpoint', 'Snowflake', 'AmazonOpenSearchServerless', 'Iceberg'] as const),
];
export type DestinationType = (typeof TYPES)[number];

/**
 * What Redress looks at of a destination, with all that an update of it must
 * say. The version counts the updates, undone ones too: it is no part of the
 * state that an undo brings back.
 */
export interface Destination {
  readonly version: string;
  readonly toJSON: (this: Destination) => Omit<Destination, 'version' | 'toJSON'>;
  readonly id: string;
  readonly type: DestinationType;
  readonly logging: {
    readonly Enabled: boolean;
    readonly LogGroupName?: string | undefined;
    readonly LogStreamName?: string | undefined;
  };
  /** Where the stream writes to S3: as the destination, on the way to it, or what it could not deliver. */
  readonly s3: { readonly EncryptionConfiguration: EncryptionConfiguration } | undefined;
  /** An update of an Iceberg destination replaces its S3 settings whole. */
  readonly iceberg: S3DestinationDescription | undefined;
}

const NOT_ENCRYPTED: EncryptionConfiguration = { NoEncryptionConfig: 'NoEncryption' };

function s3Of(type: DestinationType, destination: DestinationDescription): S3DestinationDescription | undefined {
  if (type === 'ExtendedS3') return destination.ExtendedS3DestinationDescription;
  return destination[`${type}DestinationDescription`]?.S3DestinationDescription;
}

/** Nor does a log count that is switched off: AWS may go on naming it. */
function stateOnly(this: Destination) {
  const { version: _, toJSON: __, logging, ...state } = this;
  return { ...state, logging: logging.Enabled ? logging : { Enabled: false } };
}

/** The one destination of a delivery stream; nothing where its type is none that we know. */
export const destination = derive({ deliveryStream }, ({ deliveryStream }): Destination | undefined => {
  const [one] = deliveryStream.Destinations ?? [];
  const type = TYPES.find((name) => one?.[`${name}DestinationDescription`] !== undefined);
  if (one === undefined || type === undefined) return undefined;
  const options = one[`${type}DestinationDescription`]?.CloudWatchLoggingOptions;
  const s3 = s3Of(type, one);
  const { KMSEncryptionConfig } = s3?.EncryptionConfiguration ?? {};
  return {
    version: deliveryStream.VersionId ?? '',
    toJSON: stateOnly,
    id: one.DestinationId ?? '',
    type,
    logging: {
      Enabled: options?.Enabled === true,
      ...(options?.LogGroupName ? { LogGroupName: options.LogGroupName } : {}),
      ...(options?.LogStreamName ? { LogStreamName: options.LogStreamName } : {}),
    },
    s3: s3 && { EncryptionConfiguration: KMSEncryptionConfig ? { KMSEncryptionConfig } : NOT_ENCRYPTED },
    iceberg: type === 'Iceberg' ? s3 : undefined,
  };
});

const deliveryKeyId = derive(
  { destination },
  ({ destination }) => destination?.s3?.EncryptionConfiguration.KMSEncryptionConfig?.AWSKMSKeyARN,
);
const deliveryKey = encryptionKey(deliveryKeyId);

const streamName = ids('requestParameters.deliveryStreamName');
const created = { 'firehose:CreateDeliveryStream': streamName, 'firehose:DeleteDeliveryStream': streamName };
const encryptionChanges = {
  ...created,
  'firehose:StartDeliveryStreamEncryption': streamName,
  'firehose:StopDeliveryStreamEncryption': streamName,
};
const destinationChanges = { ...created, 'firehose:UpdateDestination': streamName };
const sourceChanges = {
  ...created,
  'kinesis:StartStreamEncryption': ofDataStream,
  'kinesis:StopStreamEncryption': ofDataStream,
};

type Stream = { readonly DeliveryStreamStatus?: string | undefined; readonly DeliveryStreamType?: string | undefined };

/** What is set after a stream was made is judged when it is active: before, it says nothing. */
function ifActive({ DeliveryStreamStatus: status }: Stream, judge: () => Verdict): Verdict {
  return status === 'ACTIVE' ? judge() : skip(`the stream is ${status?.toLowerCase() ?? 'in an unknown state'}`);
}

/** Only streams that producers write to directly have encryption of their own. */
function ifDirect(stream: Stream, judge: () => Verdict): Verdict {
  return stream.DeliveryStreamType === 'DirectPut'
    ? ifActive(stream, judge)
    : skip(`the stream takes its records from elsewhere (${stream.DeliveryStreamType}), where they are encrypted`);
}

/** What is decided before a stream is made, is judged while that goes on: nothing announces its end. */
function ifStays(stream: Stream, judge: () => Verdict): Verdict {
  return stream.DeliveryStreamStatus === 'CREATING' ? judge() : ifActive(stream, judge);
}

function ifFromKinesis(stream: Stream, judge: () => Verdict): Verdict {
  return stream.DeliveryStreamType === 'KinesisStreamAsSource'
    ? ifStays(stream, judge)
    : skip('the stream does not read a Kinesis data stream');
}

/** Why the encryption of a stream is not in force, or nothing. */
export function whyNotInForce({ status, failure }: StreamEncryption) {
  switch (status) {
    case 'ENABLED':
      return undefined;
    case 'ENABLING':
      return 'encryption is just being switched on';
    case 'DISABLING':
      return 'encryption is just being switched off';
    case 'ENABLING_FAILED':
    case 'DISABLING_FAILED':
      return `the last change of encryption failed${failure ? ` (${failure})` : ''}; an older key may still be in force`;
    default:
      return 'records are not encrypted inside the stream';
  }
}

const AUDIT =
  'The document means the account of audit logs only; which one that is AWS does not know, so every account is judged: switch the control off for the others.';

export const deliveryStreams = detectors(
  resource('AWS::KinesisFirehose::DeliveryStream', {
    service: 'firehose',
    arn: ({ partition, region, account, id }) => `arn:${partition}:firehose:${region}:${account}:deliverystream/${id}`,
    list: readPages(
      'firehose',
      'ListDeliveryStreams',
      () => ({ Limit: 1000 }),
      (out) => out.DeliveryStreamNames ?? [],
      ({ HasMoreDeliveryStreams, DeliveryStreamNames }) =>
        HasMoreDeliveryStreams ? { ExclusiveStartDeliveryStreamName: DeliveryStreamNames?.at(-1) } : undefined,
    ),
    gone: ['ResourceNotFoundException'],
    // A stream has at most fifty tags, which fit on one page.
    tags: read(
      'firehose',
      'ListTagsForDeliveryStream',
      ({ id }) => ({ DeliveryStreamName: id, Limit: 50 }),
      (out) => tagsFrom(out.Tags),
    ),
  }),
  {
    165: {
      title: 'Delivery stream that producers write to is encrypted',
      criticality: 'HIGH',
      on: encryptionChanges,
      reads: { deliveryStream, streamEncryption },
      check: ({ deliveryStream, streamEncryption }) =>
        ifDirect(deliveryStream, () => {
          const why = whyNotInForce(streamEncryption);
          return why === undefined ? pass : fail(why);
        }),
      note: 'Encryption inside Amazon Data Firehose (once Kinesis Data Firehose), not that of the bucket. The key is the one that AWS owns, which no producer needs a right for; 167 asks for one of yours.',
    },
    166: {
      title: 'Data stream that a delivery stream reads is encrypted',
      criticality: 'HIGH',
      on: sourceChanges,
      reads: { deliveryStream, sourceArn, source },
      check: ({ deliveryStream, sourceArn, source }) =>
        ifFromKinesis(deliveryStream, () => {
          if (source === undefined) return skip(`its data stream ${sourceArn} does not exist (any more)`);
          return source.type === 'KMS' ? pass : fail(`its data stream ${sourceArn} is not encrypted`);
        }),
      note: 'Any KMS key passes, as heading and evaluation have it; the console steps ask for one of yours, which is control 168. What changes is the data stream: Firehose refuses to encrypt a delivery stream that reads one.',
    },
    167: {
      title: 'Delivery stream that producers write to is encrypted with a customer managed key',
      criticality: 'HIGH',
      on: encryptionChanges,
      reads: { deliveryStream, streamEncryption, streamKey },
      check: ({ deliveryStream, streamEncryption, streamKey }) =>
        ifDirect(deliveryStream, () => {
          const why = whyNotInForce(streamEncryption);
          if (why !== undefined) return fail(why);
          if (streamEncryption.keyType !== 'CUSTOMER_MANAGED_CMK') return fail('its key belongs to AWS');
          return isCustomerManaged(streamKey, 'AWS names no key');
        }),
      note: 'The document numbers it 166, as the one before it; it is 167. The evaluation speaks of a data stream as source, pasted from 168; heading and remedy mean streams that producers write to, and only those can be encrypted. A key of another account counts as managed by a customer.',
    },
    168: {
      title: 'Data stream that a delivery stream reads is encrypted with a customer managed key',
      criticality: 'HIGH',
      on: sourceChanges,
      reads: { deliveryStream, sourceArn, source, sourceKey },
      check: ({ deliveryStream, sourceArn, source, sourceKey }) =>
        ifFromKinesis(deliveryStream, () => {
          if (source === undefined) return skip(`its data stream ${sourceArn} does not exist (any more)`);
          if (source.type !== 'KMS')
            return skip(`its data stream ${sourceArn} is not encrypted at all, see control 166`);
          return isCustomerManaged(sourceKey, 'AWS names no key');
        }),
      note: 'Data streams without encryption are left to control 166, as the document has it.',
    },
    485: {
      title: 'Delivery stream logs its errors to CloudWatch Logs',
      criticality: 'MEDIUM',
      on: destinationChanges,
      reads: { deliveryStream, destination },
      check: ({ deliveryStream, destination }) =>
        ifActive(deliveryStream, () => {
          if (destination === undefined)
            return skip('the stream has a destination of a kind that Redress does not know');
          const { Enabled, LogGroupName, LogStreamName } = destination.logging;
          if (!Enabled) return fail('errors are not logged');
          return LogGroupName && LogStreamName ? pass : fail('errors go to no log group and stream');
        }),
      note: `Rationale and links are about Kinesis Data Analytics, which has ended for SQL; the remedy is about delivery streams, and so is Redress. ${AUDIT}`,
    },
    527: {
      title: 'Delivery stream writes to S3 under a KMS key',
      criticality: 'HIGH',
      on: destinationChanges,
      reads: { deliveryStream, destination, deliveryKeyId },
      check: ({ deliveryStream, destination, deliveryKeyId }) =>
        ifStays(deliveryStream, () => {
          if (destination?.s3 === undefined) return skip('the stream does not write to S3');
          return deliveryKeyId ? pass : fail('objects are written without a KMS key');
        }),
      note: `The heading wants the bucket encrypted, the evaluation what the stream writes: that is judged, whatever the bucket does by default. The copy of source records is not judged. ${AUDIT}`,
    },
    528: {
      title: 'Delivery stream writes to S3 under a customer managed key',
      criticality: 'HIGH',
      on: destinationChanges,
      reads: { deliveryStream, destination, deliveryKey },
      check: ({ deliveryStream, destination, deliveryKey }) =>
        ifStays(deliveryStream, () =>
          destination?.s3 === undefined
            ? skip('the stream does not write to S3')
            : isCustomerManaged(deliveryKey, 'objects are written without a KMS key'),
        ),
      note: `As 527, with a key of yours. A key of another account can only be a customer's, and is not asked for. ${AUDIT}`,
    },
  },
);
