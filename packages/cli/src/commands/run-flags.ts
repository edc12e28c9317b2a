import { choiceFlag, countFlag, sizeFlag, switchFlag, textFlag } from "../command/flag.js";
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
  memory: sizeFlag({
    least: 16 * 2 ** 20,
    leastText: "16MiB",
    summary:
      "Memory for data between steps and for grouping; what does not fit goes to disk. Node and what functions hold come on top",
    defaultText: "half of what the machine, or its container, has",
  }),
  scratch: textFlag({
    placeholder: "DIR",
    summary: "Folder for what does not fit in memory; nothing stays there",
    defaultText: "the system's for temporary files",
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
  profile: textFlag({
    placeholder: "DIR",
    summary:
      "Write a CPU profile of each thread into this folder, for Chrome's DevTools or VS Code, and list the functions that took most time",
    defaultText: "none",
  }),
  ...remoteFlags,
};
