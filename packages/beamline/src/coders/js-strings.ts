import { ASCII_LOOP_LIMIT, writeAscii } from "../bytes/ascii.js";
import { stringsOf } from "../bytes/buffer-strings.js";
import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { readLatin1 } from "../bytes/latin1.js";
import { isWellFormed, readUtf8, reserveUtf8 } from "../bytes/strings.js";
import { corruptBytes } from "./coder-errors.js";
import { MAX_SHORT_STRING, TAG } from "./js-format.js";

/** Writes any string, tag included. */
export function writeJsString(text: string, out: ByteWriter): void {
  const { length } = text;
  if (length > ASCII_LOOP_LIMIT) {
    writeLongString(text, out);
    return;
  }
  out.ensure(length + 1);
  const { buffer, position } = out;
  buffer[position] = TAG.shortString + length;
  if (writeAscii(text, buffer, position + 1)) out.position = position + 1 + length;
  else writeUnicodeString(text, out);
}

function writeLongString(text: string, out: ByteWriter): void {
  const { length } = text;
  out.ensure(12 + reserveUtf8(text));
  const start = out.position;
  if (length <= MAX_SHORT_STRING) {
    out.writeByte(TAG.shortString + length);
  } else {
    out.writeByte(TAG.asciiString);
    out.writeVarint(length);
  }
  const { buffer, position } = out;
  // As many bytes as characters: all of them are ASCII.
  const written = stringsOf(buffer).utf8Write(text, position, buffer.length - position);
  if (written === length) {
    out.position = position + length;
  } else {
    out.position = start;
    writeUnicodeString(text, out);
  }
}

function writeUnicodeString(text: string, out: ByteWriter): void {
  const size = Buffer.byteLength(text, "utf8");
  if (isWellFormed(text)) {
    out.writeByte(TAG.utf8String);
    out.writeVarint(size);
    out.ensure(size);
    stringsOf(out.buffer).utf8Write(text, out.position, size);
    out.position += size;
  } else {
    // Half of a surrogate pair: only UTF-16 can say that.
    out.writeByte(TAG.utf16String);
    out.writeVarint(text.length * 2);
    out.ensure(text.length * 2);
    stringsOf(out.buffer).ucs2Write(text, out.position, text.length * 2);
    out.position += text.length * 2;
  }
}

/** Reads a string whose tag has been read; undefined if `tag` is not a string's. */
export function readJsString(tag: number, input: ByteReader): string | undefined {
  if (tag >= TAG.shortString && tag < TAG.shortArray) {
    const length = tag - TAG.shortString;
    const start = input.take(length);
    return readLatin1(input.buffer, start, start + length);
  }
  switch (tag) {
    case TAG.asciiString: {
      const length = input.readLength();
      const start = input.take(length);
      return readLatin1(input.buffer, start, start + length);
    }
    case TAG.utf8String:
      return readUtf8(input, input.readLength());
    case TAG.utf16String: {
      const length = input.readLength();
      if (length % 2 !== 0) throw corruptBytes("the string", `its UTF-16 has ${length} bytes`);
      const start = input.take(length);
      return stringsOf(input.buffer).ucs2Slice(start, start + length);
    }
    default:
      return undefined;
  }
}

/** Reads a string, tag included. */
export function requireJsString(input: ByteReader): string {
  const text = readJsString(input.readByte(), input);
  if (text === undefined) throw corruptBytes("the value", "a string was expected");
  return text;
}
