import { setTimeout as sleep } from "node:timers/promises";
import { BeamlineError } from "../../model/errors.js";
import { TransportError } from "../../transport/transport-error.js";
import { BackOff, type BackOffOptions } from "./back-off.js";
import { isUnknownJob, jobCallError } from "./job-call-error.js";
import type { JobClient } from "./job-client.js";
import { type JobMessage, jobMessageOf } from "./job-message.js";
import { type FinalJobState, isFinal, type JobState, jobStateOf } from "./job-state.js";

export interface FollowOptions {
  /** Called for each change of state. */
  readonly onState?: (state: JobState) => void;
  /** Called once for each message, also where a stream broke and its successor repeats them. */
  readonly onMessage?: (message: JobMessage) => void;
  /** Gives up following, not the job. */
  readonly signal?: AbortSignal;
  /** How lost streams are taken up again. */
  readonly backOff?: BackOffOptions;
  /** How long messages may still come after the job's end. Default: 2,000. */
  readonly farewellMs?: number;
}

/**
 * Follows a job to its end. Streams that break are opened again, with growing pauses, until the
 * server has been out of reach for too long: then the promise rejects with `JOB_LOST`.
 */
export async function followJob(
  client: JobClient,
  jobId: string,
  options: FollowOptions = {},
): Promise<FinalJobState> {
  const over = new AbortController();
  const signal =
    options.signal === undefined ? over.signal : AbortSignal.any([over.signal, options.signal]);
  const messages = followMessages(client, jobId, options, signal);
  try {
    const state = await followStates(client, jobId, options, signal);
    // The messages tell why a job failed, and end by themselves soon after it did.
    const farewell = sleep(options.farewellMs ?? 2_000, undefined, { signal });
    await Promise.race([messages, farewell.catch(() => undefined)]);
    return state;
  } finally {
    over.abort();
    await messages;
  }
}

async function followStates(
  client: JobClient,
  jobId: string,
  { onState, backOff: backOffOptions }: FollowOptions,
  signal: AbortSignal,
): Promise<FinalJobState> {
  const backOff = new BackOff(backOffOptions);
  let last: JobState | undefined;
  for (;;) {
    let failure: unknown;
    try {
      for await (const event of client.states(jobId, signal)) {
        backOff.succeeded();
        const state = jobStateOf(event.state);
        if (state !== last) onState?.(state);
        last = state;
        if (isFinal(state)) return state;
      }
    } catch (error) {
      failure = error;
    }
    signal.throwIfAborted();
    if (failure instanceof TransportError && isUnknownJob(failure)) {
      throw jobCallError(`follow the job ${jobId}`, client.address, 0, failure);
    }
    if (failure !== undefined && !(failure instanceof TransportError)) throw failure;
    if (!(await backOff.failed(signal))) throw lost(client, jobId, last, backOff, failure);
  }
}

/** Never rejects: a job does not fail for want of messages. */
async function followMessages(
  client: JobClient,
  jobId: string,
  { onMessage, backOff: backOffOptions }: FollowOptions,
  signal: AbortSignal,
): Promise<void> {
  if (onMessage === undefined) return;
  const backOff = new BackOff(backOffOptions);
  const told = new RepeatFilter();
  while (!signal.aborted) {
    told.restart();
    try {
      for await (const { response } of client.messages(jobId, signal)) {
        backOff.succeeded();
        if (response.case === "messageResponse") {
          const message = jobMessageOf(response.value);
          if (told.isNew(message)) onMessage(message);
        }
      }
      return;
    } catch {
      const again = await backOff.failed(signal).catch(() => false);
      if (!again) return;
    }
  }
}

/**
 * Tells messages that a reopened stream repeats from new ones. Servers repeat all, some or none,
 * and few number them: so the n-th of equal messages in a stream is new when fewer than n were told.
 */
class RepeatFilter {
  private readonly told = new Map<string, number>();
  private seen = new Map<string, number>();

  restart(): void {
    this.seen = new Map();
  }

  isNew({ id, time, level, text }: JobMessage): boolean {
    const key = JSON.stringify([id, time, level, text]);
    const seen = (this.seen.get(key) ?? 0) + 1;
    this.seen.set(key, seen);
    if (seen <= (this.told.get(key) ?? 0)) return false;
    this.told.set(key, seen);
    return true;
  }
}

function lost(
  { address }: JobClient,
  jobId: string,
  last: JobState | undefined,
  { failingMs }: BackOff,
  cause: unknown,
): BeamlineError {
  const known = last === undefined ? "" : ` (it was ${last})`;
  return new BeamlineError(
    "JOB_LOST",
    `Cannot follow the job ${jobId}${known}: the job server at ${address} has been out of reach for ${Math.round(failingMs / 1000)} s; the job may still be running: see the server, and wait for the job again when it is back`,
    { origin: "remote", cause },
  );
}
