// What users get is tested, and with it the pipeline table, which is no public part of it.
export {
  BeamlineError,
  type BundleContext,
  combineFn,
  DoFn,
  generateSequence,
  type PCollection,
  Pipeline,
  text,
  UserCodeError,
} from "../../../packages/beamline/src/index.js";
export {
  cancelJob,
  type JobState,
  jobMetrics,
  listJobs,
  type RunnerName,
  runPortable,
  showJob,
  submitPortable,
  waitJob,
} from "../../../packages/beamline/src/runners/portable/index.js";
export { compareBags } from "../../../packages/beamline/src/testing/compare-bags.js";
export { PIPELINE_TABLE, type Row } from "../../../packages/beamline/src/testing/table/index.js";
