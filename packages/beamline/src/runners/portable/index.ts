export type { Artifact } from "./artifact.js";
export type { BackOffOptions } from "./back-off.js";
export { codeArtifacts, type ShippedCode } from "./code-artifacts.js";
export type { PortableEnvironment } from "./environment.js";
export { JobFailedError } from "./failure/job-failure.js";
export type { JobSummary } from "./job-client.js";
export type { JobMessage, JobMessageLevel } from "./job-message.js";
export type { JobMetrics } from "./job-metrics.js";
export type { FinalJobState, JobState } from "./job-state.js";
export {
  type CancelOptions,
  cancelJob,
  type FinishedJob,
  type JobDetails,
  type JobReference,
  jobMetrics,
  listJobs,
  showJob,
  type WaitOptions,
  waitJob,
} from "./jobs.js";
export { type PipelineJarOptions, writePipelineJar } from "./pipeline-jar.js";
export type { PipelineOptions, PipelineOptionValue } from "./pipeline-options.js";
export type {
  PortableDetachOptions,
  PortableProgress,
  PortableRunOptions,
  PortableRunResult,
  PortableSubmitOptions,
  SubmittedJob,
} from "./run-options.js";
export { runPortable, submitPortable } from "./run-portable.js";
export type { RunnerName } from "./runner-profile.js";
