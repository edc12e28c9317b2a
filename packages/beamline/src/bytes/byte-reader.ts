import { BeamlineError } from "../model/errors.js";

const TWO_28 = 0x1000_0000;
const MASK_28 = 0x0fff_ffff;

/** A cursor over bytes. Reading past `end` throws `TRUNCATED_BYTES`. */
export class ByteReader {
  buffer: Buffer;
  position: number;
  end: number;
  /** For multi-byte numbers: over `viewed`, which is `buffer` until somebody assigns another. */
  private numbers: DataView | undefined;
  private viewed: Buffer | undefined;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
    this.end = end;
    this.numbers = undefined;
    this.viewed = undefined;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  readByte(): number {
    if (this.position >= this.end) throw truncated(1, 0);
    return this.buffer[this.position++] as number;
  }

  /** A view of the next `length` bytes: it shares memory with the source. */
  readBytes(length: number): Buffer {
    const start = this.take(length);
    return this.buffer.subarray(start, start + length);
  }

  /** Moves past the next `length` bytes and returns where they start. */
  take(length: number): number {
    const start = this.position;
    if (length > this.end - start) throw truncated(length, this.end - start);
    this.position = start + length;
    return start;
  }

  /**
   * A varint as a number, signed as 64-bit two's complement. Throws `UNSAFE_INTEGER` where a number
   * would not be exact.
   */
  readVarint(): number {
    const at = this.position;
    if (at < this.end) {
      const first = this.buffer[at] as number;
      if (first < 0x80) {
        this.position = at + 1;
        return first;
      }
    }
    return this.readLongVarint();
  }

  private readLongVarint(): number {
    // Three parts of 28, 28 and 8 bits: bit operations see 32.
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.readByte();
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift < 56) middle |= (byte & 0x7f) << (shift - 28);
      else if (shift < 63) high = byte & 0x7f;
      else if (byte <= 1) high |= byte << 7;
      else throw badVarint();
      if (byte < 0x80) break;
    }
    const value =
      high === 0xff
        ? -1 - ((middle ^ MASK_28) * TWO_28 + (low ^ MASK_28))
        : high * TWO_28 * TWO_28 + middle * TWO_28 + low;
    if (!Number.isSafeInteger(value)) throw unsafeVarint();
    return value;
  }

  /** A varint as a signed 64-bit integer. */
  readVarint64(): bigint {
    let low = 0;
    let middle = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.readByte();
      if (shift < 28) low |= (byte & 0x7f) << shift;
      else if (shift < 56) middle |= (byte & 0x7f) << (shift - 28);
      else if (shift < 63) high = byte & 0x7f;
      else if (byte <= 1) high |= byte << 7;
      else throw badVarint();
      if (byte < 0x80) break;
    }
    const bits = (BigInt(high) << 56n) | (BigInt(middle) << 28n) | BigInt(low);
    return BigInt.asIntN(64, bits);
  }

  /** A varint that counts bytes which must follow: throws when fewer are left. */
  readLength(): number {
    const length = this.readVarint();
    const left = this.end - this.position;
    if (length < 0 || length > left) throw truncated(length, left);
    return length;
  }

  /** Big-endian, signed. */
  readInt32(): number {
    const start = this.take(4);
    return this.view().getInt32(start);
  }

  /** Big-endian IEEE 754. */
  readFloat32(): number {
    const start = this.take(4);
    return this.view().getFloat32(start);
  }

  /** Big-endian IEEE 754. */
  readFloat64(): number {
    const start = this.take(8);
    return this.view().getFloat64(start);
  }

  private view(): DataView {
    const { buffer, numbers } = this;
    if (numbers !== undefined && this.viewed === buffer) return numbers;
    const fresh = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    this.numbers = fresh;
    this.viewed = buffer;
    return fresh;
  }
}

function truncated(wanted: number, left: number): BeamlineError {
  return new BeamlineError(
    "TRUNCATED_BYTES",
    `Cannot decode: ${wanted} more bytes expected, ${left} left; the bytes were cut or written by another coder`,
    { origin: "internal" },
  );
}

function badVarint(): BeamlineError {
  return new BeamlineError(
    "CORRUPT_BYTES",
    "Cannot decode the varint: it has more than 64 bits; the bytes were damaged or written by another coder",
    { origin: "internal" },
  );
}

function unsafeVarint(): BeamlineError {
  return new BeamlineError(
    "UNSAFE_INTEGER",
    "Cannot decode the varint as a number: it lies outside ±(2^53 - 1), where numbers stop being exact; use the varint64 coder, whose values are bigint",
  );
}
