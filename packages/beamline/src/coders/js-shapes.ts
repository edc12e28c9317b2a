import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import { requireJsString, writeJsString } from "./js-strings.js";

/** Objects with more properties are mostly dictionaries, which have no shape in common. */
const MAX_KEYS = 32;
const MAX_BYTES = 512;
const SLOTS = 256;
const SHAPES_A_SLOT = 4;
/** One miss in so many is remembered, so that dictionaries do not pay for the memory each time. */
const REMEMBER_EVERY = 4;
/** From here on one call is faster than a loop over the bytes. */
const COPY_LIMIT = 64;

/** The keys of a plain object, as names and as they stand on the wire. */
export interface Shape {
  /** As `Object.keys` gave them. */
  readonly keys: readonly string[];
  /** As they are written: the same, or sorted. */
  readonly ordered: readonly string[];
  readonly bytes: Uint8Array;
  /** Assigning this key would set the prototype. */
  readonly hasProto: boolean;
}

function shapeOf(keys: readonly string[], ordered: readonly string[], bytes: Uint8Array): Shape {
  return { keys, ordered, bytes, hasProto: keys.includes("__proto__") };
}

/**
 * Shapes seen before. Records of one kind have the same keys, and reading or writing those again
 * for each costs more than the values. A cache: bounded, and nothing but time depends on it.
 */
class ShapeTable {
  private readonly slots: (Shape[] | undefined)[] = new Array<Shape[] | undefined>(SLOTS).fill(
    undefined,
  );
  private misses = 0;

  candidates(hash: number): readonly Shape[] | undefined {
    return this.slots[hash & (SLOTS - 1)];
  }

  remember(hash: number, shape: () => Shape): void {
    const turn = this.misses++;
    if (turn % REMEMBER_EVERY !== 0) return;
    const slot = hash & (SLOTS - 1);
    const shapes = this.slots[slot];
    if (shapes === undefined) this.slots[slot] = [shape()];
    else if (shapes.length < SHAPES_A_SLOT) shapes.push(shape());
    else shapes[(turn / REMEMBER_EVERY) % SHAPES_A_SLOT] = shape();
  }
}

/** Writes the keys of objects. */
export class ShapeWriter {
  private readonly sorted: boolean;
  private readonly table = new ShapeTable();

  constructor(sorted: boolean) {
    this.sorted = sorted;
  }

  /** Writes `keys`, at least one, and returns them in the order in which the values must follow. */
  write(keys: readonly string[], out: ByteWriter): readonly string[] {
    const count = keys.length;
    const first = keys[0] as string;
    const last = keys[count - 1] as string;
    const hash =
      count * 31 +
      first.length * 7 +
      last.length * 17 +
      first.charCodeAt(0) * 3 +
      last.charCodeAt(0);
    const candidates = this.table.candidates(hash);
    if (candidates !== undefined) {
      for (let i = 0; i < candidates.length; i++) {
        const shape = candidates[i] as Shape;
        if (sameKeys(shape.keys, keys)) {
          copyInto(out, shape.bytes);
          return shape.ordered;
        }
      }
    }
    const ordered = this.sorted ? [...keys].sort() : keys;
    const start = out.position;
    for (let i = 0; i < count; i++) writeJsString(ordered[i] as string, out);
    if (count <= MAX_KEYS && out.position - start <= MAX_BYTES) {
      this.table.remember(hash, () =>
        shapeOf(keys, ordered, Uint8Array.from(out.buffer.subarray(start, out.position))),
      );
    }
    return ordered;
  }
}

function sameKeys(a: readonly string[], b: readonly string[]): boolean {
  const { length } = b;
  if (a.length !== length) return false;
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function copyInto(out: ByteWriter, bytes: Uint8Array): void {
  const { length } = bytes;
  if (length > COPY_LIMIT) {
    out.writeBytes(bytes);
    return;
  }
  out.ensure(length);
  const { buffer, position } = out;
  for (let i = 0; i < length; i++) buffer[position + i] = bytes[i] as number;
  out.position = position + length;
}

/** Reads the keys of objects. */
export class ShapeReader {
  private readonly table = new ShapeTable();

  /** Reads `count` keys, at least one. */
  read(count: number, input: ByteReader): Shape {
    const { buffer, position } = input;
    const left = input.end - position;
    const hash =
      left < 4
        ? 0
        : count * 31 +
          (buffer[position] as number) * 7 +
          (buffer[position + 1] as number) * 3 +
          (buffer[position + 2] as number);
    const candidates = this.table.candidates(hash);
    if (candidates !== undefined) {
      for (let i = 0; i < candidates.length; i++) {
        const shape = candidates[i] as Shape;
        if (shape.keys.length === count && startsWith(input, shape.bytes)) {
          input.position = position + shape.bytes.length;
          return shape;
        }
      }
    }
    const keys: string[] = [];
    for (let i = 0; i < count; i++) keys.push(requireJsString(input));
    const shape = shapeOf(keys, keys, NO_BYTES);
    if (count <= MAX_KEYS && input.position - position <= MAX_BYTES) {
      this.table.remember(hash, () =>
        shapeOf(keys, keys, Uint8Array.from(buffer.subarray(position, input.position))),
      );
    }
    return shape;
  }
}

const NO_BYTES = new Uint8Array(0);

function startsWith(input: ByteReader, bytes: Uint8Array): boolean {
  const { buffer, position } = input;
  const { length } = bytes;
  if (length > input.end - position) return false;
  for (let i = 0; i < length; i++) if (buffer[position + i] !== bytes[i]) return false;
  return true;
}
