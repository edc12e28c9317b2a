import type { ElementContext } from "./context.js";
import type { DoFn } from "./do-fn.js";
import type { SplittableDoFn } from "./splittable-do-fn.js";

/** A function of one element, as the graph holds it: types were checked where it was applied. */
type Fn<Result> = (element: never, ctx: ElementContext) => Result;

export interface AsyncOptions {
  /** Calls under way at once in one bundle. Default: 16. */
  readonly concurrency?: number;
  /** Whether results keep the order of their elements. Default: false. */
  readonly ordered?: boolean;
}

export type AnyDoFn = DoFn<never, unknown, Record<string, unknown>>;
export type AnySplittableDoFn = SplittableDoFn<
  never,
  unknown,
  unknown,
  unknown,
  Record<string, unknown>
>;

/** The user's code behind a ParDo. The common shapes stay apart, so that each gets its own loop. */
export type UserFn =
  | { readonly kind: "map"; readonly fn: Fn<unknown> }
  | { readonly kind: "flatMap"; readonly fn: Fn<Iterable<unknown>> }
  | { readonly kind: "filter"; readonly fn: Fn<unknown> }
  | {
      readonly kind: "mapAsync";
      readonly fn: Fn<PromiseLike<unknown>>;
      readonly concurrency: number;
      readonly ordered: boolean;
    }
  | { readonly kind: "partition"; readonly fn: Fn<number>; readonly count: number }
  | { readonly kind: "doFn"; readonly make: () => AnyDoFn }
  | {
      readonly kind: "splittable";
      readonly make: () => AnySplittableDoFn;
      /** Default: true. */
      readonly isBounded?: boolean;
    };
