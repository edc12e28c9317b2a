import { types } from "node:util";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { type BuiltinType, ERROR_TYPES, type ValueWriter, VIEW_TYPES } from "./js-builtins.js";
import { TAG } from "./js-format.js";
import { isIntrinsicPrototype } from "./js-intrinsics.js";
import { JsRefusal } from "./js-refusal.js";
import { writeJsString } from "./js-strings.js";

/** Writes a value of a built-in class, or returns false if it is of none that has a form. */
export function writeBuiltin(
  value: object,
  prototype: unknown,
  out: ByteWriter,
  encoder: ValueWriter,
  depth: number,
): boolean {
  if (types.isMap(value)) {
    if (!isOf(prototype, Map)) return false;
    refuseNamedProperties(value);
    writeMap(value, out, encoder, depth);
  } else if (types.isSet(value)) {
    if (!isOf(prototype, Set)) return false;
    refuseNamedProperties(value);
    writeSet(value, out, encoder, depth);
  } else if (types.isDate(value)) {
    if (!isOf(prototype, Date)) return false;
    refuseNamedProperties(value);
    out.writeByte(TAG.date);
    encoder.write(value.getTime(), out, depth + 1);
  } else if (ArrayBuffer.isView(value)) {
    return writeView(value, prototype, out, encoder);
  } else if (types.isArrayBuffer(value)) {
    if (!isOf(prototype, ArrayBuffer)) return false;
    refuseNamedProperties(value);
    out.writeByte(TAG.arrayBuffer);
    writeLengthAndBytes(new Uint8Array(value), out);
  } else if (types.isRegExp(value)) {
    if (!isOf(prototype, RegExp)) return false;
    refuseNamedProperties(value);
    out.writeByte(TAG.regExp);
    writeJsString(value.source, out);
    writeJsString(value.flags, out);
    encoder.write(value.lastIndex, out, depth + 1);
  } else if (types.isNativeError(value)) {
    return writeError(value, prototype, out, encoder, depth);
  } else {
    return false;
  }
  return true;
}

function isOf(prototype: unknown, type: BuiltinType): boolean {
  return prototype === type.prototype || isIntrinsicPrototype(prototype, type.name);
}

function refuseNamedProperties(value: object): void {
  const [key] = Object.keys(value);
  if (key !== undefined) {
    throw new JsRefusal(
      value,
      `has a property of its own, ${JSON.stringify(key)}, besides its contents`,
    );
  }
}

function writeMap(
  map: ReadonlyMap<unknown, unknown>,
  out: ByteWriter,
  encoder: ValueWriter,
  depth: number,
): void {
  out.writeByte(TAG.map);
  out.writeVarint(map.size);
  const starts: number[] = [];
  for (const [key, value] of map) {
    starts.push(out.position);
    encoder.write(key, out, depth + 1);
    encoder.write(value, out, depth + 1);
  }
  if (encoder.canonical) sortEntries(starts, out);
}

function writeSet(
  set: ReadonlySet<unknown>,
  out: ByteWriter,
  encoder: ValueWriter,
  depth: number,
): void {
  out.writeByte(TAG.set);
  out.writeVarint(set.size);
  const starts: number[] = [];
  for (const value of set) {
    starts.push(out.position);
    encoder.write(value, out, depth + 1);
  }
  if (encoder.canonical) sortEntries(starts, out);
}

/** Puts the entries that start at `starts`, and end with what is written, into the order of their bytes. */
function sortEntries(starts: readonly number[], out: ByteWriter): void {
  const [first] = starts;
  if (first === undefined) return;
  const bytes = Buffer.from(out.buffer.subarray(first, out.position));
  const entries = starts.map((start, i) =>
    bytes.subarray(start - first, (starts[i + 1] ?? out.position) - first),
  );
  entries.sort(Buffer.compare);
  out.position = first;
  for (const entry of entries) out.writeBytes(entry);
}

function writeView(
  view: ArrayBufferView,
  prototype: unknown,
  out: ByteWriter,
  encoder: ValueWriter,
): boolean {
  let bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (prototype === Buffer.prototype) {
    out.writeByte(TAG.buffer);
  } else {
    const type = VIEW_TYPES.findIndex((candidate) => isOf(prototype, candidate));
    if (type === -1) return false;
    out.writeByte(TAG.view);
    out.writeByte(type);
    if (encoder.canonical && (types.isFloat32Array(view) || types.isFloat64Array(view))) {
      bytes = canonicalFloats(view);
    }
  }
  writeLengthAndBytes(bytes, out);
  return true;
}

/** One zero and one NaN. */
function canonicalFloats(floats: Float32Array | Float64Array): Uint8Array<ArrayBuffer> {
  const canonical = new (floats.BYTES_PER_ELEMENT === 4 ? Float32Array : Float64Array)(
    floats.length,
  );
  // Adding 0 makes 0 of -0. Writing the same NaN writes the same bits.
  for (let i = 0; i < floats.length; i++) {
    const float = floats[i] as number;
    canonical[i] = Number.isNaN(float) ? Number.NaN : float + 0;
  }
  return new Uint8Array(canonical.buffer);
}

function writeLengthAndBytes(bytes: Uint8Array, out: ByteWriter): void {
  out.writeVarint(bytes.length);
  out.writeBytes(bytes);
}

function writeError(
  error: Error,
  prototype: unknown,
  out: ByteWriter,
  encoder: ValueWriter,
  depth: number,
): boolean {
  const type = ERROR_TYPES.findIndex((candidate) => isOf(prototype, candidate));
  if (type === -1) return false;
  if (encoder.canonical) {
    throw new JsRefusal(error, "is an error, whose stack trace differs wherever it is made");
  }
  const enumerable = Object.keys(error);
  const hidden = HIDDEN_ERROR_PROPERTIES.filter(
    (name) => Object.hasOwn(error, name) && !enumerable.includes(name),
  );
  out.writeByte(TAG.error);
  out.writeByte(type);
  out.writeVarint(hidden.length + enumerable.length);
  for (const name of [...hidden, ...enumerable]) {
    out.writeByte(enumerable.includes(name) ? 1 : 0);
    writeJsString(name, out);
    encoder.write((error as unknown as Readonly<Record<string, unknown>>)[name], out, depth + 1);
  }
  return true;
}

/** What belongs to errors though it is not enumerable. */
const HIDDEN_ERROR_PROPERTIES = ["stack", "message", "name", "cause", "errors"];
