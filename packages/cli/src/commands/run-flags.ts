import { choiceFlag, countFlag, switchFlag } from "../command/flag.js";
import { remoteFlags, remoteRunners } from "../remote/remote-flags.js";

/** Flags of `run`, besides those of every command and of the pipeline. */
export const runFlags = {
  runner: choiceFlag({
    choices: ["local", ...remoteRunners],
    summary:
      "Where it runs: local is the engine in this process; spark and flink start a job server unless one is named; portable is any Beam job endpoint",
    defaultText: "local",
  }),
  workers: countFlag({
    least: 1,
    summary: "Threads that run it; 1 keeps everything on the main thread",
    defaultText: "one per core",
  }),
  strictEncoding: switchFlag({
    summary: "Encode and decode at every step, so that what works here works on a cluster",
  }),
  maxAttempts: countFlag({
    least: 1,
    summary: "How often a bundle of elements is tried before the run fails",
    defaultText: "4",
  }),
  progress: choiceFlag({
    choices: ["auto", "plain", "none"],
    summary: "How to show progress: auto is one live line on a terminal, and plain lines elsewhere",
    defaultText: "auto",
  }),
  ...remoteFlags,
};
