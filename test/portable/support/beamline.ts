// What users get is tested, the build, and with it parts of it that are not public.
export {
  afterCount,
  afterWatermark,
  BeamlineError,
  type BundleContext,
  DoFn,
  defaultTrigger,
  type ExpirationContext,
  fixedWindows,
  generateSequence,
  globalWindows,
  type PCollection,
  Pipeline,
  type ProcessContext,
  sessions,
  text,
  toList,
  UserCodeError,
} from "../../../packages/beamline/dist/index.js";
export {
  cancelJob,
  type JobState,
  jobMetrics,
  listJobs,
  type PortableRunOptions,
  type RunnerName,
  runPortable,
  showJob,
  submitPortable,
  waitJob,
} from "../../../packages/beamline/dist/runners/portable/index.js";
export { compareBags } from "../../../packages/beamline/dist/testing/compare-bags.js";
export { testStream } from "../../../packages/beamline/dist/testing/index.js";
export { PIPELINE_TABLE, type Row } from "../../../packages/beamline/dist/testing/table/index.js";
