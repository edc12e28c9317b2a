import type { Pane } from "../model/pane.js";
import type { Timestamp } from "../model/time.js";
import type { Window } from "../model/window.js";

/** A number that only grows; its value is the sum over all committed bundles. */
export interface Counter {
  /** Default: 1. */
  inc(by?: number): void;
}

/** Counters of the running bundle. They count only once the bundle commits. */
export interface MetricsContext {
  /** The counter of this name in this transform. Cheap to call again with the same name. */
  counter(name: string): Counter;
}

/**
 * What a user function can learn besides its element. The object is reused from one element to
 * the next: read what you need before you return (or before the first `await`).
 */
export interface ElementContext extends MetricsContext {
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
  /** Emits to the main output. */
  output(value: Out): void;
  /** Emits to the extra output `tag`. */
  outputTo<Tag extends keyof Tags & string>(tag: Tag, value: Tags[Tag]): void;
  /**
   * Resolves when downstream has room; undefined when it has. Await it between bursts of `output`
   * in an asynchronous `process` that emits far more than it takes in: it also lets the event loop
   * turn. Everywhere else back-pressure is automatic.
   */
  ready(): Promise<void> | undefined;
}

/** The second argument of `DoFn.process`. */
export interface ProcessContext<Out, Tags extends TagTypes = Record<never, never>>
  extends ElementContext,
    Outputs<Out, Tags> {}

/** The argument of `DoFn.startBundle` and `DoFn.finishBundle`. */
export interface BundleContext<Out, Tags extends TagTypes = Record<never, never>>
  extends MetricsContext,
    Outputs<Out, Tags> {
  readonly signal: AbortSignal;
}
