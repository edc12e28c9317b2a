import { ByteWriter } from "../bytes/byte-writer.js";
import type { Block } from "./block.js";
import { hashBytes } from "./hash.js";

/**
 * Spreads keyed records over partitions by the hash of their encoded key.
 *
 * A record is: hash (4 bytes, big-endian), key length (varint), key, value length (varint), value.
 * The caller encodes key and value into `scratch`, so that a record is copied once.
 */
export class ShuffleWriter {
  /** Encode the key here after `reset()`, call `key()`, encode the value, call `commit()`. */
  readonly scratch = new ByteWriter(4096);
  private readonly partitions: (ByteWriter | undefined)[];
  private readonly records: number[];
  private keyEnd = 0;

  constructor(partitions: number) {
    this.partitions = Array.from({ length: partitions }, () => undefined);
    this.records = Array.from({ length: partitions }, () => 0);
  }

  /** The key is complete. */
  key(): void {
    this.keyEnd = this.scratch.position;
  }

  /** The value is complete: files the record. */
  commit(): void {
    const { scratch, keyEnd, partitions } = this;
    const { buffer, position } = scratch;
    const hash = hashBytes(buffer, 0, keyEnd);
    // The upper bits: the lower ones choose slots in the table of one partition.
    const partition = Math.floor((hash / 0x1_0000_0000) * partitions.length);
    let writer = partitions[partition];
    if (writer === undefined) {
      writer = new ByteWriter(4096);
      partitions[partition] = writer;
    }
    writer.ensure(position + 14);
    writer.writeInt32(hash | 0);
    writer.writeVarint(keyEnd);
    buffer.copy(writer.buffer, writer.position, 0, keyEnd);
    writer.position += keyEnd;
    writer.writeVarint(position - keyEnd);
    buffer.copy(writer.buffer, writer.position, keyEnd, position);
    writer.position += position - keyEnd;
    this.records[partition] = (this.records[partition] ?? 0) + 1;
    scratch.reset();
  }

  /** The records so far, one block a partition; the writer is empty afterwards. */
  take(): Block[] {
    const blocks: Block[] = [];
    for (const [partition, writer] of this.partitions.entries()) {
      if (writer === undefined || writer.position === 0) continue;
      const bytes = writer.toBytes();
      blocks.push({
        bytes,
        records: this.records[partition] ?? 0,
        weight: bytes.length,
        partition,
      });
    }
    this.clear();
    return blocks;
  }

  clear(): void {
    this.partitions.fill(undefined);
    this.records.fill(0);
    this.scratch.reset();
  }
}
