import { patienceFlag } from "../app/patience-flag.js";
import { progressFlag } from "../app/progress-flag.js";
import { choiceFlag, switchFlag } from "../command/flag.js";
import { imageFlags, imageShapeFlags } from "../image/image-flags.js";
import { manifestFlags } from "../manifest/manifest-flags.js";

const { jobServerJar, jobName, runnerOption, parallelism } = imageFlags;

/** Flags of `deploy`: those of `manifest`, those of `image` that say what is in it, and its own. */
export const deployFlags = {
  ...manifestFlags,
  image: {
    ...manifestFlags.image,
    placeholder: "NAME",
    summary:
      "Where to push the worker image: registry/repository, and a tag if you like; with @sha256:... an image that is there already, and none is made (required)",
  },
  ...imageShapeFlags,
  ...{ jobServerJar, runnerOption },
  jobName: { ...jobName, defaultText: "--name, or the pipeline's" },
  parallelism: { ...parallelism, defaultText: "the cores of all executors" },
  ifRunning: choiceFlag({
    choices: ["refuse", "wait", "replace"],
    summary:
      "When an application of this name runs with other code or settings; the same one is watched, and one that has ended is replaced",
    defaultText: "refuse",
  }),
  dryRun: switchFlag({ summary: "Show the plan, and do nothing" }),
  detach: switchFlag({ summary: "Do not watch the application: beamline app watch does later" }),
  patience: patienceFlag,
  progress: progressFlag,
};
