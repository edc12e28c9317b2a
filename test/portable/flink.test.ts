import { expect } from "vitest";
import { startFlink } from "./support/java-job-servers.js";
import { mergingWindowRows } from "./support/refused-rows.js";
import { testExternalWorkers } from "./support/test-external-workers.js";
import { testJobs } from "./support/test-jobs.js";
import { testProcessWorkers } from "./support/test-process-workers.js";
import { testStreams } from "./support/test-streams.js";
import { testTable } from "./support/test-table.js";
import { useServer } from "./support/use-server.js";

const server = useServer(startFlink);
testJobs({
  runner: "flink",
  server,
  processFailure: { code: "JOB_FAILED", message: expect.stringContaining("/nowhere/boot") },
});
testProcessWorkers("flink", server, { retries: false });
testExternalWorkers("flink", server);
testTable({ mustFail: mergingWindowRows, runner: "flink", server, rowsPerJob: 6 });
testStreams({
  runner: "flink",
  server,
  mustFail: {
    "script-state-and-event-timers": /elements of a TestStream overtake the timers/,
    "script-clock": /timers follow the clock of the machine/,
  },
});
