import { appCommandFlags } from "../../app/app-command-flags.js";
import { switchFlag } from "../../command/flag.js";

export const deleteFlags = {
  ...appCommandFlags,
  dryRun: switchFlag({ summary: "Only say what would go, and what would stay" }),
  keepHistory: switchFlag({ summary: "Leave the event logs, for the History Server" }),
  results: switchFlag({ summary: "Delete what the pipeline has written, too" }),
  ecr: switchFlag({ summary: "Delete the image's repository in ECR, with all its images" }),
};
