import type { CombineFn } from "../fn/combine-fn.js";
import type { UserFn } from "../fn/user-fn.js";
import type { WindowingStrategy } from "../windowing/windowing-strategy.js";
import type { PCollectionId, TestStreamEvent } from "./nodes.js";
import type { SideInput } from "./side-input.js";

/** What a primitive is, before the builder has named it and wired its outputs. */
export type PrimitiveDraft =
  | { readonly kind: "impulse" }
  | {
      readonly kind: "parDo";
      readonly input: PCollectionId;
      readonly fn: UserFn;
      /** Tags of the extra outputs. */
      readonly tags?: readonly string[];
      readonly sideInputs?: Readonly<Record<string, SideInput>>;
    }
  | {
      readonly kind: "windowInto";
      readonly input: PCollectionId;
      readonly windowing: WindowingStrategy;
    }
  | { readonly kind: "testStream"; readonly events: readonly TestStreamEvent[] }
  | { readonly kind: "groupByKey"; readonly input: PCollectionId }
  | { readonly kind: "reshuffle"; readonly input: PCollectionId }
  | { readonly kind: "flatten"; readonly inputs: readonly PCollectionId[] }
  | {
      readonly kind: "combineStep";
      readonly step: "precombine" | "merge" | "extract";
      readonly input: PCollectionId;
      readonly combine: CombineFn<unknown, unknown, unknown>;
    };
