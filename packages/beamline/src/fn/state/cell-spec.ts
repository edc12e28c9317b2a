import type { Coder } from "../../coders/coder.js";
import type { CombineFn } from "../combine-fn.js";

/** A state field as it was declared: plain data. */
export type CellSpec =
  | { readonly kind: "value"; readonly coder: Coder<unknown> }
  | { readonly kind: "bag"; readonly coder: Coder<unknown> }
  | { readonly kind: "combining"; readonly combine: CombineFn<unknown, unknown, unknown> }
  | {
      readonly kind: "map";
      readonly keyCoder: Coder<unknown>;
      readonly valueCoder: Coder<unknown>;
    }
  | { readonly kind: "set"; readonly coder: Coder<unknown> }
  | { readonly kind: "orderedList"; readonly coder: Coder<unknown> };
