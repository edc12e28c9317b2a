// What users get is tested, the build, and with it parts of it that are not public.
export {
  BeamlineError,
  type BundleContext,
  DoFn,
  generateSequence,
  globalWindows,
  type PCollection,
  Pipeline,
  text,
  toList,
  UserCodeError,
} from "../../../packages/beamline/dist/index.js";
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
} from "../../../packages/beamline/dist/runners/portable/index.js";
export { compareBags } from "../../../packages/beamline/dist/testing/compare-bags.js";
export { PIPELINE_TABLE, type Row } from "../../../packages/beamline/dist/testing/table/index.js";
