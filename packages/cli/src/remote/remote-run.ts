import type { PipelineOptions } from "beamline/runners/portable";
import type { FlagValues } from "../command/command.js";
import type { runFlags } from "../commands/run-flags.js";
import type { ChosenPipeline } from "../pipeline/chosen-pipeline.js";
import type { Cli } from "../terminal/cli.js";
import type { Terminal } from "../terminal/terminal.js";
import type { RemoteRunner } from "./remote-flags.js";

/** A command line that runs a pipeline elsewhere. */
export interface RemoteRun {
  readonly pipeline: ChosenPipeline;
  readonly runner: RemoteRunner;
  readonly flags: FlagValues<typeof runFlags>;
  readonly cli: Cli;
  readonly terminal: Terminal;
}

interface OptionFlags {
  readonly runnerOption?: readonly (readonly [string, string])[] | undefined;
  readonly parallelism?: number | undefined;
}

/** The runner's options that the flags give. */
export function runnerOptions({ runnerOption = [], parallelism }: OptionFlags): PipelineOptions {
  return {
    ...(parallelism === undefined ? {} : { beamlineParallelism: parallelism }),
    ...Object.fromEntries(runnerOption),
  };
}
