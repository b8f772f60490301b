import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';

/**
 * The answer that leaves messages in their queue. In a FIFO queue everything
 * of a group that comes after one that stays has to stay as well, or SQS would
 * deliver it before.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export function leaving(records: readonly SQSRecord[], stay: ReadonlySet<string>): SQSBatchResponse {
  const blocked = new Set<string>();
  const failed = records.filter(({ messageId, attributes: { MessageGroupId: group } }) => {
    const stays = stay.has(messageId) || (group !== undefined && blocked.has(group));
    if (stays && group !== undefined) blocked.add(group);
    return stays;
  });
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
