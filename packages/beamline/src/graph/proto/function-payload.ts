import { BeamlineError } from "../../model/errors.js";

/**
 * Steps of ours in the expansion of a transform: of a reshuffle, for runners that do not know
 * reshuffles, and of a TestStream, whose runner knows byte strings only.
 */
export type TransformPart = "addKey" | "removeKey" | "decode";

/**
 * How a worker finds the code behind a transform: by its name in the graph, which the worker builds
 * again. It is the payload of every FunctionSpec of ours, so that it survives whatever a runner does
 * to transform names.
 */
export interface FunctionPayload {
  readonly transform: string;
  readonly part?: TransformPart;
  /** In the mapping of windows to those of a side input: its name in the function. */
  readonly sideInput?: string;
}

export function encodeFunctionPayload(payload: FunctionPayload): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(payload));
}

export function decodeFunctionPayload(bytes: Uint8Array): FunctionPayload {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (isPayload(parsed)) return parsed;
  } catch (cause) {
    throw notOurs(cause);
  }
  throw notOurs(undefined);
}

function isPayload(value: unknown): value is FunctionPayload {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { transform?: unknown }).transform === "string"
  );
}

function notOurs(cause: unknown): BeamlineError {
  return new BeamlineError(
    "BAD_FUNCTION_PAYLOAD",
    "Cannot find a transform's function: its payload was not written by Beamline; make sure that job and worker are of the same version",
    { origin: "remote", cause },
  );
}
