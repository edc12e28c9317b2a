import type { Command } from "../command/command.js";
import { appCancelCommand } from "./app/cancel.js";
import { appDeleteCommand } from "./app/delete.js";
import { appHistoryCommand } from "./app/history.js";
import { appListCommand } from "./app/list.js";
import { appLogsCommand } from "./app/logs.js";
import { appMetricsCommand } from "./app/metrics.js";
import { appResultsCommand } from "./app/results.js";
import { appShowCommand } from "./app/show.js";
import { appUiCommand } from "./app/ui.js";
import { appWatchCommand } from "./app/watch.js";
import { deployCommand } from "./deploy.js";
import { doctorCommand } from "./doctor.js";
import { graphCommand } from "./graph.js";
import { iamCommand } from "./iam.js";
import { imageCommand } from "./image.js";
import { jarInspectCommand } from "./jar/inspect.js";
import { jarCommand } from "./jar/write.js";
import { jobsCancelCommand } from "./jobs/cancel.js";
import { jobsListCommand } from "./jobs/list.js";
import { jobsMetricsCommand } from "./jobs/metrics.js";
import { jobsShowCommand } from "./jobs/show.js";
import { jobsWaitCommand } from "./jobs/wait.js";
import { manifestCommand } from "./manifest.js";
import { runCommand } from "./run.js";

/** Every command, in the order in which help lists them. */
export const commands: readonly Command[] = [
  runCommand,
  graphCommand,
  jarCommand,
  jarInspectCommand,
  imageCommand,
  manifestCommand,
  iamCommand,
  jobsListCommand,
  jobsShowCommand,
  jobsWaitCommand,
  jobsMetricsCommand,
  jobsCancelCommand,
  doctorCommand,
  deployCommand,
  appListCommand,
  appShowCommand,
  appWatchCommand,
  appLogsCommand,
  appMetricsCommand,
  appUiCommand,
  appHistoryCommand,
  appResultsCommand,
  appCancelCommand,
  appDeleteCommand,
];
