import type { Feature, FeatureUse } from "./feature.js";

/** What a rule may want to know of the whole pipeline. */
export interface PipelineKind {
  readonly unbounded: boolean;
  /** Whether a TestStream plays in it. */
  readonly test: boolean;
}

/** Something that a runner does not do, or not as asked. */
export interface CapabilityRule {
  readonly feature: Feature;
  /**
   * `refused`: the pipeline would fail or give wrong results, so it is not sent. `ignored`: it runs,
   * but without this; people are told.
   */
  readonly verdict: "refused" | "ignored";
  /** Narrows the rule. Default: it holds for every use. */
  readonly when?: (use: FeatureUse, pipeline: PipelineKind) => boolean;
  /** What the runner does not do: completes "the transform ...". */
  readonly reason: string;
  /** What to use instead: completes "instead, ...". */
  readonly instead: string;
}
