import { expect } from "vitest";
import { startPrism } from "./support/job-servers.js";
import { customWindowRows, sortedInputRows } from "./support/refused-rows.js";
import { testExternalWorkers } from "./support/test-external-workers.js";
import { testJobs } from "./support/test-jobs.js";
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
testTable({ mustFail: { ...customWindowRows, ...sortedInputRows }, runner: "prism", server });
