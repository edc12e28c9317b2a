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
