export {
  type ApproximateQuantilesOptions,
  approximateQuantiles,
} from "./combiners/approximate-quantiles.js";
export {
  type ApproximateUniqueOptions,
  approximateUnique,
} from "./combiners/approximate-unique.js";
export type { Compare } from "./combiners/compare.js";
export { count } from "./combiners/count.js";
export { max } from "./combiners/max.js";
export { mean } from "./combiners/mean.js";
export { min } from "./combiners/min.js";
export { type SampleOptions, sample } from "./combiners/sample.js";
export { sum } from "./combiners/sum.js";
export { toList } from "./combiners/to-list.js";
export { top } from "./combiners/top.js";
export { UserCodeError } from "./exec/user-code-error.js";
export type { AsyncOptions, RetryOptions } from "./fn/async-options.js";
export { type CombineFn, combineFn } from "./fn/combine-fn.js";
export type {
  BundleContext,
  ElementContext,
  NoSideInputs,
  Outputs,
  ProcessContext,
  TagTypes,
} from "./fn/context.js";
export { DoFn, type ProcessResult } from "./fn/do-fn.js";
export type {
  Counter,
  Distribution,
  Gauge,
  Histogram,
  MetricsContext,
  StringSet,
} from "./fn/metrics.js";
export {
  type OffsetRange,
  OffsetRangeTracker,
  offsetRangeCoder,
  splitOffsetRange,
} from "./fn/offset-range.js";
export type { Progress, RestrictionSplit, RestrictionTracker } from "./fn/restriction-tracker.js";
export type { SideMap, SideMultimap } from "./fn/side-views.js";
export {
  type Resumption,
  type SplitHints,
  type SplittableContext,
  SplittableDoFn,
} from "./fn/splittable-do-fn.js";
export type {
  BagState,
  CombiningState,
  MapState,
  OrderedListState,
  SetState,
  TimestampedValue,
  TimestampRange,
  ValueState,
} from "./fn/state/state-types.js";
export type {
  ExpirationContext,
  Timer,
  TimerContext,
  TimerOptions,
} from "./fn/state/timer-types.js";
export {
  manualWatermark,
  monotonicWatermark,
  type WatermarkEstimation,
  type WatermarkEstimator,
  wallClockWatermark,
} from "./fn/watermark-estimator.js";
export type { Graph } from "./graph/nodes.js";
export type { RunHooks } from "./graph/run-hooks.js";
export { avro } from "./io/avro/avro.js";
export type { AvroSchema } from "./io/avro/avro-schema.js";
export type { AvroCompression } from "./io/avro/codecs.js";
export type { AvroRecord, ReadAvroOptions } from "./io/avro/read.js";
export type { WriteAvroOptions } from "./io/avro/write.js";
export type { Compression, Packing } from "./io/compression/codec.js";
export { csv } from "./io/csv/csv.js";
export type { ReadCsvOptions } from "./io/csv/read.js";
export type { WriteCsvOptions } from "./io/csv/write.js";
export { jsonl } from "./io/jsonl/jsonl.js";
export type { ReadJsonlOptions } from "./io/jsonl/read.js";
export type { WriteJsonlOptions } from "./io/jsonl/write.js";
export { parquet } from "./io/parquet/parquet.js";
export type { ReadParquetOptions } from "./io/parquet/read.js";
export type { Between, Comparable, Where } from "./io/parquet/where-types.js";
export type { DecimalSize, ParquetCompression, WriteParquetOptions } from "./io/parquet/write.js";
export type {
  BadRecord,
  BadRecordOptions,
  ReadResult,
  WithBadRecords,
} from "./io/records/bad-record.js";
export type { ReadTextOptions } from "./io/text/read.js";
export { text } from "./io/text/text.js";
export type { WatchTextOptions } from "./io/text/watch.js";
export type { WriteTextOptions } from "./io/text/write.js";
export type { Duration } from "./model/duration.js";
export { BeamlineError, type ErrorOrigin } from "./model/errors.js";
export { type MetricData, type MetricValue, quantileOf } from "./model/metric.js";
export type { Pane, PaneTiming } from "./model/pane.js";
export {
  END_OF_GLOBAL_WINDOW,
  MAX_TIMESTAMP,
  MIN_TIMESTAMP,
  type Timestamp,
} from "./model/time.js";
export {
  type GlobalWindow,
  type IntervalWindow,
  maxTimestamp,
  type Window,
} from "./model/window.js";
export {
  definePipeline,
  isPipelineDefinition,
  type OptionsSchema,
  type PipelineDefinition,
  type PipelineSpec,
} from "./pipeline/define-pipeline.js";
export type { Failure } from "./pipeline/failures.js";
export type { FunctionOptions, SideOption } from "./pipeline/function-options.js";
export type { HotKeyFanout } from "./pipeline/hot-key-fanout.js";
export type { LogOptions } from "./pipeline/log-elements.js";
export { type DoFnFactory, PCollection, type TaggedOutputs } from "./pipeline/pcollection.js";
export { type CreateOptions, Pipeline } from "./pipeline/pipeline.js";
export { type Applicable, composite, type PTransform } from "./pipeline/ptransform.js";
export type { InWindow, Timestamped, TimestampOptions } from "./pipeline/timestamps.js";
export { PCollectionView, type SingletonOptions } from "./pipeline/views.js";
export type { WindowOptions } from "./pipeline/window-options.js";
export { type FieldCombine, ofField } from "./schema/aggregate.js";
export type { RowShape } from "./schema/rows-of.js";
export { type Schema, schema } from "./schema/schema.js";
export { type CoGrouped, coGroupByKey } from "./transforms/co-group-by-key.js";
export { generateSequence, type SequenceRange } from "./transforms/generate-sequence.js";
export { type BatchLimits, groupIntoBatches } from "./transforms/group-into-batches.js";
export type { SequenceRate } from "./transforms/paced-sequence.js";
export { type Look, type PollOptions, type PollResult, poll } from "./transforms/poll.js";
export type { Group } from "./transforms/regex/patterns.js";
export {
  type GroupOptions,
  type PairGroups,
  regex,
  type SplitOptions,
} from "./transforms/regex/regex.js";
export { withKeys } from "./transforms/with-keys.js";
export type { ProcessingTimeOptions, Trigger } from "./windowing/trigger.js";
export {
  afterAll,
  afterCount,
  afterEach,
  afterFirst,
  afterProcessingTime,
  afterWatermark,
  defaultTrigger,
  never,
  orFinally,
  repeatedly,
  type WatermarkOptions,
} from "./windowing/triggers.js";
export type { CustomWindowFn, WindowFn } from "./windowing/window-fn.js";
export {
  type CalendarOptions,
  calendarDays,
  calendarMonths,
  calendarYears,
  customWindows,
  fixedWindows,
  globalWindows,
  interval,
  type OffsetOptions,
  type SlidingOptions,
  sessions,
  slidingWindows,
} from "./windowing/windows.js";
