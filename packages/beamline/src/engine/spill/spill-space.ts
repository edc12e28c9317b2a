import type { Block } from "../block.js";
import type { RecordReader } from "../shuffle-reader.js";
import { BlockGroups } from "./block-groups.js";
import { GroupsReader } from "./groups-reader.js";
import { writeListRun } from "./list-run.js";
import { LoadPool } from "./load-memory.js";
import { RangeGroups } from "./range-groups.js";
import type { HashRange, Run } from "./run.js";
import { ALL_HASHES } from "./run.js";
import { RunFile } from "./run-file.js";
import { RunReader } from "./run-reader.js";
import { writeSortedRun } from "./sorted-run.js";
import type { SpillOptions, SpillOrder } from "./spill-options.js";
import { type SpillHost, SpillingBlocks } from "./spilling-blocks.js";

/**
 * The memory of one thread that is bounded: sinks put here what they have gathered, and what there
 * is too much of goes to disk.
 */
export class SpillSpace implements SpillHost {
  readonly options: SpillOptions;
  readonly reader: RunReader;
  /** Memory of loads that are over. */
  readonly loads: LoadPool;
  private readonly sinks = new Set<SpillingBlocks>();
  private gathered = 0;

  constructor(options: SpillOptions) {
    this.options = options;
    this.reader = new RunReader(options.codec);
    this.loads = new LoadPool(options.loadBytes * KEPT_LOADS);
  }

  /** Where one sink puts blocks. */
  open(order: SpillOrder): SpillingBlocks {
    return new SpillingBlocks(this, order);
  }

  /** Writes blocks to a new file. They are the caller's to free. */
  write(blocks: readonly Block[], order: SpillOrder): Run {
    const { codec, frameBytes } = this.options;
    const file = new RunFile(this.options.newPath(), codec);
    try {
      return order === "hash"
        ? writeSortedRun(file, blocks, { frameBytes, workBytes: frameBytes * WORK_FRAMES })
        : writeListRun(file, blocks);
    } catch (error) {
      file.abandon();
      throw error;
    }
  }

  /** The groups of blocks in memory. */
  groupsInMemory(blocks: readonly Block[]): BlockGroups {
    return new BlockGroups(blocks, this.options.loadBytes, this.loads);
  }

  /** The groups of a range of hashes, as many at a time as fit. */
  groups(runs: readonly Run[], range: HashRange = ALL_HASHES): RangeGroups {
    const { loadBytes, mostLoadBytes } = this.options;
    return new RangeGroups(this.reader, runs, range, loadBytes, mostLoadBytes, this.loads);
  }

  /** The same, record by record: each reader has all that there is of its keys. */
  *records(runs: readonly Run[], range?: HashRange): Iterable<RecordReader> {
    for (const groups of this.groups(runs, range)) yield new GroupsReader(groups);
  }

  /** A sink holds so many bytes more, or fewer: one that holds most may have to spill. */
  gather(sink: SpillingBlocks, bytes: number): void {
    this.gathered += bytes;
    if (sink.bytes === 0) this.sinks.delete(sink);
    else this.sinks.add(sink);
    if (bytes > 0 && this.gathered > this.options.gatherBytes) this.relieve();
  }

  /** Has the sink that holds most write it to disk. */
  private relieve(): void {
    let largest: SpillingBlocks | undefined;
    for (const sink of this.sinks) {
      if (largest === undefined || sink.bytes > largest.bytes) largest = sink;
    }
    largest?.spill();
  }

  close(): void {
    this.reader.close();
    this.loads.close();
  }
}

/** Memory for loads of a good size stays, and what larger ones took does not. */
const KEPT_LOADS = 1.5;

/** Frames' worth of memory that records are sorted in. */
const WORK_FRAMES = 128;
