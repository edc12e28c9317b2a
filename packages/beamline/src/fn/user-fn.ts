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

/** What a flatMap does that cuts texts by a pattern: said, so that exec can do it on bytes. */
export interface Tokens {
  readonly pattern: RegExp;
  /** Whether it emits what matches the pattern or what stands between matches, where that is not empty. */
  readonly are: "matches" | "gaps";
}

/** The user's code behind a ParDo. The common shapes stay apart, so that each gets its own loop. */
export type UserFn =
  | {
      readonly kind: "map";
      readonly fn: Fn<unknown>;
      /** The function makes pairs of each element, as the key, and this: one of ours, not the user's. */
      readonly keysOf?: { readonly value: unknown };
    }
  | {
      readonly kind: "flatMap";
      readonly fn: Fn<Iterable<unknown>>;
      /** What the function does with strings, where it is one of ours. */
      readonly tokens?: Tokens;
    }
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
