import { expect } from "vitest";
import { startSpark } from "./support/java-job-servers.js";
import { testJobs } from "./support/test-jobs.js";
import { testTable } from "./support/test-table.js";
import { useServer } from "./support/use-server.js";

const server = useServer(startSpark);
testJobs({
  runner: "spark",
  server,
  processFailure: { code: "JOB_FAILED", message: expect.stringContaining("/nowhere/boot") },
});
testTable({ runner: "spark", server, rowsPerJob: 12 });
