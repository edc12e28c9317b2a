import { cannotEncode } from "../coder-errors.js";
import type { FieldCoder } from "./field-codec.js";

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Decimal numbers of any length, as strings such as `"-100.123"`: the number of digits behind the
 * point, then all digits as an integer in two's complement (Java's `BigDecimal`).
 */
export const decimal: FieldCoder = {
  // 1.0 and 1.00 are equal as numbers, not as strings.
  deterministic: true,
  encode(value: unknown, out) {
    const parts = typeof value === "string" ? DECIMAL.exec(value) : null;
    if (parts === null)
      throw cannotEncode(value, 'a decimal number in a string, such as "3.14"', "row");
    const [, sign, whole = "", behind = ""] = parts;
    const digits = BigInt(whole + behind);
    const bytes = bytesOf(sign === "-" ? -digits : digits);
    out.writeVarint(behind.length);
    out.writeVarint(bytes.length);
    for (const byte of bytes) out.writeByte(byte);
  },
  decode(input) {
    const scale = input.readVarint();
    const bytes = input.readBytes(input.readLength());
    let digits = 0n;
    for (const byte of bytes) digits = (digits << 8n) | BigInt(byte);
    digits = BigInt.asIntN(bytes.length * 8, digits);
    return textOf(digits, scale);
  },
};

/** Big-endian, as few bytes as hold the sign bit, too. */
function bytesOf(value: bigint): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const byte = Number(rest & 0xffn);
    bytes.unshift(byte);
    rest >>= 8n;
    if ((rest === 0n && byte < 0x80) || (rest === -1n && byte >= 0x80)) return bytes;
  }
}

function textOf(digits: bigint, scale: number): string {
  const sign = digits < 0n ? "-" : "";
  const text = (digits < 0n ? -digits : digits).toString();
  if (scale < 0) return `${sign}${text}${"0".repeat(-scale)}`;
  if (scale === 0) return `${sign}${text}`;
  const padded = text.padStart(scale + 1, "0");
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}
