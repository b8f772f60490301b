import { isDeepStrictEqual } from 'node:util';
import { isAwsAlias } from '../detectors/customer-key.ts';
import { source, sourceArn } from '../detectors/firehose/source.ts';
import {
  type Destination,
  deliveryStreams,
  destination,
  type StreamEncryption,
  streamEncryption,
  whyNotInForce,
} from '../detectors/firehose.ts';
import { stream } from '../detectors/kinesis.ts';
import { byHand, call, document, edit, optional, remediations, required, steps } from '../src/control.ts';
import { chosenKey } from './chosen.ts';
import { KMS, streamKeyDocument } from './kinesis.ts';

const encryptionDocument = document(streamEncryption, {
  write: [
    call('firehose', 'StartDeliveryStreamEncryption', ({ id }, { status, keyType, key }) =>
      status === 'DISABLED'
        ? undefined
        : {
            DeliveryStreamName: id,
            DeliveryStreamEncryptionConfigurationInput: { KeyType: keyType, ...(key ? { KeyARN: key } : {}) },
          },
    ),
    call('firehose', 'StopDeliveryStreamEncryption', ({ id }, { status }) =>
      status === 'DISABLED' ? { DeliveryStreamName: id } : undefined,
    ),
  ],
});

/** Why the encryption of a stream is left to a person, or nothing. */
function whyByPerson(current: StreamEncryption, { id, region }: { id: string; region: string }) {
  const { status } = current;
  if (status === 'ENABLED' || status === 'DISABLED') return undefined;
  if (!status.endsWith('_FAILED')) return byHand(`${whyNotInForce(current)}: look at it again in a few minutes`);
  return byHand(
    `${whyNotInForce(current)}. Another try would fail the same way, and AWS takes 25 in a day: see first that the key is enabled and that its policy lets the caller make grants for Firehose (kms:CreateGrant). Then try again: aws firehose start-delivery-stream-encryption --delivery-stream-name ${id} --delivery-stream-encryption-configuration-input KeyType=CUSTOMER_MANAGED_CMK,KeyARN=<kms-key-arn> --region ${region}, or with KeyType=AWS_OWNED_CMK alone for the key that AWS owns, and wait until describe-delivery-stream says ENABLED`,
  );
}

/** The version of a stream after an update: AWS counts up by one ("Amazon Data Firehose Developer Guide", create a stream). */
const nextVersion = (version: string): string => (/^\d+$/.test(version) ? String(Number(version) + 1) : version);

/** The part of an update that sets the encryption of what is written to S3, by where it has its place. */
function s3Update({ type, s3, iceberg }: Destination): object {
  if (s3 === undefined) return {};
  if (type === 'ExtendedS3') return s3;
  return type === 'Iceberg' ? { S3Configuration: { ...iceberg, ...s3 } } : { S3Update: s3 };
}

const isNewLogging = ({ logging }: Destination, current: Destination | undefined): boolean =>
  logging.Enabled && !isDeepStrictEqual(logging, current?.logging);

/**
 * A destination is updated as the type that it is: another type would replace
 * it. Firehose keeps whatever the update does not name, and makes neither log
 * groups nor log streams.
 */
const destinationDocument = document(destination, {
  settle: (wanted) => wanted && { ...wanted, version: nextVersion(wanted.version) },
  write: [
    call(
      'logs',
      'CreateLogGroup',
      (_at, wanted, current) =>
        isNewLogging(wanted, current) ? { logGroupName: wanted.logging.LogGroupName } : undefined,
      { already: ['ResourceAlreadyExistsException'] },
    ),
    call(
      'logs',
      'CreateLogStream',
      (_at, wanted, current) =>
        isNewLogging(wanted, current)
          ? { logGroupName: wanted.logging.LogGroupName, logStreamName: wanted.logging.LogStreamName }
          : undefined,
      { already: ['ResourceAlreadyExistsException'] },
    ),
    call('firehose', 'UpdateDestination', ({ id }, wanted, current) => ({
      DeliveryStreamName: id,
      CurrentDeliveryStreamVersionId: current?.version,
      DestinationId: wanted.id,
      [`${wanted.type}DestinationUpdate`]: {
        ...(isDeepStrictEqual(wanted.s3, current?.s3) ? {} : s3Update(wanted)),
        ...(isDeepStrictEqual(wanted.logging, current?.logging) ? {} : { CloudWatchLoggingOptions: wanted.logging }),
      },
    })),
  ],
});

const UNKNOWN = byHand('the stream has a destination of a kind that Redress does not know');

/** Both controls of what is written to S3 set the same key. */
const encryptDelivery = edit(
  destinationDocument,
  {
    mode: 'approve',
    impact:
      'what is written from now on can be read only with kms:Decrypt on the key, and older objects stay as they are. If the role of the stream lacks kms:GenerateDataKey and kms:Decrypt, or the key is disabled later, delivery fails, and records are lost when the retries are over: give the role its rights first',
    undo: 'best-effort',
    parameters: {
      deliveryKeyArn: required(
        'ARN of a symmetric customer managed key in the region of the buckets that delivery streams write to. Their roles need kms:GenerateDataKey and kms:Decrypt on it.',
      ),
    },
    note: "Redress updates the type of destination that is there; the document's command would turn any other one into S3, and lose its settings.",
  },
  (current, { partition, parameters: { deliveryKeyArn } }) => {
    if (current?.s3 === undefined) return UNKNOWN;
    if (isAwsAlias(deliveryKeyArn) || !deliveryKeyArn.startsWith(`arn:${partition}:kms:`))
      return byHand(`deliveryKeyArn is "${deliveryKeyArn}"; set it to the ARN of a customer managed key`);
    return { ...current, s3: { EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: deliveryKeyArn } } } };
  },
);

const dataStream = { document: streamKeyDocument, resource: stream };
const nameOf = (arn: string | undefined): string => arn?.replace(/^.*:stream\//, '') ?? '';

/** Why a data stream cannot be changed from here, or nothing. */
const whyElsewhere = (arn: string | undefined, { account, region }: { account: string; region: string }) =>
  arn?.includes(`:kinesis:${region}:${account}:`)
    ? undefined
    : byHand(`the data stream ${arn} is not of this account and region: ask its owner to encrypt it`);

export const deliveryStreamRemediations = remediations(deliveryStreams, {
  165: edit(
    encryptionDocument,
    {
      mode: 'auto',
      impact: 'none: producers need no new right, and records go on flowing meanwhile',
      note: 'A key that is in force is never changed by this. AWS takes 25 changes of a stream in a day.',
    },
    (current, at) => {
      const byPerson = whyByPerson(current, at);
      if (byPerson !== undefined) return byPerson;
      return current.status === 'ENABLED' ? current : { status: 'ENABLED', keyType: 'AWS_OWNED_CMK' };
    },
  ),

  166: steps(
    {
      mode: 'approve',
      impact:
        'every producer and consumer of the data stream, not only this delivery stream: with a key of yours they need kms:GenerateDataKey and kms:Decrypt, or they fail from then on. The key of AWS needs no right, and works inside the account only',
      undo: 'best-effort',
      reads: { sourceArn, source },
      parameters: {
        sourceStreamKeyArn: optional(
          'KMS key for data streams that have none. Set one of yours only when all who write and read may use it.',
          'alias/aws/kinesis',
        ),
      },
      note: 'The data stream may feed several delivery streams: one change closes the findings of all. Records that were encrypted stay so after an undo, until they expire.',
    },
    ({ editOf }) => [
      editOf(
        'encrypt-data-stream',
        { ...dataStream, id: ({ sourceArn }) => nameOf(sourceArn) },
        (current, { parameters }) => current ?? parameters.sourceStreamKeyArn,
      ),
    ],
    ({ sourceArn, parameters: { sourceStreamKeyArn: key }, ...at }) => {
      const chosen = isAwsAlias(key) ? { key } : chosenKey('sourceStreamKeyArn', key, at);
      if ('byHand' in chosen) return chosen;
      return whyElsewhere(sourceArn, at) ?? { sourceArn, source: { type: KMS, key } };
    },
  ),

  167: edit(
    encryptionDocument,
    {
      mode: 'approve',
      impact:
        'none for producers; if the key is disabled or deleted later, the stream stops taking and delivering records. Redress needs kms:CreateGrant on it',
      parameters: {
        deliveryStreamKeyArn: required(
          'ARN of a symmetric customer managed key in the region of the streams, whose policy lets Redress create grants for Firehose.',
        ),
      },
      note: 'A key that does not let Firehose in leaves the stream as it was, with ENABLING_FAILED. AWS takes 25 changes of a stream in a day, so it is not tried again by itself.',
    },
    (current, { parameters: { deliveryStreamKeyArn }, ...at }) => {
      const byPerson = whyByPerson(current, at);
      if (byPerson !== undefined) return byPerson;
      const chosen = chosenKey('deliveryStreamKeyArn', deliveryStreamKeyArn, at);
      if ('byHand' in chosen) return chosen;
      return { status: 'ENABLED', keyType: 'CUSTOMER_MANAGED_CMK', key: chosen.key };
    },
  ),

  168: steps(
    {
      mode: 'approve',
      impact:
        'every producer and consumer of the data stream needs kms:GenerateDataKey or kms:Decrypt on the key from then on, the role of this delivery stream among them, or they fail: give them their rights first',
      undo: 'best-effort',
      reads: { sourceArn, source },
      parameters: {
        sourceStreamKeyArn: required(
          'ARN of a symmetric customer managed key for data streams that Firehose reads. All who write to them need kms:GenerateDataKey, all who read kms:Decrypt.',
        ),
      },
      note: 'Keep the old key until the retention of the stream is over: records that were written under it need it.',
    },
    ({ editOf }) => [
      editOf(
        'change-key-of-data-stream',
        { ...dataStream, id: ({ sourceArn }) => nameOf(sourceArn) },
        (_, { parameters }) => parameters.sourceStreamKeyArn,
      ),
    ],
    ({ sourceArn, parameters: { sourceStreamKeyArn }, ...at }) => {
      const chosen = chosenKey('sourceStreamKeyArn', sourceStreamKeyArn, at);
      if ('byHand' in chosen) return chosen;
      return whyElsewhere(sourceArn, at) ?? { sourceArn, source: { type: KMS, key: sourceStreamKeyArn } };
    },
  ),

  485: edit(
    destinationDocument,
    {
      mode: 'auto',
      impact:
        'none for deliveries. A log group is made for the stream if there is none, and stays after an undo. The role of the stream needs logs:PutLogEvents, or nothing is written there',
    },
    (current, { id }) => {
      if (current === undefined) return UNKNOWN;
      const { LogGroupName = `/aws/kinesisfirehose/${id}`, LogStreamName = 'DestinationDelivery' } = current.logging;
      return { ...current, logging: { Enabled: true, LogGroupName, LogStreamName } };
    },
  ),

  527: encryptDelivery,
  528: encryptDelivery,
});
