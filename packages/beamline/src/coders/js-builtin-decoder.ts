import type { ByteReader } from "../bytes/byte-reader.js";
import { corruptBytes } from "./coder-errors.js";
import { ERROR_TYPES, type ValueReader, VIEW_TYPES } from "./js-builtins.js";
import { TAG } from "./js-format.js";
import { requireJsString } from "./js-strings.js";

/** Reads a value of a built-in class, whose tag has been read. */
export function readBuiltin(
  tag: number,
  input: ByteReader,
  decoder: ValueReader,
  depth: number,
): unknown {
  switch (tag) {
    case TAG.map:
      return readMap(input, decoder, depth);
    case TAG.set:
      return readSet(input, decoder, depth);
    case TAG.date:
      return new Date(requireNumber(decoder.read(input, depth)));
    case TAG.regExp:
      return readRegExp(input, decoder, depth);
    case TAG.error:
      return readError(input, decoder, depth);
    case TAG.arrayBuffer:
      return copyOf(input).buffer;
    case TAG.buffer:
      return Buffer.from(input.readBytes(input.readLength()));
    case TAG.view:
      return readView(input);
    default:
      throw corruptBytes("the value", `there is no value with the tag ${tag}`);
  }
}

function readMap(input: ByteReader, decoder: ValueReader, depth: number): Map<unknown, unknown> {
  const count = input.readLength();
  const map = new Map<unknown, unknown>();
  for (let i = 0; i < count; i++) {
    const key = decoder.read(input, depth);
    map.set(key, decoder.read(input, depth));
  }
  return map;
}

function readSet(input: ByteReader, decoder: ValueReader, depth: number): Set<unknown> {
  const count = input.readLength();
  const set = new Set<unknown>();
  for (let i = 0; i < count; i++) set.add(decoder.read(input, depth));
  return set;
}

function readRegExp(input: ByteReader, decoder: ValueReader, depth: number): RegExp {
  const source = requireJsString(input);
  const flags = requireJsString(input);
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, flags);
  } catch (error) {
    throw corruptBytes("the regular expression", String(error));
  }
  pattern.lastIndex = requireNumber(decoder.read(input, depth));
  return pattern;
}

function readError(input: ByteReader, decoder: ValueReader, depth: number): Error {
  const Type = ERROR_TYPES[input.readByte()];
  if (Type === undefined) throw corruptBytes("the error", "its type is unknown");
  const error = new Type([] as never);
  // Only what was written: not this process's stack.
  for (const name of Object.getOwnPropertyNames(error)) Reflect.deleteProperty(error, name);
  const count = input.readLength();
  for (let i = 0; i < count; i++) {
    const enumerable = input.readByte() === 1;
    const name = requireJsString(input);
    const value = decoder.read(input, depth);
    Object.defineProperty(error, name, { value, enumerable, writable: true, configurable: true });
  }
  return error;
}

function readView(input: ByteReader): ArrayBufferView {
  const Type = VIEW_TYPES[input.readByte()];
  if (Type === undefined) throw corruptBytes("the typed array", "its type is unknown");
  // A copy of its own is also aligned.
  const bytes = copyOf(input);
  const elementSize = Type.BYTES_PER_ELEMENT ?? 1;
  if (bytes.length % elementSize !== 0) {
    throw corruptBytes("the typed array", `${bytes.length} bytes are not whole elements`);
  }
  return new Type(bytes.buffer);
}

function copyOf(input: ByteReader): Uint8Array<ArrayBuffer> {
  return new Uint8Array(input.readBytes(input.readLength()));
}

function requireNumber(value: unknown): number {
  if (typeof value !== "number") throw corruptBytes("the value", "a number was expected");
  return value;
}
