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

const ORIGINS: readonly unknown[] = ["user", "remote", "internal"] satisfies readonly ErrorOrigin[];

/**
 * Whether `error` is one of ours, made by this or another copy of the library: a bundled pipeline
 * brings its own into the worker.
 */
export function isBeamlineError(error: unknown): error is BeamlineError {
  if (error instanceof BeamlineError) return true;
  if (!(error instanceof Error)) return false;
  const { code, origin } = error as { readonly code?: unknown; readonly origin?: unknown };
  return typeof code === "string" && ORIGINS.includes(origin);
}

/** An invariant of ours did not hold. Reaching one is always our bug, never the user's. */
export function internalError(message: string, cause?: unknown): BeamlineError {
  return new BeamlineError("INTERNAL", `${message}; this is a bug in Beamline, please report it`, {
    origin: "internal",
    cause,
  });
}
