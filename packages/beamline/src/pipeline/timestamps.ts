import type { ElementContext, ProcessContext } from "../fn/context.js";
import { DoFn } from "../fn/do-fn.js";
import { type Duration, toMilliseconds } from "../model/duration.js";
import { BeamlineError } from "../model/errors.js";
import type { Pane } from "../model/pane.js";
import { END_OF_GLOBAL_WINDOW, MIN_TIMESTAMP, type Timestamp } from "../model/time.js";
import type { Window } from "../model/window.js";

export interface TimestampOptions {
  /**
   * How far a new timestamp may lie before the element's old one. Elements of a bounded source have
   * none, so that theirs may be any. Moving back in an unbounded one may make data late.
   */
  readonly allowedSkew?: Duration;
}

/** An element with its timestamp, in milliseconds since the epoch. */
export interface Timestamped<T> {
  readonly value: T;
  readonly timestamp: Timestamp;
}

/** An element with all that accompanies it. */
export interface InWindow<T> extends Timestamped<T> {
  readonly window: Window;
  readonly pane: Pane;
}

/** Gives each element the timestamp that `fn` tells. */
export class WithTimestamps<T> extends DoFn<T, T> {
  override readonly allowedTimestampSkew: number;
  private readonly fn: (element: T) => unknown;

  constructor(name: string, fn: (element: T) => unknown, { allowedSkew = 0 }: TimestampOptions) {
    super();
    this.fn = fn;
    this.allowedTimestampSkew = toMilliseconds(allowedSkew, `allow a skew in "${name}"`);
  }

  process(element: T, ctx: ProcessContext<T>): void {
    ctx.output(element, timestampOf(this.fn(element)));
  }
}

function timestampOf(given: unknown): Timestamp {
  const timestamp = given instanceof Date ? given.getTime() : given;
  if (typeof timestamp !== "number" || Number.isNaN(timestamp)) {
    throw new BeamlineError(
      "BAD_TIMESTAMP",
      `Cannot give an element the timestamp ${String(given)}: it is no instant; return milliseconds since the epoch, or a Date`,
    );
  }
  return Math.min(END_OF_GLOBAL_WINDOW, Math.max(MIN_TIMESTAMP, Math.floor(timestamp)));
}

export function reifyTimestamp<T>(value: T, { timestamp }: ElementContext): Timestamped<T> {
  return { value, timestamp };
}

export function reifyWindow<T>(value: T, ctx: ElementContext): InWindow<T> {
  const { timestamp, window, pane } = ctx;
  return { value, timestamp, window, pane };
}
