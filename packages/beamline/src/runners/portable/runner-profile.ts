import type { Graph } from "../../graph/nodes.js";
import type { RunnerDuties } from "../../graph/proto/state-to-proto.js";
import { BeamlineError } from "../../model/errors.js";
import type { CapabilityRule } from "./capabilities/capability-rule.js";
import type { PortableEnvironment } from "./environment.js";
import { flinkDefaults, flinkLoopbackDefaults, flinkStreamingDefaults } from "./flink/options.js";
import { flinkRules } from "./flink/rules.js";
import type { PipelineOptions } from "./pipeline-options.js";
import { prismRules } from "./prism/rules.js";
import { pythonRules } from "./python/rules.js";
import { sparkDefaults, sparkLoopbackDefaults } from "./spark/options.js";
import { sparkRules } from "./spark/rules.js";

/** The runners that we know something of; `generic` is any other. */
export type RunnerName = "spark" | "flink" | "prism" | "python" | "generic";

/** What is particular about a runner, as data. */
export interface RunnerProfile {
  readonly name: RunnerName;
  /** As people call it. */
  readonly title: string;
  /** What it does not do. */
  readonly rules: readonly CapabilityRule[];
  /** Options that it gets unless the user says otherwise. */
  readonly options: PipelineOptions;
  /** And these, where the workers are in this process. */
  readonly loopbackOptions?: PipelineOptions;
  /**
   * Whether we expand splittable DoFns, with a shuffle after the split. Spark and Flink would fuse
   * split and read into one task; Prism accepts only what it expands itself.
   */
  readonly expandSplittable: boolean;
  /**
   * Whether it asks workers about window functions that it does not know. Others are told of plain
   * intervals instead, see `standInForOwnWindows`.
   */
  readonly asksForWindows: boolean;
  /** What it sees to by itself; workers do the rest with timers. */
  readonly duties: RunnerDuties;
  /** And the options of a job whose input is endless. */
  readonly streamingOptions?: (graph: Graph) => PipelineOptions;
  /** Environments that it cannot start workers in. */
  readonly noEnvironments: readonly PortableEnvironment["kind"][];
}

const NO_DUTIES: RunnerDuties = { expiresWindows: false, sortsInput: false };

const PROFILES: Readonly<Record<RunnerName, RunnerProfile>> = {
  spark: {
    name: "spark",
    title: "Spark",
    rules: sparkRules,
    options: sparkDefaults,
    loopbackOptions: sparkLoopbackDefaults,
    asksForWindows: false,
    expandSplittable: true,
    duties: NO_DUTIES,
    noEnvironments: [],
  },
  flink: {
    name: "flink",
    title: "Flink",
    rules: flinkRules,
    options: flinkDefaults,
    loopbackOptions: flinkLoopbackDefaults,
    streamingOptions: flinkStreamingDefaults,
    asksForWindows: false,
    expandSplittable: true,
    duties: NO_DUTIES,
    noEnvironments: [],
  },
  prism: {
    name: "prism",
    title: "Prism",
    rules: prismRules,
    options: {},
    asksForWindows: false,
    expandSplittable: false,
    duties: { expiresWindows: true, sortsInput: false },
    noEnvironments: ["process"],
  },
  python: {
    name: "python",
    title: "Beam Python's local job service",
    rules: pythonRules,
    options: {},
    asksForWindows: true,
    expandSplittable: false,
    duties: NO_DUTIES,
    noEnvironments: ["process"],
  },
  generic: {
    name: "generic",
    title: "this runner",
    rules: [],
    options: {},
    asksForWindows: true,
    expandSplittable: false,
    duties: { expiresWindows: true, sortsInput: true },
    noEnvironments: [],
  },
};

/** The profile of a runner; throws `UNKNOWN_RUNNER` for a name that is none. */
export function runnerProfile(name: string): RunnerProfile {
  for (const profile of Object.values(PROFILES)) if (profile.name === name) return profile;
  const names = Object.keys(PROFILES).join(", ");
  throw new BeamlineError(
    "UNKNOWN_RUNNER",
    `Cannot use the runner "${name}": it is none of ${names}; choose one of these, "generic" for any other`,
  );
}
