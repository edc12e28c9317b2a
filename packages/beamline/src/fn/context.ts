import type { Pane } from "../model/pane.js";
import type { Timestamp } from "../model/time.js";
import type { Window } from "../model/window.js";
import type { MetricsContext } from "./metrics.js";

/** The `side` of a function that reads no side inputs: name them in its options, `{ side: { ... } }`. */
export type NoSideInputs = Readonly<Record<never, never>>;

/**
 * What a user function can learn besides its element. The object is reused from one element to
 * the next: read what you need before you return (or before the first `await`).
 */
export interface ElementContext<out Side = NoSideInputs> extends MetricsContext {
  /** Side inputs by name, of the window that belongs to the element's. Read when first touched. */
  readonly side: Side;
  readonly timestamp: Timestamp;
  readonly window: Window;
  readonly pane: Pane;
  /** Aborted when the job is cancelled or the bundle has failed elsewhere. */
  readonly signal: AbortSignal;
}

/** Extra outputs by tag; `{}` where a DoFn has only its main one. */
export type TagTypes = Readonly<Record<string, unknown>>;

/** Where a DoFn sends its results. */
export interface Outputs<Out, Tags extends TagTypes> {
  /**
   * Emits to the main output.
   *
   * @param timestamp - Default: that of the element or timer. An earlier one is refused, unless the
   *   DoFn has an `allowedTimestampSkew`: the watermark may have passed it.
   */
  output(value: Out, timestamp?: Timestamp): void;
  /** Emits to the extra output `tag`. */
  outputTo<Tag extends keyof Tags & string>(
    tag: Tag,
    value: Tags[Tag],
    timestamp?: Timestamp,
  ): void;
  /**
   * Resolves when downstream has room; undefined when it has. Await it between bursts of `output`
   * in an asynchronous `process` that emits far more than it takes in: it also lets the event loop
   * turn. Everywhere else back-pressure is automatic.
   */
  ready(): Promise<void> | undefined;
}

/** What is to happen once a bundle's results are safe. */
export interface Finalization {
  /**
   * Calls `callback` after the bundle has been committed durably: to acknowledge what a queue has
   * delivered, say. At most once, and perhaps never. The DoFn says so with `finalizesBundles`.
   */
  afterCommit(callback: () => void | Promise<void>): void;
}

/** The second argument of `DoFn.process`. */
export interface ProcessContext<
  Out,
  Tags extends TagTypes = Record<never, never>,
  Side = NoSideInputs,
> extends ElementContext<Side>,
    Outputs<Out, Tags>,
    Finalization {}

/** The argument of `DoFn.startBundle` and `DoFn.finishBundle`. */
export interface BundleContext<Out, Tags extends TagTypes = Record<never, never>>
  extends MetricsContext,
    Outputs<Out, Tags>,
    Finalization {
  /**
   * Emits outside of any element. The window is needed where elements are windowed; the timestamp
   * is by default the earliest one, and in a window its last.
   */
  output(value: Out, timestamp?: Timestamp, window?: Window): void;
  outputTo<Tag extends keyof Tags & string>(
    tag: Tag,
    value: Tags[Tag],
    timestamp?: Timestamp,
    window?: Window,
  ): void;
  readonly signal: AbortSignal;
}
