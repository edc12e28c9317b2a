import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { readLatin1 } from "../../bytes/latin1.js";

/** Bytes behind their length. */
export function writeBytes(out: ByteWriter, bytes: Uint8Array): void {
  out.writeVarint(bytes.length);
  out.writeBytes(bytes);
}

/** A view of them. */
export function readBytes(input: ByteReader): Buffer {
  return input.readBytes(input.readLength());
}

export function writeText(out: ByteWriter, text: string): void {
  writeBytes(out, Buffer.from(text));
}

export function readText(input: ByteReader): string {
  return readBytes(input).toString();
}

/** Up to here a loop beats the call. */
const SHORT = 32;

/** The id of a scope: Latin-1, and so one byte a character. */
export function writeId(out: ByteWriter, id: string): void {
  const { length } = id;
  out.writeVarint(length);
  out.ensure(length);
  const { buffer, position } = out;
  if (length > SHORT) buffer.write(id, position, "latin1");
  else for (let i = 0; i < length; i++) buffer[position + i] = id.charCodeAt(i);
  out.position = position + length;
}

export function readId(input: ByteReader): string {
  const length = input.readLength();
  const start = input.take(length);
  return readLatin1(input.buffer, start, start + length);
}
