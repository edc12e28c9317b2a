import type { ByteWriter } from "../bytes/byte-writer.js";
import { writeBuiltin } from "./js-builtin-encoder.js";
import type { ValueWriter } from "./js-builtins.js";
import {
  MAX_DEPTH,
  MAX_SHORT_COUNT,
  MAX_SMALL_INTEGER,
  MIN_SMALL_INTEGER,
  TAG,
} from "./js-format.js";
import { isIntrinsicPrototype } from "./js-intrinsics.js";
import { JsRefusal, TOO_DEEP } from "./js-refusal.js";
import { ShapeWriter } from "./js-shapes.js";
import { writeJsString } from "./js-strings.js";

/** Writes JavaScript values in the form that js-format.ts lays out. */
export class JsEncoder implements ValueWriter {
  readonly canonical: boolean;
  private readonly shapes: ShapeWriter;

  constructor(canonical: boolean) {
    this.canonical = canonical;
    this.shapes = new ShapeWriter(canonical);
  }

  /** Throws {@link JsRefusal} on what has no form. */
  write(value: unknown, out: ByteWriter, depth: number): void {
    switch (typeof value) {
      case "string":
        writeJsString(value, out);
        return;
      case "number":
        this.writeNumber(value, out);
        return;
      case "object":
        if (value === null) out.writeByte(TAG.null);
        else this.writeObject(value, out, depth);
        return;
      case "boolean":
        out.writeByte(value ? TAG.true : TAG.false);
        return;
      case "undefined":
        out.writeByte(TAG.undefined);
        return;
      case "bigint":
        writeBigint(value, out);
        return;
      case "function":
        throw new JsRefusal(value, "is a function");
      case "symbol":
        throw new JsRefusal(value, "is a symbol");
    }
  }

  private writeNumber(value: number, out: ByteWriter): void {
    // The first test is true of all 32-bit integers, and also of -0.
    if ((value | 0) === value && (value !== 0 || 1 / value > 0 || this.canonical)) {
      if (value >= MIN_SMALL_INTEGER && value <= MAX_SMALL_INTEGER) {
        // The low seven bits: 0x70 to 0x7f stand for the negative ones.
        out.writeByte(value & 0x7f);
        return;
      }
      writeInteger(value, out);
    } else if (Number.isSafeInteger(value) && value !== 0) {
      writeInteger(value, out);
    } else if (Number.isNaN(value)) {
      // Not through setFloat32, which may write any of many bit patterns.
      out.writeByte(TAG.float32);
      out.writeInt32(0x7fc0_0000);
    } else if (Math.fround(value) === value) {
      out.writeByte(TAG.float32);
      out.writeFloat32(value);
    } else {
      out.writeByte(TAG.float64);
      out.writeFloat64(value);
    }
  }

  private writeObject(value: object, out: ByteWriter, depth: number): void {
    if (depth >= MAX_DEPTH) throw new JsRefusal(value, TOO_DEEP);
    if (Array.isArray(value)) {
      this.writeArray(value, out, depth);
      return;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype) this.writeRecord(value, false, out, depth);
    else if (prototype === null) this.writeRecord(value, true, out, depth);
    else if (writeBuiltin(value, prototype, out, this, depth)) return;
    else if (isIntrinsicPrototype(prototype, "Object")) this.writeRecord(value, false, out, depth);
    else throw new JsRefusal(value, describeInstance(value));
  }

  private writeRecord(value: object, bare: boolean, out: ByteWriter, depth: number): void {
    // Costs as much as writing a small record, but a property that is gone after a shuffle costs more.
    if (Object.getOwnPropertySymbols(value).length !== 0) refuseSymbolKeys(value);
    const keys = Object.keys(value);
    const count = keys.length;
    if (bare) {
      out.writeByte(TAG.nullPrototypeObject);
      out.writeVarint(count);
    } else if (count <= MAX_SHORT_COUNT) {
      out.writeByte(TAG.shortObject + count);
    } else {
      out.writeByte(TAG.object);
      out.writeVarint(count);
    }
    if (count === 0) return;
    const ordered = this.shapes.write(keys, out);
    for (let i = 0; i < count; i++) {
      this.write(
        (value as Readonly<Record<string, unknown>>)[ordered[i] as string],
        out,
        depth + 1,
      );
    }
  }

  private writeArray(value: readonly unknown[], out: ByteWriter, depth: number): void {
    const count = value.length;
    // Named properties (such as those of RegExp matches) and holes make these counts differ, unless
    // there are as many of both: then the loop below meets a hole. Counting values is cheaper than
    // counting keys, which become strings, but has a higher price to start with.
    const own = count < 4 ? Object.keys(value).length : Object.values(value).length;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Array.prototype && !isIntrinsicPrototype(prototype, "Array")) {
      throw new JsRefusal(value, describeInstance(value));
    }
    if (own !== count) {
      this.writeOddArray(value, out, depth);
      return;
    }
    const start = out.position;
    if (count <= MAX_SHORT_COUNT) {
      out.writeByte(TAG.shortArray + count);
    } else {
      out.writeByte(TAG.array);
      out.writeVarint(count);
    }
    for (let i = 0; i < count; i++) {
      const element = value[i];
      if (element === undefined && !Object.hasOwn(value, i)) {
        out.position = start;
        this.writeOddArray(value, out, depth);
        return;
      }
      this.write(element, out, depth + 1);
    }
  }

  private writeOddArray(value: readonly unknown[], out: ByteWriter, depth: number): void {
    const keys = Object.keys(value);
    // Indices come first, in ascending order.
    let indices = 0;
    while (indices < keys.length && isIndex(keys[indices] as string)) indices++;
    out.writeByte(TAG.oddArray);
    out.writeVarint(value.length);
    out.writeVarint(indices);
    for (let i = 0; i < indices; i++) {
      const index = Number(keys[i]);
      out.writeVarint(index);
      this.write(value[index], out, depth + 1);
    }
    const named = keys.slice(indices);
    if (this.canonical) named.sort();
    out.writeVarint(named.length);
    for (const key of named) {
      writeJsString(key, out);
      this.write((value as unknown as Readonly<Record<string, unknown>>)[key], out, depth + 1);
    }
  }
}

/** Whether an own key of an array is an element's: "0" but not "00" or "4294967295". */
function isIndex(key: string): boolean {
  const index = Number(key) >>> 0;
  return String(index) === key && index !== 0xffff_ffff;
}

function writeInteger(value: number, out: ByteWriter): void {
  const tag = value >= 0 ? TAG.positiveInteger : TAG.negativeInteger;
  let rest = value >= 0 ? value : -1 - value;
  if (rest >= 0x1000_0000) {
    out.writeByte(tag);
    out.writeVarint(rest);
    return;
  }
  // As writeVarint does it, but with one check of the room for all.
  out.ensure(5);
  const { buffer } = out;
  let at = out.position;
  buffer[at++] = tag;
  while (rest >= 0x80) {
    buffer[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  buffer[at++] = rest;
  out.position = at;
}

function writeBigint(value: bigint, out: ByteWriter): void {
  if (BigInt.asIntN(64, value) === value) {
    out.writeByte(TAG.bigint64);
    out.writeVarint64(value);
    return;
  }
  const hex = (value < 0n ? -value : value).toString(16);
  const magnitude = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  out.writeByte(value < 0n ? TAG.negativeBigint : TAG.positiveBigint);
  out.writeVarint(magnitude.length);
  out.writeBytes(magnitude);
}

function refuseSymbolKeys(value: object): void {
  const enumerable = Object.getOwnPropertySymbols(value).find((symbol) =>
    Object.prototype.propertyIsEnumerable.call(value, symbol),
  );
  if (enumerable !== undefined) {
    throw new JsRefusal(value, `has a property with the symbol key ${String(enumerable)}`);
  }
}

function describeInstance(value: object): string {
  const type: unknown = value.constructor;
  const name = typeof type === "function" ? type.name : "";
  if (name === "Promise") return "is a promise (await it first)";
  return name === "" ? "has a prototype of its own" : `is an instance of ${name}`;
}
