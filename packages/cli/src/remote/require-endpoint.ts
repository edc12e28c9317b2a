import { UsageError } from "../command/usage-error.js";

/** The job server that a command on jobs is about. */
export function requireEndpoint({
  jobEndpoint,
}: {
  readonly jobEndpoint?: string | undefined;
}): string {
  if (jobEndpoint !== undefined) return jobEndpoint;
  throw new UsageError("ask a job server", [
    { subject: "--job-endpoint", message: "missing: host:port of the server's Job API" },
  ]);
}
