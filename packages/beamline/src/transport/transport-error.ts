import { BeamlineError } from "../model/errors.js";

/** How a call failed: gRPC's status codes, by their position. */
export const STATUS_NAMES = [
  "ok",
  "cancelled",
  "unknown",
  "invalid-argument",
  "deadline-exceeded",
  "not-found",
  "already-exists",
  "permission-denied",
  "resource-exhausted",
  "failed-precondition",
  "aborted",
  "out-of-range",
  "unimplemented",
  "internal",
  "unavailable",
  "data-loss",
  "unauthenticated",
] as const;

export type StatusName = (typeof STATUS_NAMES)[number];

/** How a call ended. */
export interface CallStatus {
  readonly status: StatusName;
  /** For people; empty for `ok`. */
  readonly details: string;
}

export const OK: CallStatus = { status: "ok", details: "" };

/**
 * A call failed, or a handler wants it to. Its `code` is `RPC_` and the status in capitals; a handler
 * that throws one decides what the client sees.
 */
export class TransportError extends BeamlineError {
  override readonly name = "TransportError";
  readonly status: StatusName;
  /** What the other side said, without what this side has added. */
  readonly details: string;

  constructor(status: StatusName, details: string, message: string = details, cause?: unknown) {
    super(`RPC_${status.toUpperCase().replaceAll("-", "_")}`, message, {
      origin: "remote",
      ...(cause === undefined ? {} : { cause }),
    });
    this.status = status;
    this.details = details;
  }
}

/** What a client throws for a call that ended with `status`. */
export function callError(call: string, address: string, { status, details }: CallStatus) {
  const state = details === "" ? status : `${status}: ${details}`;
  const message = `Cannot call ${call} at ${address}: ${state}; ${adviceFor(status)}`;
  return new TransportError(status, details, message);
}

/** What a client is told about a handler that threw. */
export function statusOf(error: unknown): CallStatus {
  if (error instanceof TransportError) return { status: error.status, details: error.details };
  if (error instanceof BeamlineError) {
    return { status: "unknown", details: `${error.code}: ${error.message}` };
  }
  return { status: "unknown", details: error instanceof Error ? error.message : String(error) };
}

function adviceFor(status: StatusName): string {
  switch (status) {
    case "unavailable":
      return "check that the address is right and that its server is running";
    case "deadline-exceeded":
      return "see what the other side is doing, or allow more time";
    case "cancelled":
      return "it was given up by one of the two sides; start it again if that was not intended";
    case "unimplemented":
      return "the server does not offer it; check that the address is that of the right service";
    case "permission-denied":
    case "unauthenticated":
      return "check your credentials";
    default:
      return "the logs of the other side say more";
  }
}
