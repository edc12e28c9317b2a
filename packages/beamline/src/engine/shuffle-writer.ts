import { ByteWriter } from "../bytes/byte-writer.js";
import { viewOf } from "../bytes/view-of.js";
import type { Block } from "./block.js";
import { hashBytes } from "./hash.js";
import { moveRecord } from "./spill/record-moves.js";
import { HASH_BYTES } from "./spill/shuffle-records.js";
import type { SpillingBlocks } from "./spill/spilling-blocks.js";

/** What is left of a partition at the end is worth a page from this share of one on. */
const WORTH_A_PAGE = 0.5;

/** Records, and bytes of them, that are gathered before they are dealt out. */
const MOST_RECORDS = 4096;
const MOST_BYTES = 128 * 1024;

/** Before a key: its hash, and its length where that is short. */
const HEAD_BYTES = HASH_BYTES + 1;
/** A varint up to this is one byte. */
const SHORT = 0x7f;

/**
 * Spreads keyed records over partitions by the hash of their encoded key.
 *
 * A record is: hash (4 bytes, big-endian), key length (varint), key, value length (varint), value.
 * The caller encodes key and value right where they stay until some thousand records are dealt out
 * together: copies within one buffer cost a third of those between two.
 */
export class ShuffleWriter {
  /** Encode the key here, call `key()`, encode the value, call `commit()`. */
  readonly scratch = new ByteWriter(4096);
  private readonly writers: (ByteWriter | undefined)[];
  /** Of each partition, in its writer. */
  private readonly records: Float64Array;
  private readonly spill: SpillingBlocks | undefined;
  /** A block that is taken holds no more, but for one record that does. */
  private readonly pageBytes: number;
  private readonly logBytes: number;
  /** Of the records in `scratch`: where they begin, and where they go. */
  private readonly starts = new Uint32Array(MOST_RECORDS);
  private readonly partitionOf = new Uint16Array(MOST_RECORDS);
  /** Of the records in `scratch`, by partition: their bytes, and how many. */
  private readonly sizes: Float64Array;
  private readonly counts: Float64Array;
  private logged = 0;
  /** Of the record at hand. */
  private start = 0;
  private keyEnd = 0;
  private valueStart = 0;

  /** @param spill - Takes what there is too much of. Default: everything stays here. */
  constructor(partitions: number, spill?: SpillingBlocks) {
    this.spill = spill;
    this.pageBytes = spill?.pageBytes ?? Infinity;
    this.logBytes = Math.min(MOST_BYTES, (this.pageBytes * partitions) / 4);
    this.writers = Array.from({ length: partitions }, () => undefined);
    this.records = new Float64Array(partitions);
    this.sizes = new Float64Array(partitions);
    this.counts = new Float64Array(partitions);
    this.begin(0);
  }

  /** The key is complete. */
  key(): void {
    const { scratch, start } = this;
    const keyStart = start + HEAD_BYTES;
    const length = scratch.position - keyStart;
    if (length > SHORT) this.widen(keyStart, length);
    this.keyEnd = scratch.position;
    scratch.ensure(1);
    scratch.position++;
    this.valueStart = scratch.position;
  }

  /** The value is complete: files the record. */
  commit(): void {
    const { scratch, start, keyEnd } = this;
    const valueLength = scratch.position - this.valueStart;
    if (valueLength > SHORT) this.widen(this.valueStart, valueLength);
    else scratch.buffer[keyEnd] = valueLength;
    const { buffer, position } = scratch;
    const keyLength = keyEnd - start - HEAD_BYTES;
    let keyStart = start + HEAD_BYTES;
    if (keyLength <= SHORT) buffer[keyStart - 1] = keyLength;
    else keyStart = skipVarint(buffer, start + HASH_BYTES);
    const hash = hashBytes(buffer, keyStart, keyEnd);
    buffer[start] = hash >>> 24;
    buffer[start + 1] = hash >>> 16;
    buffer[start + 2] = hash >>> 8;
    buffer[start + 3] = hash;
    // The upper bits: the lower ones choose slots in the table of one partition.
    const partition = Math.floor((hash / 0x1_0000_0000) * this.writers.length);
    const { logged } = this;
    this.starts[logged] = start;
    this.partitionOf[logged] = partition;
    this.sizes[partition] = (this.sizes[partition] as number) + position - start;
    this.counts[partition] = (this.counts[partition] as number) + 1;
    this.logged = logged + 1;
    if (this.logged === MOST_RECORDS || position > this.logBytes) this.deal(position);
    else this.begin(position);
  }

  /** The records so far, one block a partition; the writer is empty afterwards. */
  take(): Block[] {
    this.deal(this.start);
    const { spill } = this;
    const blocks: Block[] = [];
    for (const [partition, writer] of this.writers.entries()) {
      if (writer === undefined || writer.position === 0) continue;
      if (writer.position > this.pageBytes * WORTH_A_PAGE) {
        this.seal(partition, writer);
        continue;
      }
      const bytes = writer.toBytes();
      const records = this.records[partition] as number;
      const block = { bytes, records, weight: bytes.length, partition };
      if (spill === undefined) blocks.push(block);
      else spill.addSmall(block);
    }
    this.empty();
    return spill === undefined ? blocks : spill.take();
  }

  clear(): void {
    this.empty();
    this.spill?.clear();
  }

  private empty(): void {
    this.writers.fill(undefined);
    this.records.fill(0);
    this.sizes.fill(0);
    this.counts.fill(0);
    this.logged = 0;
    this.begin(0);
  }

  /** The next record begins at `start`. */
  private begin(start: number): void {
    const { scratch } = this;
    this.start = start;
    scratch.position = start;
    scratch.ensure(HEAD_BYTES);
    scratch.position = start + HEAD_BYTES;
  }

  /** Puts the length of what was written since `at` before it, where one byte is left for it. */
  private widen(at: number, length: number): void {
    const { scratch } = this;
    const end = scratch.position;
    const more = sizeOfVarint(length) - 1;
    scratch.ensure(more);
    scratch.buffer.copyWithin(at + more, at, end);
    scratch.position = at - 1;
    scratch.writeVarint(length);
    scratch.position = end + more;
    this.valueStart += more;
  }

  /** Deals the records in `scratch`, up to `end`, out over the partitions. */
  private deal(end: number): void {
    const { scratch, logged, sizes, starts, partitionOf } = this;
    if (logged === 1) this.append(partitionOf[0] as number, scratch.buffer.subarray(0, end), 1);
    else if (logged > 1) {
      scratch.position = end;
      scratch.ensure(end);
      const { buffer } = scratch;
      const view = viewOf(buffer);
      const places = new Float64Array(sizes.length);
      let place = end;
      for (let partition = 0; partition < sizes.length; partition++) {
        places[partition] = place;
        place += sizes[partition] as number;
      }
      for (let record = 0; record < logged; record++) {
        const partition = partitionOf[record] as number;
        const from = starts[record] as number;
        const to = record + 1 === logged ? end : (starts[record + 1] as number);
        const target = places[partition] as number;
        moveRecord(buffer, view, target, from, to);
        places[partition] = target + to - from;
      }
      for (let partition = 0; partition < sizes.length; partition++) {
        const size = sizes[partition] as number;
        const after = places[partition] as number;
        const records = this.counts[partition] as number;
        if (size > 0) this.append(partition, buffer.subarray(after - size, after), records);
      }
    }
    this.logged = 0;
    sizes.fill(0);
    this.counts.fill(0);
    // What a large record has made large would stay so.
    if (scratch.buffer.length > 4 * MOST_BYTES) scratch.buffer = Buffer.allocUnsafeSlow(4096);
    this.begin(0);
  }

  private append(partition: number, bytes: Buffer, records: number): void {
    let writer = this.writers[partition];
    if (writer === undefined) {
      writer = new ByteWriter(Math.max(4096, bytes.length));
      this.writers[partition] = writer;
    }
    if (writer.position + bytes.length > this.pageBytes) this.seal(partition, writer);
    writer.writeBytes(bytes);
    this.records[partition] = (this.records[partition] as number) + records;
  }

  /** Hands over what has been gathered of a partition. */
  private seal(partition: number, writer: ByteWriter): void {
    if (writer.position === 0) return;
    this.spill?.add(writer.view(), this.records[partition] as number, partition);
    this.records[partition] = 0;
    writer.reset();
    // A writer that a large record has made large would stay so.
    if (writer.buffer.length > 2 * this.pageBytes) writer.buffer = Buffer.allocUnsafeSlow(4096);
  }
}

/** Moves past a varint. */
function skipVarint(bytes: Buffer, at: number): number {
  let end = at;
  while ((bytes[end] as number) > SHORT) end++;
  return end + 1;
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let rest = value; rest > SHORT; rest = Math.floor(rest / 0x80)) size++;
  return size;
}
