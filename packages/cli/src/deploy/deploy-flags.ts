import { progressFlag } from "../app/progress-flag.js";
import { choiceFlag, switchFlag } from "../command/flag.js";
import { manifestFlags } from "../manifest/manifest-flags.js";
import { runnerOptionFlag } from "../remote/remote-flags.js";

/** Flags of `deploy` besides those of `manifest` and `image`. */
export const deployFlags = {
  ...manifestFlags,
  image: {
    ...manifestFlags.image,
    summary: "An image that is there already, as beamline image prints it: none is made then",
  },
  runnerOption: runnerOptionFlag,
  ifRunning: choiceFlag({
    choices: ["refuse", "wait", "replace"],
    summary:
      "When an application of this name runs with other code or settings; the same one is watched, and one that has ended is replaced",
    defaultText: "refuse",
  }),
  dryRun: switchFlag({ summary: "Show the plan, and do nothing" }),
  detach: switchFlag({ summary: "Do not watch the application: beamline app watch does later" }),
  progress: progressFlag,
};
