/** Who must act on an error: the person who wrote the pipeline, whoever runs the remote side, or us. */
export type ErrorOrigin = "user" | "remote" | "internal";

export interface BeamlineErrorOptions {
  /** Default: `"user"`. */
  readonly origin?: ErrorOrigin;
  readonly cause?: unknown;
}

/**
 * The one error class of Beamline. `code` is stable and made for programs; `message` is made for
 * people and follows one grammar: "Cannot <action>: <state>; <what to do next>".
 */
export class BeamlineError extends Error {
  override readonly name: string = "BeamlineError";
  readonly code: string;
  readonly origin: ErrorOrigin;

  constructor(code: string, message: string, options: BeamlineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.origin = options.origin ?? "user";
  }
}

/** An invariant of ours did not hold. Reaching one is always our bug, never the user's. */
export function internalError(message: string, cause?: unknown): BeamlineError {
  return new BeamlineError("INTERNAL", `${message}; this is a bug in Beamline, please report it`, {
    origin: "internal",
    cause,
  });
}
