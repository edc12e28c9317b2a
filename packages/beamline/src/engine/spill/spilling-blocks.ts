import type { Block } from "../block.js";
import type { Run } from "./run.js";
import { removeRun } from "./run-file.js";
import type { SpillOptions, SpillOrder } from "./spill-options.js";

/** Who bounds what the sinks of a thread hold together. */
export interface SpillHost {
  readonly options: SpillOptions;
  write(blocks: readonly Block[], order: SpillOrder): Run;
  /** A sink holds so many bytes more, or fewer. */
  gather(sink: SpillingBlocks, bytes: number): void;
}

/**
 * The blocks of one sink while its bundle runs: in pages of the arena as long as they may be there,
 * and in runs on disk.
 */
export class SpillingBlocks {
  /** A sink hands over what it has of a partition before it is more. */
  readonly pageBytes: number;
  /** What is in memory, in bytes. */
  bytes = 0;
  private readonly host: SpillHost;
  private readonly order: SpillOrder;
  private blocks: Block[] = [];
  private runs: Run[] = [];

  constructor(host: SpillHost, order: SpillOrder) {
    this.host = host;
    this.order = order;
    this.pageBytes = host.options.pageBytes;
  }

  /** Takes a copy. */
  add(bytes: Uint8Array, records: number, partition: number): void {
    const { length } = bytes;
    const { arena, owner } = this.host.options;
    // What no page holds, or what comes when all are taken, is counted all the same.
    const page = length > this.pageBytes ? undefined : arena.take(owner);
    const target = page === undefined ? new Uint8Array(length) : arena.view(page, length);
    target.set(bytes);
    const block = { bytes: target, records, weight: length, partition };
    this.blocks.push(page === undefined ? block : { ...block, page });
    this.count(length);
  }

  /** Takes what is too small for a page. */
  addSmall(block: Block): void {
    this.blocks.push(block);
    this.count(block.bytes.length);
  }

  /** Writes what is in memory to disk. */
  spill(): void {
    if (this.blocks.length === 0) return;
    this.runs.push(this.host.write(this.blocks, this.order));
    this.free();
  }

  /** What has been gathered; the sink is empty afterwards. */
  take(): Block[] {
    if (this.host.options.always) this.spill();
    const taken = [...this.runs.map(blockOfRun), ...this.blocks];
    this.blocks = [];
    this.runs = [];
    this.count(-this.bytes);
    return taken;
  }

  clear(): void {
    for (const run of this.runs) removeRun(run);
    this.runs = [];
    this.free();
  }

  private free(): void {
    for (const { page } of this.blocks) {
      if (page !== undefined) this.host.options.arena.free(page);
    }
    this.blocks = [];
    this.count(-this.bytes);
  }

  private count(bytes: number): void {
    this.bytes += bytes;
    if (bytes !== 0) this.host.gather(this, bytes);
  }
}

/** A block that stands for a run: it has no bytes of its own. */
export function blockOfRun(run: Run): Block {
  return { bytes: new Uint8Array(0), records: run.records, weight: run.bytes, partition: 0, run };
}
