import { afterAll, afterEach, beforeAll } from "vitest";
import type { JobServer } from "./job-servers.js";

/** A server for the tests of one file. */
export interface UseServer {
  address(): string;
}

/** Starts a server before the tests of a file and ends it after them; its log stays if one failed. */
export function useServer(start: () => Promise<JobServer>): UseServer {
  let server: JobServer | undefined;
  let failed = false;
  beforeAll(async () => {
    server = await start();
  }, 300_000);
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
