import { type Duration, toMilliseconds } from "../model/duration.js";
import { BeamlineError } from "../model/errors.js";
import type { AsyncOptions, RetryOptions } from "./async-options.js";
import type { ElementContext } from "./context.js";

type AsyncFn = (element: never, ctx: ElementContext<never>) => PromiseLike<unknown>;

/** What a function that tries again needs of the world: an argument, so that tests own it. */
export interface RetryEnvironment {
  /** Resolves after `milliseconds`, or rejects with the signal's reason. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

const SYSTEM: RetryEnvironment = { sleep, random: Math.random };

interface Policy {
  readonly timeoutMs: number | undefined;
  readonly attempts: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
  readonly factor: number;
  readonly jitter: number;
  readonly retryIf: (error: unknown, attempt: number) => boolean;
}

/**
 * Gives an asynchronous function time-outs and further attempts. Attempts after the first are
 * counted as `retries`.
 *
 * @param name - The transform, for errors.
 */
export function retrying(
  name: string,
  fn: AsyncFn,
  options: AsyncOptions,
  environment: RetryEnvironment = SYSTEM,
): AsyncFn {
  if (options.timeout === undefined && options.retry === undefined) return fn;
  const policy = policyOf(name, options);
  return async (element, ctx) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await once(fn, element, ctx, policy.timeoutMs);
      } catch (error) {
        const isLast = attempt >= policy.attempts;
        if (isLast || ctx.signal.aborted || !policy.retryIf(error, attempt)) throw error;
        ctx.counter("retries").inc();
        await environment.sleep(delayOf(policy, attempt, environment.random()), ctx.signal);
      }
    }
  };
}

/** The delay after failed attempt number `attempt`. */
function delayOf(policy: Policy, attempt: number, chance: number): number {
  const { delayMs, maxDelayMs, factor, jitter } = policy;
  const delay = Math.min(maxDelayMs, delayMs * factor ** (attempt - 1));
  return delay * (1 - jitter * chance);
}

async function once(
  fn: AsyncFn,
  element: never,
  ctx: ElementContext<never>,
  timeoutMs: number | undefined,
): Promise<unknown> {
  if (timeoutMs === undefined) return await fn(element, ctx);
  const controller = new AbortController();
  const stop = () => controller.abort(ctx.signal.reason);
  ctx.signal.addEventListener("abort", stop, { once: true });
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = timedOut(timeoutMs);
      controller.abort(error);
      reject(error);
    }, timeoutMs);
  });
  // The attempt sees everything of the context, and a signal of its own.
  const own: ElementContext<never> = Object.create(ctx, { signal: { value: controller.signal } });
  try {
    return await Promise.race([fn(element, own), expired]);
  } finally {
    clearTimeout(timer);
    ctx.signal.removeEventListener("abort", stop);
  }
}

function timedOut(milliseconds: number): BeamlineError {
  return new BeamlineError(
    "CALL_TIMED_OUT",
    `Cannot finish the call: it took longer than ${milliseconds} ms; raise the timeout, lower the concurrency, or look at what it waits for`,
    { origin: "remote" },
  );
}

function policyOf(name: string, { timeout, retry }: AsyncOptions): Policy {
  const bad = (what: string) => new BeamlineError("BAD_RETRY", `Cannot apply "${name}": ${what}`);
  const milliseconds = (duration: Duration) => toMilliseconds(duration, `apply "${name}"`);
  const {
    attempts = 4,
    delay = 100,
    maxDelay = 10_000,
    factor = 2,
    jitter = 0.5,
    retryIf = () => true,
  }: RetryOptions = retry ?? { attempts: 1 };
  if (!Number.isInteger(attempts) || attempts < 1) {
    throw bad(`retry.attempts is ${attempts}; give a whole number of 1 or more`);
  }
  if (!(factor >= 1)) throw bad(`retry.factor is ${factor}; give 1 or more`);
  if (!(jitter >= 0 && jitter <= 1)) throw bad(`retry.jitter is ${jitter}; give 0 to 1`);
  const timeoutMs = timeout === undefined ? undefined : milliseconds(timeout);
  if (timeoutMs === 0) throw bad("its timeout is 0; give the time that an attempt may take");
  return {
    timeoutMs,
    attempts,
    delayMs: milliseconds(delay),
    maxDelayMs: milliseconds(maxDelay),
    factor,
    jitter,
    retryIf,
  };
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
