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

/** For whom a write is made, and what it may do: the actions of its plan, and those of this very call. */
export interface PlanSession {
  readonly planId: string;
  readonly permissions: readonly string[];
  readonly ofCall?: readonly string[];
}

/** One call on its way to AWS. `session` is present for writes only. */
export interface Request {
  readonly target: Target;
  readonly service: string;
  readonly operation: string;
  readonly input: object;
  readonly session?: PlanSession;
  /** `once`: never to be sent twice, not even by the SDK's own retries. */
  readonly repeat?: 'safe' | 'once';
}

/**
 * What stands behind the door: the SDK, or the sample account of the demo.
 * Errors carry AWS's error code in `name`, as the SDK's do.
 */
export interface AwsPort {
  send(request: Request): Promise<Answer>;
  /**
   * Makes sure that a call could be sent now: that the role can be taken and
   * that the limits allow it. To be asked before it is written down that a
   * write is about to be made, because that cannot be taken back.
   *
   * @throws whatever `send` would throw before it sends
   */
  prepare?(request: Request): Promise<void>;
  /** Account and partition that the credentials belong to. */
  identity(): Promise<{ account: string; partition: string; arn: string }>;
}
