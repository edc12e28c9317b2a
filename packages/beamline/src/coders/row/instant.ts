import { cannotEncode } from "../coder-errors.js";
import { readTimestamp, writeTimestamp } from "../timestamp.js";
import type { FieldCoder } from "./field-codec.js";

/** A `Date` as Beam's `millis_instant`: eight bytes that sort as the instants do. */
export const instant: FieldCoder = {
  deterministic: true,
  encode(value: unknown, out) {
    const millis = value instanceof Date ? value.getTime() : Number.NaN;
    if (!Number.isSafeInteger(millis)) throw cannotEncode(value, "a valid Date", "row");
    writeTimestamp(millis, out);
  },
  decode: (input) => new Date(readTimestamp(input)),
};
