import type { Command } from "../command/command.js";
import { graphCommand } from "./graph.js";
import { jarInspectCommand } from "./jar/inspect.js";
import { jarCommand } from "./jar/write.js";
import { jobsCancelCommand } from "./jobs/cancel.js";
import { jobsListCommand } from "./jobs/list.js";
import { jobsMetricsCommand } from "./jobs/metrics.js";
import { jobsShowCommand } from "./jobs/show.js";
import { jobsWaitCommand } from "./jobs/wait.js";
import { runCommand } from "./run.js";

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [
  runCommand,
  graphCommand,
  jarCommand,
  jarInspectCommand,
  jobsListCommand,
  jobsShowCommand,
  jobsWaitCommand,
  jobsMetricsCommand,
  jobsCancelCommand,
];
