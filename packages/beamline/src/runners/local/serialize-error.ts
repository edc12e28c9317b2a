import { UserCodeError } from "../../exec/user-code-error.js";
import { BeamlineError } from "../../model/errors.js";
import type { SerializedError } from "./messages.js";

const DEPTH = 8;

/** Flattens an error and its causes into plain data. */
export function serializeError(error: unknown, depth = DEPTH): SerializedError {
  if (!(error instanceof Error)) {
    return { kind: "other", name: "", message: String(error), stack: undefined };
  }
  const cause =
    error.cause === undefined || depth === 0 ? {} : { cause: serializeError(error.cause, depth - 1) };
  const { name, message, stack } = error;
  if (error instanceof UserCodeError) {
    const { code, origin, transform, element } = error;
    return { kind: "user-code", name, message, stack, code, origin, transform, element, ...cause };
  }
  if (error instanceof BeamlineError) {
    const { code, origin } = error;
    return { kind: "beamline", name, message, stack, code, origin, ...cause };
  }
  return { kind: "other", name, message, stack, ...cause };
}

/** The error again, of the class that it was where that is one of ours. */
export function deserializeError(data: SerializedError): Error {
  const cause = data.cause === undefined ? undefined : deserializeError(data.cause);
  const { code = "", origin = "internal" } = data;
  switch (data.kind) {
    case "user-code":
      return new UserCodeError(data.transform ?? "", data.element, cause);
    case "beamline":
      return withStack(new BeamlineError(code, data.message, { origin, cause }), data);
    case "other": {
      const error = new Error(data.message, cause === undefined ? undefined : { cause });
      error.name = data.name;
      return withStack(error, data);
    }
  }
}

function withStack<E extends Error>(error: E, data: SerializedError): E {
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}
