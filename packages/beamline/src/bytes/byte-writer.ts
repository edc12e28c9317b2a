import { constants } from "node:buffer";
import { BeamlineError } from "../model/errors.js";
import { viewOf } from "./view-of.js";

const TWO_28 = 0x1000_0000;

/**
 * A growable byte buffer with a cursor. Coders on the hot path may write into `buffer` directly
 * after `ensure`, and then advance `position`.
 */
export class ByteWriter {
  buffer: Buffer;
  position = 0;
  /** For multi-byte numbers: over `viewed`, which is `buffer` until it grows or is replaced. */
  private numbers: DataView;
  private viewed: Buffer;

  constructor(initialCapacity = 1024) {
    this.buffer = Buffer.allocUnsafeSlow(initialCapacity);
    this.numbers = viewOf(this.buffer);
    this.viewed = this.buffer;
  }

  /** Makes room for `size` more bytes. */
  ensure(size: number): void {
    const needed = this.position + size;
    if (needed > this.buffer.length) this.grow(needed);
  }

  private grow(needed: number): void {
    if (needed > constants.MAX_LENGTH) throw tooLarge(needed);
    const capacity = Math.min(Math.max(needed, this.buffer.length * 2), constants.MAX_LENGTH);
    const next = Buffer.allocUnsafeSlow(capacity);
    this.buffer.copy(next, 0, 0, this.position);
    this.buffer = next;
  }

  writeByte(value: number): void {
    if (this.position === this.buffer.length) this.grow(this.position + 1);
    this.buffer[this.position++] = value;
  }

  writeBytes(bytes: Uint8Array): void {
    this.ensure(bytes.length);
    this.buffer.set(bytes, this.position);
    this.position += bytes.length;
  }

  /**
   * A safe integer as a base-128 varint, low groups first; negative ones as 64-bit two's
   * complement, ten bytes long, as Beam and Protocol Buffers have them.
   */
  writeVarint(value: number): void {
    // Also false of fractions and NaN.
    if ((value & 0x7f) === value) {
      if (this.position === this.buffer.length) this.grow(this.position + 1);
      this.buffer[this.position++] = value;
    } else {
      this.writeLongVarint(value);
    }
  }

  private writeLongVarint(value: number): void {
    if (!Number.isSafeInteger(value)) throw unsafeInteger(value);
    this.ensure(10);
    const buffer = this.buffer;
    let at = this.position;
    if (value >= 0) {
      // Bit operations see 32 bits: large values go 28 bits at a time.
      while (value >= TWO_28) {
        const high = Math.floor(value / TWO_28);
        const low = value - high * TWO_28;
        buffer[at++] = low | 0x80;
        buffer[at++] = (low >>> 7) | 0x80;
        buffer[at++] = (low >>> 14) | 0x80;
        buffer[at++] = (low >>> 21) | 0x80;
        value = high;
      }
      while (value >= 0x80) {
        buffer[at++] = (value & 0x7f) | 0x80;
        value >>>= 7;
      }
      buffer[at++] = value;
    } else {
      // The bits of a negative number are the inverted bits of the non-negative -1 - value.
      let inverted = -1 - value;
      for (let group = 0; group < 9; group++) {
        const next = Math.floor(inverted / 0x80);
        buffer[at++] = (inverted - next * 0x80) ^ 0xff;
        inverted = next;
      }
      buffer[at++] = 1;
    }
    this.position = at;
  }

  /** A 64-bit integer, signed or unsigned, as a varint. The caller checks the range. */
  writeVarint64(value: bigint): void {
    this.ensure(10);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.buffer[this.position++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.position++] = Number(rest);
  }

  /** Big-endian, signed or unsigned. */
  writeInt32(value: number): void {
    this.ensure(4);
    this.dataView().setInt32(this.position, value);
    this.position += 4;
  }

  /** Big-endian IEEE 754. */
  writeFloat32(value: number): void {
    this.ensure(4);
    this.dataView().setFloat32(this.position, value);
    this.position += 4;
  }

  /** Big-endian IEEE 754. */
  writeFloat64(value: number): void {
    this.ensure(8);
    this.dataView().setFloat64(this.position, value);
    this.position += 8;
  }

  private dataView(): DataView {
    if (this.viewed !== this.buffer) {
      this.viewed = this.buffer;
      this.numbers = viewOf(this.buffer);
    }
    return this.numbers;
  }

  /**
   * Puts a varint of the number of bytes written since `start` before them. Call it after writing
   * something whose length was not known.
   */
  insertLength(start: number): void {
    const length = this.position - start;
    if (length < 0x80) {
      this.ensure(1);
      this.buffer.copyWithin(start + 1, start, this.position);
      this.buffer[start] = length;
      this.position++;
    } else {
      // Written behind its place first, to learn its size.
      this.writeVarint(length);
      const prefix = Uint8Array.from(this.buffer.subarray(start + length, this.position));
      this.buffer.copyWithin(start + prefix.length, start, start + length);
      this.buffer.set(prefix, start);
    }
  }

  /** The written bytes as a view: valid until the next write. */
  view(): Buffer {
    return this.buffer.subarray(0, this.position);
  }

  /** The written bytes as a copy of their own: a plain Uint8Array over a buffer that only it uses. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.view());
  }

  reset(): void {
    this.position = 0;
  }
}

function unsafeInteger(value: number): BeamlineError {
  return Number.isInteger(value)
    ? new BeamlineError(
        "UNSAFE_INTEGER",
        `Cannot encode ${value} as a varint: it lies outside ±(2^53 - 1), where numbers stop being exact; use bigint values with the varint64 coder`,
      )
    : new BeamlineError(
        "CANNOT_ENCODE",
        `Cannot encode ${String(value)} as a varint: it is not an integer; round it or use the double coder`,
      );
}

function tooLarge(size: number): BeamlineError {
  return new BeamlineError(
    "TOO_LARGE",
    `Cannot encode: ${size} bytes are more than one buffer holds (${constants.MAX_LENGTH}); split the value into several elements`,
  );
}
