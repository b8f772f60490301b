/** Where a call goes. */
export interface Target {
  readonly account: string;
  readonly region: string;
}

/** An answer of AWS, with the request id that CloudTrail will show for it. */
export interface Answer {
  readonly output: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;
}

/** One call on its way to AWS. `session` is present for writes only. */
export interface Request {
  readonly target: Target;
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly session?: { readonly planId: string; readonly permissions: readonly string[] };
  /** `once`: never to be sent twice, not even by the SDK's own retries. */
  readonly repeat?: 'safe' | 'once';
}

/**
 * What stands behind the door: the SDK, or the sample account of the demo.
 * Errors carry AWS's error code in `name`, as the SDK's do.
 */
export interface AwsPort {
  send(request: Request): Promise<Answer>;
  /** Account and partition that the credentials belong to. */
  identity(): Promise<{ account: string; partition: string; arn: string }>;
}
