import { BeamlineError } from "../../model/errors.js";
import { TransportError } from "../../transport/transport-error.js";
import { shortestCause } from "./failure/shortest-cause.js";

/** Words for a call to a job server that failed. */
export function jobCallError(
  action: string,
  address: string,
  timeoutMs: number,
  error: unknown,
): unknown {
  if (!(error instanceof TransportError)) return error;
  const { status, details } = error;
  if (status === "unavailable") {
    return new BeamlineError(
      "JOB_SERVER_UNREACHABLE",
      `Cannot ${action}: no job server answers at ${address} (${whyUnavailable(details)}); start one there, such as Prism with "prism --job_port=${portOf(address)}", or correct the address`,
      { origin: "remote", cause: error },
    );
  }
  if (status === "deadline-exceeded") {
    return new BeamlineError(
      "JOB_SERVER_TIMEOUT",
      `Cannot ${action}: the job server at ${address} gave no answer within ${timeoutMs / 1000} s; see whether it is alive and its port is that of its Job API`,
      { origin: "remote", cause: error },
    );
  }
  if (isUnknownJob(error)) {
    return new BeamlineError(
      "UNKNOWN_JOB",
      `Cannot ${action}: the job server at ${address} knows no such job; list its jobs, and mind that a restarted server has forgotten those before`,
      { origin: "remote", cause: error },
    );
  }
  if (status === "unimplemented") return error;
  return new BeamlineError(
    "JOB_SERVER_ERROR",
    `Cannot ${action}: the job server at ${address} says: ${shortestCause(details).text}; its log says more`,
    { origin: "remote", cause: error },
  );
}

/** Servers say it in different ways: only Java's has the right status. */
export function isUnknownJob({ status, details }: TransportError): boolean {
  if (status === "not-found") return true;
  const asException = /job .*(not found|does not exist)|unknown jobID/i.test(details);
  // Python looks the id up in a dictionary, and the exception's text is only the id.
  const asKeyError = /^Exception calling application: '[^']*'$/.test(details);
  return status === "unknown" && (asException || asKeyError);
}

function whyUnavailable(details: string): string {
  if (details.includes("ECONNREFUSED")) return "connection refused";
  if (/ENOTFOUND|EAI_AGAIN|[Nn]ame resolution/.test(details)) return "no such host";
  if (/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/.test(details)) return "the host can't be reached";
  return details === "" ? "unavailable" : details;
}

function portOf(address: string): string {
  return /:(\d+)$/.exec(address)?.[1] ?? "8073";
}
