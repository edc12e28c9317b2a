/** Blocks of bytes as one sequence, of which any number can be asked for in one piece. */
export class ByteFeed {
  /** Those that have come and are not taken. */
  bytes: Buffer = Buffer.alloc(0);
  /** How many were taken. */
  position = 0;
  private readonly blocks: AsyncIterator<Buffer>;

  constructor(blocks: AsyncIterable<Buffer>) {
    this.blocks = blocks[Symbol.asyncIterator]();
  }

  /** Makes sure that `bytes` has so many; false when the blocks end before. */
  async fill(length: number): Promise<boolean> {
    while (this.bytes.length < length) {
      // The block before is not valid any more once the next one is asked for.
      const rest = Buffer.from(this.bytes);
      const next = await this.blocks.next();
      if (next.done === true) {
        this.bytes = rest;
        return false;
      }
      this.bytes = rest.length === 0 ? next.value : Buffer.concat([rest, next.value]);
    }
    return true;
  }

  /** Takes what `fill` has brought. Valid until the next `fill`. */
  take(length: number): Buffer {
    const taken = this.bytes.subarray(0, length);
    this.bytes = this.bytes.subarray(length);
    this.position += length;
    return taken;
  }

  /** To be called when no more is wanted. */
  async close(): Promise<void> {
    await this.blocks.return?.();
  }
}
