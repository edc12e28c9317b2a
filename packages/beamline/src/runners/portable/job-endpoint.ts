import { BeamlineError } from "../../model/errors.js";

/**
 * The address of a job server as gRPC wants it: `host:port` or `unix:/path`. A scheme that people
 * paste along, such as `http://` or `grpc://`, is dropped.
 */
export function parseJobEndpoint(text: string): string {
  const address = text
    .trim()
    .replace(/^(https?|grpc):\/\//, "")
    .replace(/\/$/, "");
  if (address.startsWith("unix:") && address.length > "unix:".length) return address;
  const port = /^(?:\[[0-9a-fA-F:.]+\]|[^\s:/]+):(\d+)$/.exec(address)?.[1];
  if (port !== undefined && Number(port) > 0 && Number(port) < 65_536) return address;
  throw new BeamlineError(
    "BAD_JOB_ENDPOINT",
    `Cannot use the job endpoint ${JSON.stringify(text)}: it is not of the form host:port; give one such as localhost:8099`,
  );
}
