import { isUtf8 } from "node:buffer";
import { BeamlineError } from "../model/errors.js";
import { ASCII_LOOP_LIMIT, writeAscii } from "./ascii.js";
import { stringsOf } from "./buffer-strings.js";
import type { ByteReader } from "./byte-reader.js";
import type { ByteWriter } from "./byte-writer.js";
import { readLatin1 } from "./latin1.js";

/** Above, the exact size is computed first instead of reserving three bytes a character. */
const RESERVE_LIMIT = 4096;

/** Writes a varint of the length in bytes, then UTF-8. Throws on lone surrogates. */
export function writeUtf8WithLength(text: string, out: ByteWriter): void {
  const { length } = text;
  if (length <= ASCII_LOOP_LIMIT) {
    out.ensure(length + 1);
    const { buffer, position } = out;
    buffer[position] = length;
    if (writeAscii(text, buffer, position + 1)) {
      out.position = position + 1 + length;
      return;
    }
  }
  out.ensure(5 + reserveUtf8(text));
  const start = out.position;
  // The bytes are mostly as many as the characters, and then the prefix has the right size at once.
  out.writeVarint(length);
  const prefixed = out.position;
  const written = stringsOf(out.buffer).utf8Write(text, prefixed, out.buffer.length - prefixed);
  if (written === length) {
    out.position = prefixed + written;
    return;
  }
  requireWellFormed(text);
  out.position = start;
  out.writeVarint(written);
  if (out.position !== prefixed) {
    out.buffer.copyWithin(out.position, prefixed, prefixed + written);
    // The longer prefix has overwritten the first byte of what was then moved: write again.
    stringsOf(out.buffer).utf8Write(text, out.position, written);
  }
  out.position += written;
}

/** Writes a varint of the length, then the bytes, which are UTF-8 already. */
export function writeTextWithLength(
  bytes: Buffer,
  start: number,
  end: number,
  out: ByteWriter,
): void {
  const length = end - start;
  out.ensure(5 + length);
  out.writeVarint(length);
  const { buffer, position } = out;
  if (length <= ASCII_LOOP_LIMIT) {
    for (let i = 0; i < length; i++) buffer[position + i] = bytes[start + i] as number;
  } else {
    bytes.copy(buffer, position, start, end);
  }
  out.position = position + length;
}

/** Writes UTF-8 without its length. Throws on lone surrogates. */
export function writeUtf8(text: string, out: ByteWriter): void {
  out.ensure(reserveUtf8(text));
  const { buffer, position } = out;
  const written = stringsOf(buffer).utf8Write(text, position, buffer.length - position);
  if (written !== text.length) requireWellFormed(text);
  out.position = position + written;
}

/** A bound of `text`'s length in UTF-8 that is cheap for short strings and close for long ones. */
export function reserveUtf8(text: string): number {
  return text.length <= RESERVE_LIMIT ? text.length * 3 : Buffer.byteLength(text, "utf8");
}

/** Reads `length` bytes of UTF-8. Throws `CORRUPT_BYTES` on anything that is not. */
export function readUtf8(input: ByteReader, length: number): string {
  const start = input.take(length);
  const { buffer } = input;
  const end = start + length;
  if (length <= 64) {
    let bits = 0;
    for (let i = start; i < end; i++) bits |= buffer[i] as number;
    if (bits < 0x80) return readLatin1(buffer, start, end);
  }
  const text = stringsOf(buffer).utf8Slice(start, end);
  if (text.includes("\ufffd") && !isUtf8(buffer.subarray(start, end))) {
    throw new BeamlineError(
      "CORRUPT_BYTES",
      "Cannot decode the string: its bytes are not UTF-8; the bytes were damaged or written by another coder",
      { origin: "internal" },
    );
  }
  return text;
}

/** Whether `text` has no lone surrogates. */
export function isWellFormed(text: string): boolean {
  // In Node 20, but not yet in the library types of ES2023.
  return (text as unknown as { isWellFormed(): boolean }).isWellFormed();
}

function requireWellFormed(text: string): void {
  if (isWellFormed(text)) return;
  throw new BeamlineError(
    "CANNOT_ENCODE",
    "Cannot encode the string as UTF-8: it has half of a surrogate pair; clean it with toWellFormed(), or use the js coder, which keeps any string",
  );
}
