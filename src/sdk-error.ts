/** What an error of the AWS SDK says of the answer that it stands for. */
interface Answer {
  /** The HTTP status; none where no answer came. */
  readonly status: number | undefined;
  /** The id under which AWS and CloudTrail know the request. */
  readonly requestId: string | null;
}

/** Reads AWS's answer from whatever was thrown. */
export function answerOf(error: unknown): Answer {
  const nothing: Answer = { status: undefined, requestId: null };
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return nothing;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null) return nothing;
  const status = 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  const requestId = 'requestId' in metadata ? metadata.requestId : undefined;
  return {
    status: typeof status === 'number' ? status : undefined,
    requestId: typeof requestId === 'string' ? requestId : null,
  };
}
