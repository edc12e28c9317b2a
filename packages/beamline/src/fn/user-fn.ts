import type { ElementContext } from "./context.js";
import type { DoFnMethods } from "./do-fn.js";
import type { DoFnSignature } from "./do-fn-signature.js";
import type { SplittableDoFn } from "./splittable-do-fn.js";

/** A function of one element, as the graph holds it: types were checked where it was applied. */
type Fn<Result> = (element: never, ctx: ElementContext<never>) => Result;

export type AnyDoFn = DoFnMethods<never, unknown, Record<string, unknown>, never>;
export type AnySplittableDoFn = SplittableDoFn<
  never,
  unknown,
  unknown,
  unknown,
  Record<string, unknown>,
  never
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
  | {
      readonly kind: "doFn";
      readonly make: () => AnyDoFn;
      /** Default: that of a DoFn which asks for nothing but elements. */
      readonly signature?: DoFnSignature;
    }
  | {
      readonly kind: "splittable";
      readonly make: () => AnySplittableDoFn;
      /** Default: true. */
      readonly isBounded?: boolean;
    };
