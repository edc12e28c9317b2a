import { inspect } from "node:util";
import { BeamlineError } from "../model/errors.js";

/** `value` is not of the type that the coder encodes. */
export function cannotEncode(value: unknown, wanted: string, coder: string): BeamlineError {
  return new BeamlineError(
    "CANNOT_ENCODE",
    `Cannot encode ${describe(value)} with the ${coder} coder: it is not ${wanted}; check what the transform emits, or give another coder with withCoder()`,
  );
}

/** The bytes cannot have come from the coder that reads them. */
export function corruptBytes(what: string, state: string): BeamlineError {
  return new BeamlineError(
    "CORRUPT_BYTES",
    `Cannot decode ${what}: ${state}; the bytes were damaged or written by another coder`,
    { origin: "internal" },
  );
}

function describe(value: unknown): string {
  const text = inspect(value, {
    depth: 0,
    breakLength: Number.POSITIVE_INFINITY,
    maxStringLength: 40,
  });
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
