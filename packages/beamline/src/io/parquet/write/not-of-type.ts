import { cannotEncode } from "../../../coders/coder-errors.js";
import type { BeamlineError } from "../../../model/errors.js";

/** A value that its column does not hold. */
export function notOfType(value: unknown, wanted: string): BeamlineError {
  return cannotEncode(value, wanted, "Parquet");
}
