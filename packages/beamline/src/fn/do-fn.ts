import type { BundleContext, ProcessContext, TagTypes } from "./context.js";

/** What `process` may return: nothing, elements to emit, or a promise or stream of them. */
export type ProcessResult<Out> =
  | void
  | undefined
  | Iterable<Out>
  // biome-ignore lint/suspicious/noConfusingVoidType: an async method without a return statement
  | Promise<Iterable<Out> | undefined | void>
  | AsyncIterable<Out>;

/**
 * A user function with a life cycle: `setup`, then for each bundle `startBundle`, `process` for
 * each element, `finishBundle`, and `teardown` at the end.
 *
 * One instance works on one bundle at a time. A bundle that fails is run again on a **new**
 * instance, which is why `parDo` takes a function that makes the DoFn.
 *
 * @typeParam Tags - Types of the extra outputs by tag, such as `{ malformed: string }`.
 */
export abstract class DoFn<In, Out, Tags extends TagTypes = Record<never, never>> {
  /** Once per instance, before its first bundle: connections, caches. */
  setup?(): void | Promise<void>;
  startBundle?(ctx: BundleContext<Out, Tags>): void | Promise<void>;
  abstract process(element: In, ctx: ProcessContext<Out, Tags>): ProcessResult<Out>;
  /** May still emit. The bundle commits when it has returned. */
  finishBundle?(ctx: BundleContext<Out, Tags>): void | Promise<void>;
  /** Once per instance, after its last bundle, also after a failed one. */
  teardown?(): void | Promise<void>;
}
