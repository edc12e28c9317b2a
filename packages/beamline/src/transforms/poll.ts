import type { Coder } from "../coders/coder.js";
import { js } from "../coders/js.js";
import type { RestrictionTracker } from "../fn/restriction-tracker.js";
import { type SplittableContext, SplittableDoFn } from "../fn/splittable-do-fn.js";
import { manualWatermark } from "../fn/watermark-estimator.js";
import { type Duration, toMilliseconds } from "../model/duration.js";
import { BeamlineError } from "../model/errors.js";
import { MAX_TIMESTAMP, type Timestamp } from "../model/time.js";
import type { PCollection } from "../pipeline/pcollection.js";
import type { Pipeline } from "../pipeline/pipeline.js";
import type { PTransform } from "../pipeline/ptransform.js";

/** What one look has found. */
export interface PollResult<T, Cursor> {
  /** What is new, each with its event time where it has one of its own. */
  readonly elements: Iterable<T>;
  /** Where the next look goes on: plain data, kept with the job's progress. */
  readonly cursor: Cursor;
  /** No later element will be earlier than this. Default: the time of the look. */
  readonly watermark?: Timestamp;
  /** That was the last look: the stream ends. */
  readonly isDone?: boolean;
}

export interface PollOptions<T, Cursor> {
  /** Where the first look begins. */
  readonly start: Cursor;
  /** The pause between two looks. */
  readonly every: Duration;
  /** Looks for what is new since `cursor`. Where it throws, the bundle is tried again from there. */
  readonly look: (cursor: Cursor, look: Look) => Promise<PollResult<T, Cursor>>;
  /** The event time of an element, in milliseconds. Default: the time of the look. */
  readonly timestampOf?: (element: T) => Timestamp;
  /** Default: the coder for any JavaScript value. */
  readonly coder?: Coder<T>;
}

export interface Look {
  /** When it began, in milliseconds since the epoch. */
  readonly now: number;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
}

/**
 * A stream made by looking again and again: at a web service, a table, a folder. Each element is
 * emitted once, as the cursor is kept together with what has been emitted.
 *
 * @example
 * ```ts
 * const changes = poll("Changes", {
 *   start: 0,
 *   every: { seconds: 10 },
 *   look: async (since, { signal }) => {
 *     const response = await fetch(`https://example.com/changes?since=${since}`, { signal });
 *     const { changes, last } = await response.json();
 *     return { elements: changes, cursor: last };
 *   },
 * });
 * ```
 */
export function poll<T, Cursor>(
  name: string,
  options: PollOptions<T, Cursor>,
): PTransform<Pipeline, PCollection<T>> {
  const everyMs = toMilliseconds(options.every, `poll in "${name}"`);
  if (everyMs === 0) {
    throw new BeamlineError(
      "BAD_POLL",
      `Cannot poll in "${name}": \`every\` is 0; give the pause between two looks, such as { seconds: 10 }`,
    );
  }
  return {
    name,
    parameters: { start: options.start, everyMs },
    expand(p) {
      const elements = p
        .impulse("Start")
        .parDo("Poll", () => new PollFn(options, everyMs)) as PCollection<unknown>;
      const typed = elements as PCollection<T>;
      return options.coder === undefined ? typed : typed.withCoder(options.coder);
    },
  };
}

/** What is left to be looked at: everything from a cursor on, or nothing. */
interface Rest<Cursor> {
  readonly cursor: Cursor;
  readonly isDone: boolean;
}

class PollFn<T, Cursor> extends SplittableDoFn<Uint8Array, Rest<Cursor>, Rest<Cursor>, T> {
  readonly restrictionCoder = js as unknown as Coder<Rest<Cursor>>;
  override readonly isBounded = false;
  override readonly watermarkEstimation = manualWatermark();
  private readonly options: PollOptions<T, Cursor>;
  private readonly everyMs: number;

  constructor(options: PollOptions<T, Cursor>, everyMs: number) {
    super();
    this.options = options;
    this.everyMs = everyMs;
  }

  initialRestriction(): Rest<Cursor> {
    return { cursor: this.options.start, isDone: false };
  }

  size(): number {
    return 1;
  }

  newTracker(rest: Rest<Cursor>): PollTracker<Cursor> {
    return new PollTracker(rest);
  }

  async process(
    _start: Uint8Array,
    tracker: RestrictionTracker<Rest<Cursor>, Rest<Cursor>>,
    ctx: SplittableContext<T>,
  ): Promise<void> {
    const { look, timestampOf } = this.options;
    const { cursor, isDone } = tracker.currentRestriction();
    if (isDone) return;
    const now = Date.now();
    const found = await look(cursor, { now, signal: ctx.signal });
    if (!tracker.tryClaim({ cursor: found.cursor, isDone: found.isDone === true })) return;
    for (const element of found.elements) ctx.output(element, timestampOf?.(element) ?? now);
    ctx.watermark = found.isDone === true ? MAX_TIMESTAMP : (found.watermark ?? now);
    if (found.isDone !== true) ctx.resumeAfter(this.everyMs);
  }
}

/** One look is one position; what follows it can be handed on. */
class PollTracker<Cursor> implements RestrictionTracker<Rest<Cursor>, Rest<Cursor>> {
  private rest: Rest<Cursor>;
  private claimed = false;
  private handedOn = false;

  constructor(rest: Rest<Cursor>) {
    this.rest = rest;
  }

  tryClaim(next: Rest<Cursor>): boolean {
    if (this.handedOn) return false;
    this.rest = next;
    this.claimed = true;
    return true;
  }

  currentRestriction(): Rest<Cursor> {
    return this.handedOn ? { ...this.rest, isDone: true } : this.rest;
  }

  trySplit() {
    if (this.handedOn || this.rest.isDone) return undefined;
    const residual = this.rest;
    this.handedOn = true;
    return { primary: { ...residual, isDone: true }, residual };
  }

  progress() {
    return this.claimed ? { completed: 1, remaining: 0 } : { completed: 0, remaining: 1 };
  }

  checkDone(): void {
    if (this.handedOn || this.rest.isDone) return;
    throw new BeamlineError(
      "RESTRICTION_NOT_DONE",
      "Cannot finish a look: what follows it was neither handed on nor said to be the end; this is a bug in Beamline, please report it",
      { origin: "internal" },
    );
  }
}
