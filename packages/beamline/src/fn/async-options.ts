import type { Duration } from "../model/duration.js";

/** How asynchronous calls are made. */
export interface AsyncOptions {
  /** Calls under way at once in one bundle. Default: 16. */
  readonly concurrency?: number;
  /** Whether results keep the order of their elements. Default: false. */
  readonly ordered?: boolean;
  /**
   * How long one attempt may take. When it is over, `ctx.signal` of the attempt is aborted and the
   * attempt has failed. Default: as long as it takes.
   */
  readonly timeout?: Duration;
  /** Whether and how a call that has failed is made again. Default: the bundle fails at once. */
  readonly retry?: RetryOptions;
}

/** Exponential back-off: the delay doubles from attempt to attempt, up to a bound. */
export interface RetryOptions {
  /** Attempts in all, the first included. Default: 4. */
  readonly attempts?: number;
  /** Before the second attempt. Default: 100 ms. */
  readonly delay?: Duration;
  /** No delay is longer. Default: 10 seconds. */
  readonly maxDelay?: Duration;
  /** By how much a delay is longer than the one before. Default: 2. */
  readonly factor?: number;
  /**
   * The share of a delay that is left to chance, 0 to 1, so that calls which have failed together
   * are not made again together. Default: 0.5.
   */
  readonly jitter?: number;
  /** Which failures are worth another attempt. Default: all. */
  readonly retryIf?: (error: unknown, attempt: number) => boolean;
}
