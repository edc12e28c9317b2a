import type { PipelineDefinition } from "beamline";
import type { OptionFlag } from "../options/option-flags.js";

/** Where worker threads find the functions of a pipeline. */
export interface PipelineCode {
  /** `file:` URL of the bundle. */
  readonly url: string;
  readonly exportName: string;
  /** As typed, before the schema parsed them. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** The pipeline that a command line names, with the options that it gives. */
export interface ChosenPipeline {
  readonly definition: PipelineDefinition;
  /** FILE as typed, without `#exportName`. */
  readonly file: string;
  /** Its absolute path. */
  readonly path: string;
  readonly code: PipelineCode;
  /** Required options that got a stand-in because they were not given. */
  readonly standIns: readonly OptionFlag[];
}
