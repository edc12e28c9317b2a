import type { ByteReader } from "../bytes/byte-reader.js";
import { readLatin1 } from "../bytes/latin1.js";
import { corruptBytes } from "./coder-errors.js";
import { readBuiltin } from "./js-builtin-decoder.js";
import type { ValueReader } from "./js-builtins.js";
import { MAX_DEPTH, TAG } from "./js-format.js";
import { ShapeReader } from "./js-shapes.js";
import { readJsString, requireJsString } from "./js-strings.js";

/** Reads what `JsEncoder` wrote. Any bytes give a value or a `BeamlineError`. */
export class JsDecoder implements ValueReader {
  private readonly shapes = new ShapeReader();

  read(input: ByteReader, depth: number): unknown {
    const tag = input.readByte();
    if (tag < TAG.shortString) return tag < TAG.smallNegative ? tag : tag - 0x80;
    if (tag < TAG.shortArray) {
      const length = tag - TAG.shortString;
      const start = input.take(length);
      return readLatin1(input.buffer, start, start + length);
    }
    if (tag < TAG.shortObject) return this.readArray(tag - TAG.shortArray, input, depth);
    if (tag < TAG.undefined) return this.readRecord(tag - TAG.shortObject, {}, input, depth);
    return this.readTagged(tag, input, depth);
  }

  private readTagged(tag: number, input: ByteReader, depth: number): unknown {
    switch (tag) {
      case TAG.undefined:
        return undefined;
      case TAG.null:
        return null;
      case TAG.false:
        return false;
      case TAG.true:
        return true;
      case TAG.positiveInteger:
        return input.readVarint();
      case TAG.negativeInteger:
        return -1 - input.readVarint();
      case TAG.float32:
        return input.readFloat32();
      case TAG.float64:
        return input.readFloat64();
      case TAG.bigint64:
        return input.readVarint64();
      case TAG.positiveBigint:
        return readMagnitude(input);
      case TAG.negativeBigint:
        return -readMagnitude(input);
      case TAG.asciiString:
      case TAG.utf8String:
      case TAG.utf16String:
        return readJsString(tag, input);
      case TAG.array:
        return this.readArray(input.readLength(), input, depth);
      case TAG.oddArray:
        return this.readOddArray(input, depth + 1);
      case TAG.object:
        return this.readRecord(input.readLength(), {}, input, depth);
      case TAG.nullPrototypeObject:
        return this.readRecord(input.readLength(), Object.create(null), input, depth);
      default:
        if (depth >= MAX_DEPTH) throw tooDeep();
        return readBuiltin(tag, input, this, depth + 1);
    }
  }

  private readArray(count: number, input: ByteReader, depth: number): unknown[] {
    if (depth >= MAX_DEPTH) throw tooDeep();
    const inner = depth + 1;
    // Literals have the right size at once.
    switch (count) {
      case 0:
        return [];
      case 1:
        return [this.read(input, inner)];
      case 2:
        return [this.read(input, inner), this.read(input, inner)];
      case 3:
        return [this.read(input, inner), this.read(input, inner), this.read(input, inner)];
      default: {
        const array: unknown[] = [];
        for (let i = 0; i < count; i++) array.push(this.read(input, inner));
        return array;
      }
    }
  }

  private readRecord(
    count: number,
    record: Record<string, unknown>,
    input: ByteReader,
    depth: number,
  ): object {
    if (depth >= MAX_DEPTH) throw tooDeep();
    if (count === 0) return record;
    const { keys, hasProto } = this.shapes.read(count, input);
    const inner = depth + 1;
    if (hasProto) {
      for (const key of keys) setOwn(record, key, this.read(input, inner));
      return record;
    }
    for (let i = 0; i < count; i++) record[keys[i] as string] = this.read(input, inner);
    return record;
  }

  private readOddArray(input: ByteReader, depth: number): unknown[] {
    if (depth > MAX_DEPTH) throw tooDeep();
    const length = readCount(input);
    const indices = input.readLength();
    const array: unknown[] = [];
    for (let i = 0; i < indices; i++) {
      const index = readCount(input);
      if (index >= length) throw corruptBytes("the array", "it has an element beyond its length");
      array[index] = this.read(input, depth);
    }
    if (array.length !== length) {
      // Assigning `length` may reserve all of it. A store far beyond the end makes the array sparse.
      array[length - 1] = undefined;
      delete array[length - 1];
    }
    const named = input.readLength();
    for (let i = 0; i < named; i++) {
      setOwn(array, requireJsString(input), this.read(input, depth));
    }
    return array;
  }
}

/** Assignment would call the setter of `__proto__`. */
function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/** An array's length or index. */
function readCount(input: ByteReader): number {
  const count = input.readVarint();
  if (count < 0 || count > 0xffff_ffff) throw corruptBytes("the array", `${count} is not a length`);
  return count;
}

/** The most bytes that a BigInt can have in V8. */
const MAX_MAGNITUDE = 2 ** 27;

function readMagnitude(input: ByteReader): bigint {
  const length = input.readLength();
  if (length === 0 || length >= MAX_MAGNITUDE) {
    throw corruptBytes("the bigint", `it has ${length} bytes`);
  }
  return BigInt(`0x${input.readBytes(length).toString("hex")}`);
}

function tooDeep() {
  return corruptBytes("the value", `it is nested more than ${MAX_DEPTH} levels deep`);
}
