import { ByteWriter } from "../../../bytes/byte-writer.js";
import { writeUtf8 } from "../../../bytes/strings.js";
import { type Bounds, type ChunkWriter, PAGE_SIZE } from "./chunk-writer.js";
import type { ColumnWriter, FinishedColumns } from "./column-writer.js";
import { packIndices } from "./dictionary-indices.js";
import { notOfType } from "./not-of-type.js";

/** Distinct strings of a dictionary at most ... */
const MOST_ENTRIES = 1 << 16;
/** ... and their bytes. */
const MOST_BYTES = 1 << 20;
/** After so many values it is clear whether a dictionary pays. */
const TRIAL = 4096;

/**
 * BYTE_ARRAY: strings and bytes. Strings that repeat are written once, in a dictionary; a column
 * whose strings do not is written without from then on.
 */
export class BytesColumn implements ColumnWriter {
  readonly name: string;
  private readonly chunk: ChunkWriter;
  private readonly isText: boolean;
  /** Strings of the dictionary, one after the other, or those of the page. */
  private readonly plain = new ByteWriter(64 * 1024);
  private count = 0;
  private usesDictionary: boolean;
  private readonly entries = new Map<string, number>();
  private indices = new Int32Array(1024);
  private min: string | undefined;
  private max: string | undefined;
  /** Beyond the characters whose order is the same in UTF-16 and in UTF-8. */
  private hasSurrogates = false;

  constructor(name: string, chunk: ChunkWriter, isText: boolean) {
    this.name = name;
    this.chunk = chunk;
    this.isText = isText;
    this.usesDictionary = isText;
  }

  get size(): number {
    return this.plain.position + this.count * 4;
  }

  add(value: unknown): void {
    if (this.chunk.takesNull(value)) return;
    if (this.isText) this.addText(value);
    else this.addBytes(value);
    // Before the page ends that it belongs to.
    this.chunk.levels?.add(true);
    if (!this.usesDictionary && this.plain.position >= PAGE_SIZE) this.flushPlain();
  }

  finish(start: number): FinishedColumns {
    if (this.usesDictionary) this.flushDictionary();
    else this.flushPlain();
    this.entries.clear();
    return this.chunk.finish(start, this.bounds());
  }

  private addText(value: unknown): void {
    if (typeof value !== "string") throw notOfType(value, "a string");
    if (!this.usesDictionary) {
      this.observe(value);
      this.write(value);
      this.count++;
      return;
    }
    let index = this.entries.get(value);
    if (index === undefined) {
      if (!this.hasRoom()) {
        this.leaveDictionary();
        this.addText(value);
        return;
      }
      index = this.entries.size;
      this.observe(value);
      this.write(value);
      this.entries.set(value, index);
    }
    if (this.count === this.indices.length) this.grow();
    this.indices[this.count++] = index;
  }

  /** Whether another string may join the dictionary: not where most of them are new. */
  private hasRoom(): boolean {
    const { size } = this.entries;
    if (size >= MOST_ENTRIES || this.plain.position >= MOST_BYTES) return false;
    return this.count < TRIAL || size * 2 < this.count;
  }

  private grow(): void {
    const larger = new Int32Array(this.indices.length * 2);
    larger.set(this.indices);
    this.indices = larger;
  }

  /** What is in the row group so far stays in the dictionary. */
  private leaveDictionary(): void {
    this.flushDictionary();
    this.entries.clear();
    this.usesDictionary = false;
  }

  private flushDictionary(): void {
    const { chunk, plain, entries, count } = this;
    if (entries.size > 0) {
      chunk.addDictionary(plain.view(), entries.size);
      const indices = packIndices(this.indices.subarray(0, count), entries.size);
      chunk.addData(indices, count, "RLE_DICTIONARY");
    } else {
      chunk.addData(plain.view(), 0, "PLAIN");
    }
    plain.reset();
    this.count = 0;
  }

  private flushPlain(): void {
    const { chunk, plain, count } = this;
    chunk.addData(plain.view(), count, "PLAIN");
    plain.reset();
    this.count = 0;
  }

  private addBytes(value: unknown): void {
    if (!(value instanceof Uint8Array)) throw notOfType(value, "a Uint8Array");
    const { plain } = this;
    plain.ensure(4);
    plain.position = plain.buffer.writeUInt32LE(value.length, plain.position);
    plain.writeBytes(value);
    this.count++;
  }

  private write(text: string): void {
    const { plain } = this;
    plain.ensure(4);
    const start = plain.position;
    plain.position = start + 4;
    const { length } = text;
    if (length <= SHORT && this.writeAscii(text)) {
      plain.buffer.writeUInt32LE(length, start);
      return;
    }
    writeUtf8(text, plain);
    const written = plain.position - start - 4;
    plain.buffer.writeUInt32LE(written, start);
    if (written !== length && /[\ud800-\uffff]/.test(text)) this.hasSurrogates = true;
  }

  /** False where a character takes more than a byte; what was written then stands behind the end. */
  private writeAscii(text: string): boolean {
    const { plain } = this;
    const { length } = text;
    plain.ensure(length);
    const { buffer, position } = plain;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return false;
      buffer[position + i] = unit;
    }
    plain.position = position + length;
    return true;
  }

  private observe(text: string): void {
    if (this.min === undefined || text < this.min) this.min = text;
    if (this.max === undefined || text > this.max) this.max = text;
  }

  private bounds(): Bounds | undefined {
    const { min, max, hasSurrogates } = this;
    this.min = undefined;
    this.max = undefined;
    this.hasSurrogates = false;
    if (min === undefined || max === undefined || hasSurrogates) return undefined;
    return { min_value: min, max_value: max };
  }
}

const SHORT = 32;
