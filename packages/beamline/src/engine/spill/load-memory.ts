import { releaseMemory } from "../../bytes/release.js";
import { viewOf } from "../../bytes/view-of.js";

const NO_BYTES = Buffer.alloc(0);
const NO_WORDS = new Uint32Array(0);

/**
 * Memory for the records of one load and for the table that groups them, used again for the next:
 * memory that the system has just given costs more at its first use than what is done in it.
 */
export class LoadMemory {
  bytes: Buffer = NO_BYTES;
  /** Over `bytes`. */
  view: DataView = viewOf(NO_BYTES);
  /** Up to where `bytes` has records in it. */
  length = 0;
  /** The hash table, with whatever the last load has left in it. */
  slots: Uint32Array<ArrayBuffer> = NO_WORDS;
  /** What is known of each key. */
  keys: Uint32Array<ArrayBuffer> = NO_WORDS;

  /** Makes room for records of `size` bytes in all. */
  reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(size);
    this.bytes.copy(larger, 0, 0, this.length);
    releaseMemory(this.bytes);
    this.bytes = larger;
    this.view = viewOf(larger);
  }

  /** What it takes, in bytes. */
  get size(): number {
    return this.bytes.length + this.slots.byteLength + this.keys.byteLength;
  }

  /** Gives everything back at once. */
  release(): void {
    for (const each of [this.bytes, this.slots, this.keys]) releaseMemory(each);
    this.bytes = NO_BYTES;
    this.view = viewOf(NO_BYTES);
    this.slots = NO_WORDS;
    this.keys = NO_WORDS;
    this.length = 0;
  }
}

/**
 * Keeps the memory of a load that is over for the next one of the same thread, and one load of those
 * that were needed again later.
 */
export class LoadPool {
  private readonly most: number;
  private idle: LoadMemory | undefined;
  private dropLate: () => void = () => {};

  /** @param most - What it keeps, in bytes. */
  constructor(most: number) {
    this.most = most;
  }

  take(): LoadMemory {
    const memory = this.idle ?? new LoadMemory();
    this.idle = undefined;
    memory.length = 0;
    return memory;
  }

  give(memory: LoadMemory): void {
    if (this.idle === undefined && memory.size <= this.most) this.idle = memory;
    else memory.release();
  }

  /**
   * What has been loaded once more, for whoever came late, stays until the next that is.
   *
   * @param drop - What ends that: those who go through it may still do so.
   */
  keepLate(drop: () => void): void {
    this.dropLate();
    this.dropLate = drop;
  }

  close(): void {
    this.keepLate(() => {});
    this.idle?.release();
    this.idle = undefined;
  }
}
