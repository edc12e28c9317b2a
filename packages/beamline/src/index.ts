export type { Compare } from "./combiners/compare.js";
export { count } from "./combiners/count.js";
export { max } from "./combiners/max.js";
export { mean } from "./combiners/mean.js";
export { min } from "./combiners/min.js";
export { type SampleOptions, sample } from "./combiners/sample.js";
export { sum } from "./combiners/sum.js";
export { top } from "./combiners/top.js";
export { UserCodeError } from "./exec/user-code-error.js";
export { type CombineFn, combineFn } from "./fn/combine-fn.js";
export type {
  BundleContext,
  Counter,
  ElementContext,
  MetricsContext,
  Outputs,
  ProcessContext,
  TagTypes,
} from "./fn/context.js";
export { DoFn, type ProcessResult } from "./fn/do-fn.js";
export {
  type OffsetRange,
  OffsetRangeTracker,
  offsetRangeCoder,
  splitOffsetRange,
} from "./fn/offset-range.js";
export type { Progress, RestrictionSplit, RestrictionTracker } from "./fn/restriction-tracker.js";
export { type SplitHints, SplittableDoFn } from "./fn/splittable-do-fn.js";
export type { AsyncOptions } from "./fn/user-fn.js";
export type { Graph } from "./graph/nodes.js";
export type { RunHooks } from "./graph/run-hooks.js";
export type { ReadTextOptions } from "./io/text/read.js";
export { text } from "./io/text/text.js";
export type { WriteTextOptions } from "./io/text/write.js";
export { BeamlineError, type ErrorOrigin } from "./model/errors.js";
export {
  definePipeline,
  isPipelineDefinition,
  type OptionsSchema,
  type PipelineDefinition,
  type PipelineSpec,
} from "./pipeline/define-pipeline.js";
export { type DoFnFactory, PCollection, type TaggedOutputs } from "./pipeline/pcollection.js";
export { type CreateOptions, Pipeline } from "./pipeline/pipeline.js";
export { type Applicable, composite, type PTransform } from "./pipeline/ptransform.js";
export { type CoGrouped, coGroupByKey } from "./transforms/co-group-by-key.js";
export { generateSequence, type SequenceRange } from "./transforms/generate-sequence.js";
