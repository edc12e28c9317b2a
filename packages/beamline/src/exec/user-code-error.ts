import { inspect } from "node:util";
import { BeamlineError, isBeamlineError } from "../model/errors.js";

/** A user function threw. Says which one, on which element; `cause` is what it threw. */
export class UserCodeError extends BeamlineError {
  override readonly name = "UserCodeError";
  /** Unique name of the transform whose function failed. */
  readonly transform: string;
  /** The element that it was given, shortened for people. */
  readonly element: string | undefined;
  /** What was thrown, as `name: message`. */
  readonly reason: string;

  constructor(transform: string, element: string | undefined, cause: unknown) {
    const reason = reasonOf(cause);
    const on = element === undefined ? "" : ` on the element ${element}`;
    const code = isBeamlineError(cause) ? cause.code : "USER_CODE_FAILED";
    const origin = isBeamlineError(cause) ? cause.origin : "user";
    super(code, `Cannot run "${transform}"${on}: ${reason}`, { cause, origin });
    this.transform = transform;
    this.element = element;
    this.reason = reason;
    if (cause instanceof Error && cause.stack !== undefined) this.stack = cause.stack;
  }
}

function reasonOf(cause: unknown): string {
  if (isBeamlineError(cause)) return cause.message;
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : `threw ${shorten(cause)}`;
}

/** An element for people: one line, at most 200 characters. */
export function shorten(value: unknown): string {
  const text = inspect(value, {
    breakLength: Number.POSITIVE_INFINITY,
    depth: 3,
    maxArrayLength: 10,
    maxStringLength: 120,
  }).replaceAll(/\n\s*/g, " ");
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

/** Adds transform and element to whatever a user function threw; keeps what already has them. */
export function userCodeError(
  transform: string,
  cause: unknown,
  ...element: readonly [unknown?]
): UserCodeError {
  if (cause instanceof UserCodeError) return cause;
  const shown = element.length === 0 ? undefined : shorten(element[0]);
  return new UserCodeError(transform, shown, cause);
}
