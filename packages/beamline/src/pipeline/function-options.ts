import type { NoSideInputs } from "../fn/context.js";
import type { PCollectionView, SideOf, Views } from "./views.js";

/** What a transform takes after its function. */
export interface SideOption {
  /** Views by the name under which the function reads them: `{ rates: rates.asMap() }`. */
  readonly side?: Views;
}

/** The `ctx.side` of a function that is applied with these options. */
export type SideIn<Options> = Options extends { readonly side: infer V extends Views }
  ? SideOf<V>
  : NoSideInputs;

/** No constraint where every side input is a view; otherwise a sentence where one is not. */
export type Checked<Options> = Options extends { readonly side: infer V }
  ? {
      readonly side: {
        readonly [Name in keyof V]: V[Name] extends PCollectionView<unknown>
          ? unknown
          : "a side input is a view: call asSingleton(), asIterable(), asList(), asMap() or asMultimap()";
      };
    }
  : unknown;

/** What a transform takes that can collect the failures of its function. */
export interface FunctionOptions extends SideOption {
  /**
   * What becomes of an element for which the function throws: `"fail"` fails the bundle, `"collect"`
   * sends it, with the error, to the collection `failures`. Default: `"fail"`.
   */
  readonly onError?: "fail" | "collect";
}
