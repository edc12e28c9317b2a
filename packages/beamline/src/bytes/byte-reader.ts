import { BeamlineError } from "../model/errors.js";

/** A cursor over bytes. Reading past `end` throws `TRUNCATED_BYTES`. */
export class ByteReader {
  buffer: Buffer;
  position: number;
  end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = start;
    this.end = end;
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
    if (length > this.remaining) throw truncated(length, this.remaining);
    const start = this.position;
    this.position += length;
    return this.buffer.subarray(start, this.position);
  }
}

function truncated(wanted: number, left: number): BeamlineError {
  return new BeamlineError(
    "TRUNCATED_BYTES",
    `Cannot decode: ${wanted} more bytes expected, ${left} left; the bytes were cut or written by another coder`,
    { origin: "internal" },
  );
}
