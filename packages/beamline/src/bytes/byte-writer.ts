/**
 * A growable byte buffer with a cursor. Coders on the hot path may write into `buffer` directly
 * after `ensure`, and then advance `position`.
 */
export class ByteWriter {
  buffer: Buffer;
  position = 0;

  constructor(initialCapacity = 1024) {
    this.buffer = Buffer.allocUnsafeSlow(initialCapacity);
  }

  /** Makes room for `size` more bytes. */
  ensure(size: number): void {
    const needed = this.position + size;
    if (needed > this.buffer.length) this.grow(needed);
  }

  private grow(needed: number): void {
    const next = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2));
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

  /** The written bytes as a view: valid until the next write. */
  view(): Buffer {
    return this.buffer.subarray(0, this.position);
  }

  /** The written bytes as a copy of their own. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.prototype.slice.call(this.buffer, 0, this.position) as Uint8Array<ArrayBuffer>;
  }

  reset(): void {
    this.position = 0;
  }
}
