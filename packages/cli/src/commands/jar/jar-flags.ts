import { choiceFlag, switchFlag, textFlag } from "../../command/flag.js";
import {
  environmentFlags,
  jobNameFlag,
  parallelismFlag,
  runnerOptionFlag,
} from "../../remote/remote-flags.js";

/** Flags of `jar`, besides those of every command and of the pipeline. */
export const jarFlags = {
  out: textFlag({
    placeholder: "FILE",
    summary: "The jar to write",
    defaultText: "the pipeline's name and .jar",
  }),
  runner: choiceFlag({
    choices: ["spark", "flink"],
    summary: "Whose jar it is",
    defaultText: "spark",
  }),
  environment: choiceFlag({
    choices: ["process", "docker", "external"],
    summary:
      "How workers start, wherever the jar runs: process is a command there, docker an image, external a worker pool",
    defaultText: "process",
  }),
  environmentConfig: {
    ...environmentFlags.environmentConfig,
    defaultText: "/opt/apache/beam/boot for process, as in a worker image",
  },
  jobName: jobNameFlag,
  runnerOption: runnerOptionFlag,
  parallelism: { ...parallelismFlag, defaultText: "the cores of a worker" },
  thin: switchFlag({
    summary:
      "Leave the job server out, for a class path that has its jar already (spark-submit --jars)",
  }),
  jobServerJar: textFlag({
    placeholder: "FILE",
    summary: "Job server bundle to copy",
    defaultText: "the one in your cache, which Maven builds once",
  }),
};
