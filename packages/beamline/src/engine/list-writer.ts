import { ByteWriter } from "../bytes/byte-writer.js";
import type { Block } from "./block.js";
import type { SpillingBlocks } from "./spill/spilling-blocks.js";

/** Deals self-delimiting records out over blocks, in turn. */
export class ListWriter {
  private readonly writers: ByteWriter[] = [];
  private readonly records: number[] = [];
  private readonly parts: number;
  private readonly spill: SpillingBlocks | undefined;
  private readonly mostBytes: number;
  private turn = 0;

  /**
   * @param parts - Blocks to deal out to: one bundle's output makes that many, unless it is large.
   * @param spill - Takes what there is too much of. Default: everything stays here.
   */
  constructor(parts: number, spill?: SpillingBlocks) {
    this.parts = parts;
    this.spill = spill;
    this.mostBytes = spill?.pageBytes ?? Infinity;
  }

  /** Where to encode the next record. */
  next(): ByteWriter {
    const at = this.turn;
    this.turn = at + 1 === this.parts ? 0 : at + 1;
    let writer = this.writers[at];
    if (writer === undefined) {
      writer = new ByteWriter(1024);
      this.writers[at] = writer;
    } else if (writer.position > this.mostBytes * FULL) this.seal(at, writer);
    this.records[at] = (this.records[at] ?? 0) + 1;
    return writer;
  }

  take(): Block[] {
    const { spill } = this;
    const blocks = this.writers.map((writer, i) => {
      const bytes = writer.toBytes();
      return { bytes, records: this.records[i] ?? 0, weight: bytes.length, partition: i };
    });
    this.empty();
    if (spill === undefined) return blocks;
    for (const block of blocks) if (block.records > 0) spill.addSmall(block);
    return spill.take();
  }

  clear(): void {
    this.empty();
    this.spill?.clear();
  }

  private empty(): void {
    this.writers.length = 0;
    this.records.length = 0;
    this.turn = 0;
  }

  /** Hands over what a writer has. */
  private seal(at: number, writer: ByteWriter): void {
    this.spill?.add(writer.view(), this.records[at] ?? 0, at);
    this.records[at] = 0;
    writer.reset();
    // A writer that a large element has made large would stay so.
    if (writer.buffer.length > 2 * this.mostBytes) writer.buffer = Buffer.allocUnsafeSlow(1024);
  }
}

/** The next record would hardly fit: how long it is shows only when it has been written. */
const FULL = 0.9;
