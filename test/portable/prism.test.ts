import { expect } from "vitest";
import { startPrism } from "./support/job-servers.js";
import { mergingWindowRows, sessionRows } from "./support/refused-rows.js";
import { testExternalWorkers } from "./support/test-external-workers.js";
import { testJobs } from "./support/test-jobs.js";
import { testStreams } from "./support/test-streams.js";
import { testTable } from "./support/test-table.js";
import { useServer } from "./support/use-server.js";

const server = useServer(startPrism);
testJobs({
  runner: "prism",
  server,
  processFailure: {
    code: "UNSUPPORTED_ENVIRONMENT",
    message: expect.stringContaining("it starts no workers in a process environment"),
  },
});
testExternalWorkers("prism", server);
testTable({ mustFail: { ...mergingWindowRows, ...sessionRows }, runner: "prism", server });
testStreams({
  runner: "prism",
  server,
  mustFail: {
    "script-windows-and-late-data": /late elements are not dropped/,
    "script-sessions": /sessions of different keys/,
    "script-panes": /windows fire once, at their end/,
    "script-clock": /timers follow the clock of the machine/,
    "endless-state-and-clock-timers": /timers of the clock fire too early/,
    "endless-state-and-event-timers": /timers get lost/,
    "endless-last-words": /timers get lost/,
    "endless-in-order": /timers get lost/,
    "endless-until-acknowledged": /bundle finalization/,
  },
});
