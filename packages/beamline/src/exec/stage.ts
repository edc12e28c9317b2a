import type { Coder } from "../coders/coder.js";
import type { CombineFn } from "../fn/combine-fn.js";
import type { AnySplittableDoFn, UserFn } from "../fn/user-fn.js";
import type { PCollectionId } from "../graph/nodes.js";
import type { View } from "../graph/side-input.js";
import type { WindowingStrategy } from "../windowing/windowing-strategy.js";

/** What a step does with each element. Beam's URNs: `pardo`, `flatten`, `combine_*`, `sdf_*`. */
export type StepOperation =
  | { readonly kind: "parDo"; readonly fn: Exclude<UserFn, { kind: "splittable" }> }
  | { readonly kind: "flatten" }
  | { readonly kind: "windowInto"; readonly windowing: WindowingStrategy }
  /** The end of a reshuffle that a runner has not done itself. */
  | { readonly kind: "restamp" }
  | {
      readonly kind: "combineStep";
      readonly step: "precombine" | "merge" | "extract";
      readonly combine: CombineFn<unknown, unknown, unknown>;
      /** Tells keys apart that are not primitives. */
      readonly keyCoder: Coder<unknown>;
    }
  | {
      readonly kind: "splittable";
      readonly step: "pairWithRestriction" | "splitAndSize" | "truncate" | "processSized";
      readonly make: () => AnySplittableDoFn;
    };

/** What a step reads from the side, and how that is windowed. */
export interface StepSideInput {
  readonly pcollection: PCollectionId;
  readonly view: View;
  readonly windowing: WindowingStrategy;
  readonly coder: Coder<unknown>;
}

/** One transform of a stage, with its place in the data flow. */
export interface Step {
  /** The transform's unique name: what errors and metrics speak of. */
  readonly name: string;
  readonly operation: StepOperation;
  readonly input: PCollectionId;
  /** How its input is windowed. Default: globally. */
  readonly windowing?: WindowingStrategy;
  /** Default: that of its input in the stage. A stateful step encodes keys with it. */
  readonly inputCoder?: Coder<unknown>;
  /** By the name under which its function sees them. Default: none. */
  readonly sideInputs?: Readonly<Record<string, StepSideInput>>;
  readonly outputs: Readonly<Record<string, PCollectionId>>;
}

/** Where elements leave the stage: a named port, given by whoever runs it. */
export interface StageSink {
  readonly id: string;
  readonly pcollection: PCollectionId;
}

/**
 * A fused piece of pipeline that runs in one place: elements of `inputs` come in, go through
 * `steps`, and leave by `sinks`. Plain data; the local planner makes it, and so does the harness
 * from a `ProcessBundleDescriptor`.
 */
export interface Stage {
  readonly id: string;
  /** Where elements come in: one of the local engine's stages, sometimes several of a runner's. */
  readonly inputs: readonly PCollectionId[];
  /** In topological order. */
  readonly steps: readonly Step[];
  readonly sinks: readonly StageSink[];
  /** Coders by PCollection, for edges that are encoded. */
  readonly coders: ReadonlyMap<PCollectionId, Coder<unknown>>;
}
