// What users get is tested, and with it the pipeline table, which is no public part of it.
export { BeamlineError, Pipeline, text, UserCodeError, DoFn } from "../../../packages/beamline/src/index.js";
export {
  cancelJob,
  jobMetrics,
  listJobs,
  type RunnerName,
  runPortable,
  showJob,
  submitPortable,
  waitJob,
} from "../../../packages/beamline/src/runners/portable/index.js";
export { elementsAre } from "../../../packages/beamline/src/testing/index.js";
export {
  PIPELINE_TABLE,
  type Row,
} from "../../../packages/beamline/src/testing/table/index.js";
