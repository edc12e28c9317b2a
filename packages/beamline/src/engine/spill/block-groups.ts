import type { Block } from "../block.js";
import type { Groups } from "./groups.js";
import { HotGroups } from "./hot-groups.js";
import { type LoadMemory, LoadPool } from "./load-memory.js";
import { LoadedGroups } from "./loaded-groups.js";
import { RecordGroups } from "./record-groups.js";
import { INDEX_BYTES } from "./run.js";
import { ShuffleParts } from "./shuffle-parts.js";

/**
 * The groups of shuffle blocks in memory, as many at a time as processors' caches hold: those of
 * whole partitions where these are small, or else of some hashes. Records are copied, which takes
 * less time than to find them where they are; those of a key with very many are read where they are.
 * Keys of partitions that come together come in the order in which they arrived.
 */
export class BlockGroups implements Iterable<Groups> {
  private readonly blocks: readonly Block[];
  private readonly loadBytes: number;
  private readonly pool: LoadPool;

  /**
   * @param loadBytes - What grouping should take at a time.
   * @param pool - Has the memory of loads before and after. Default: it is given back.
   */
  constructor(blocks: readonly Block[], loadBytes: number, pool = new LoadPool(0)) {
    this.blocks = blocks;
    this.loadBytes = loadBytes;
    this.pool = pool;
  }

  *[Symbol.iterator](): Generator<Groups, void, undefined> {
    const { loadBytes } = this;
    let gathered: Block[] = [];
    let size = 0;
    for (const blocks of byPartition(this.blocks)) {
      const own = blocks.reduce((sum, block) => sum + sizeOf(block), 0);
      if (size > 0 && size + own > loadBytes) {
        yield* this.whole(gathered);
        gathered = [];
        size = 0;
      }
      if (own > 2 * loadBytes) yield* this.parts(blocks, own);
      else {
        gathered.push(...blocks);
        size += own;
      }
    }
    if (size > 0) yield* this.whole(gathered);
  }

  /** All groups of some partitions. */
  private *whole(blocks: readonly Block[]): Generator<Groups, void, undefined> {
    const memory = this.pool.take();
    copyBlocks(blocks, memory);
    const loaded = new RecordGroups(memory);
    const groups = new LoadedGroups(loaded, (again) => copyBlocks(blocks, again), this.pool);
    try {
      yield groups;
    } finally {
      groups.close();
      this.pool.give(memory);
    }
  }

  /** The groups of a partition, by hash. */
  private *parts(blocks: readonly Block[], size: number): Generator<Groups, void, undefined> {
    const parts = new ShuffleParts(blocks, size, this.loadBytes);
    for (const records of parts.hotRecords()) yield new HotGroups(records);
    const memory = this.pool.take();
    try {
      let start = 0;
      for (const [part, end] of parts.copyAll(memory).entries()) {
        if (end === start) continue;
        const loaded = new RecordGroups(memory, start, end);
        const groups = new LoadedGroups(loaded, (again) => parts.copyPart(part, again), this.pool);
        try {
          yield groups;
        } finally {
          groups.close();
        }
        start = end;
      }
    } finally {
      this.pool.give(memory);
    }
  }
}

function copyBlocks(blocks: readonly Block[], memory: LoadMemory): void {
  memory.reserve(blocks.reduce((sum, { bytes }) => sum + bytes.length, 0));
  for (const { bytes } of blocks) {
    memory.bytes.set(bytes, memory.length);
    memory.length += bytes.length;
  }
}

function byPartition(blocks: readonly Block[]): Iterable<readonly Block[]> {
  const partitions = new Map<number, Block[]>();
  for (const block of blocks) {
    const present = partitions.get(block.partition);
    if (present === undefined) partitions.set(block.partition, [block]);
    else present.push(block);
  }
  return partitions.values();
}

/** What grouping a block takes, in bytes. */
function sizeOf({ bytes, records }: Block): number {
  return bytes.length + records * INDEX_BYTES;
}
