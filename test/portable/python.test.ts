import { expect } from "vitest";
import { startPython } from "./support/job-servers.js";
import { everyStream } from "./support/refused-rows.js";
import { testExternalWorkers } from "./support/test-external-workers.js";
import { testJobs } from "./support/test-jobs.js";
import { testStreams } from "./support/test-streams.js";
import { testTable } from "./support/test-table.js";
import { useServer } from "./support/use-server.js";

const server = useServer(startPython);
testJobs({
  runner: "python",
  server,
  processFailure: {
    code: "UNSUPPORTED_ENVIRONMENT",
    message: expect.stringContaining("it starts no workers in a process environment"),
  },
});
testExternalWorkers("python", server);
testTable({ runner: "python", server });
testStreams({ mustFail: everyStream, runner: "python", server });
