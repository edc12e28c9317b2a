import { shorten, UserCodeError } from "../../exec/user-code-error.js";
import { BeamlineError } from "../../model/errors.js";
import type { SerializedError, Thrown } from "./messages.js";

const DEPTH = 8;

/** Flattens whatever was thrown, an error with its causes as a rule, into plain data. */
export function serializeError(thrown: unknown, depth = DEPTH): Thrown {
  if (!(thrown instanceof Error)) {
    const isText = ["object", "function", "symbol"].includes(typeof thrown) && thrown !== null;
    return { kind: "value", value: isText ? shorten(thrown) : thrown };
  }
  const cause =
    !("cause" in thrown) || depth === 0 ? {} : { cause: serializeError(thrown.cause, depth - 1) };
  const { name, message, stack } = thrown;
  if (thrown instanceof UserCodeError) {
    const { code, origin, transform, element } = thrown;
    return { kind: "user-code", name, message, stack, code, origin, transform, element, ...cause };
  }
  if (thrown instanceof BeamlineError) {
    const { code, origin } = thrown;
    return { kind: "beamline", name, message, stack, code, origin, ...cause };
  }
  return { kind: "other", name, message, stack, ...cause };
}

/** The error again, of the class that it was where that is one of ours. */
export function deserializeError(data: Thrown): unknown {
  if (data.kind === "value") return data.value;
  const cause = data.cause === undefined ? undefined : deserializeError(data.cause);
  const { code = "", origin = "internal" } = data;
  switch (data.kind) {
    case "user-code":
      return new UserCodeError(data.transform ?? "", data.element, cause);
    case "beamline":
      return withStack(new BeamlineError(code, data.message, { origin, cause }), data);
    case "other": {
      const error = new Error(data.message, data.cause === undefined ? undefined : { cause });
      error.name = data.name;
      return withStack(error, data);
    }
  }
}

function withStack<E extends Error>(error: E, data: SerializedError): E {
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}
