import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { JobServer } from "./job-servers.js";
import { MissingTool } from "./missing-tool.js";

/** A server for the tests of one file. */
export interface UseServer {
  address(): string;
}

/** The first use fetches and builds what the server is made of. */
const START_TIMEOUT_MS = 600_000;

/**
 * Starts a server before the tests of a file and ends it after them; its log stays if one failed.
 * Where what it needs is missing the tests are skipped, and loudly; in CI they fail.
 */
export function useServer(start: () => Promise<JobServer>): UseServer {
  let server: JobServer | undefined;
  let failed = false;
  let missing: string | undefined;
  beforeAll(async () => {
    try {
      server = await start();
    } catch (error) {
      if (!(error instanceof MissingTool) || process.env.CI !== undefined) throw error;
      missing = error.message;
      console.error(`SKIPPED, for want of a job server: ${missing}`);
    }
  }, START_TIMEOUT_MS);
  beforeEach(({ skip }) => {
    if (missing !== undefined) skip(missing);
  });
  afterEach(({ task }) => {
    if (task.result?.state === "fail") failed = true;
  });
  afterAll(() => server?.stop(failed));
  return {
    address() {
      if (server === undefined) throw new Error("The server has not started");
      return server.address;
    },
  };
}
