import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { cannotEncode } from "../coder-errors.js";
import type { FieldCoder } from "./field-codec.js";

const TWO_32 = 0x1_0000_0000;

function integer(
  bits: number,
  write: (n: number, out: ByteWriter) => void,
  read: (input: ByteReader) => number,
): FieldCoder {
  const limit = 2 ** (bits - 1);
  return {
    deterministic: true,
    encode(value: unknown, out) {
      if (!Number.isInteger(value) || !((value as number) >= -limit && (value as number) < limit)) {
        throw cannotEncode(value, `a whole number of ${bits} bits`, "row");
      }
      write(value as number, out);
    },
    decode: read,
  };
}

/** One byte, signed. */
export const int8: FieldCoder = integer(
  8,
  (n, out) => out.writeByte(n & 0xff),
  (input) => (input.readByte() << 24) >> 24,
);

/** Two bytes, big-endian. */
export const int16: FieldCoder = integer(
  16,
  (n, out) => {
    out.writeByte((n >> 8) & 0xff);
    out.writeByte(n & 0xff);
  },
  (input) => {
    const high = input.readByte();
    return ((high << 24) >> 16) | input.readByte();
  },
);

/** A varint; negative ones as 32 bits, in five bytes. */
export const int32: FieldCoder = integer(
  32,
  (n, out) => out.writeVarint(n < 0 ? n + TWO_32 : n),
  (input) => input.readVarint() | 0,
);

/**
 * A varint. Numbers where a number is exact and bigints beyond, so that what comes from other SDKs
 * can be read; `z.bigint()` gives bigints throughout.
 */
export const int64: FieldCoder = {
  deterministic: true,
  encode(value: unknown, out) {
    if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) out.writeVarint64(value);
    else if (Number.isSafeInteger(value)) out.writeVarint(value as number);
    else throw cannotEncode(value, "a whole number of up to 2^53, or a bigint of 64 bits", "row");
  },
  decode(input) {
    if (isShort(input)) return input.readVarint();
    const value = input.readVarint64();
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  },
};

/** Whether the varint that comes next has 49 bits or fewer: numbers hold those, without a bigint. */
function isShort({ buffer, position, end }: ByteReader): boolean {
  const last = Math.min(position + 7, end);
  for (let at = position; at < last; at++) if ((buffer[at] as number) < 0x80) return true;
  return false;
}

/** Four bytes, IEEE 754, big-endian: what is read back may have lost digits. */
export const float: FieldCoder = {
  deterministic: false,
  encode(value: unknown, out) {
    if (typeof value !== "number") throw cannotEncode(value, "a number", "row");
    out.writeFloat32(value);
  },
  decode: (input) => input.readFloat32(),
};
