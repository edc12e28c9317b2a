import { ByteWriter } from "../bytes/byte-writer.js";
import type { Block } from "./block.js";

/** Deals self-delimiting records out over blocks, in turn. */
export class ListWriter {
  private readonly writers: ByteWriter[] = [];
  private readonly records: number[] = [];
  private readonly parts: number;
  private turn = 0;

  /** @param parts - Blocks to deal out to; one bundle's output makes at most that many. */
  constructor(parts: number) {
    this.parts = parts;
  }

  /** Where to encode the next record. */
  next(): ByteWriter {
    const at = this.turn;
    this.turn = at + 1 === this.parts ? 0 : at + 1;
    let writer = this.writers[at];
    if (writer === undefined) {
      writer = new ByteWriter(1024);
      this.writers[at] = writer;
    }
    this.records[at] = (this.records[at] ?? 0) + 1;
    return writer;
  }

  take(): Block[] {
    const blocks = this.writers.map((writer, i) => {
      const bytes = writer.toBytes();
      return { bytes, records: this.records[i] ?? 0, weight: bytes.length, partition: i };
    });
    this.clear();
    return blocks;
  }

  clear(): void {
    this.writers.length = 0;
    this.records.length = 0;
    this.turn = 0;
  }
}
