import { stringsOf } from "../../bytes/buffer-strings.js";
import type { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { readUtf8 } from "../../bytes/strings.js";

/** Strings by row number. */
export interface Texts {
  at(row: number): string | undefined;
}

/** As long as there are no more of them, each different string is kept once. */
const MOST_DISTINCT = 4096;
/** What a string takes that stands by itself, besides its characters: with its entry in a Map. */
const ENTRY_BYTES = 96;
/** Longer strings stand by themselves, so that none keeps the text of many in memory for its sake. */
const MOST_LENGTH = 254;
/** Well below the longest string that V8 has. */
const MOST_TEXT = 1 << 28;

/**
 * Gathers a column of strings, row after row, of which some may have none. A few different ones are shared by all rows
 * that have them. Of many, the characters lie in one long string, of which an answer is a part: V8
 * makes that several times as fast as it makes strings of bytes.
 */
export class TextColumn {
  private readonly rows: number;
  /** One more than the number of the string among `strings`, 0 for none; undefined for many. */
  private codes: Uint16Array | undefined;
  private readonly numbers = new Map<string, number>();
  private readonly strings: string[] = [];
  /** Where the text of each row begins, which is where that of the one before ends. */
  private starts = new Uint32Array(0);
  /** Up to here `starts` is known. */
  private filled = 0;
  private readonly bytes = new ByteWriter(1024);
  /** Long ones, and those that are not ASCII. */
  private readonly others = new Map<number, string>();
  /** Of strings that stand by themselves. */
  private textsSize = 0;

  constructor(rows: number) {
    this.rows = rows;
    this.codes = new Uint16Array(rows);
  }

  /** Takes a string with its length before it; false where it does not fit in any more. */
  read(row: number, input: ByteReader): boolean {
    const { codes } = this;
    if (codes === undefined) {
      const length = input.readLength();
      return this.addText(row, input.buffer, input.take(length), length);
    }
    const text = readUtf8(input, input.readLength());
    let code = this.numbers.get(text);
    if (code === undefined) {
      if (this.strings.length === MOST_DISTINCT)
        return this.leaveCodes(codes) && this.add(row, text);
      code = this.strings.push(text);
      this.numbers.set(text, code);
      this.textsSize += ENTRY_BYTES + 2 * text.length;
    }
    codes[row] = code;
    return true;
  }

  /** What it keeps, in bytes. */
  get size(): number {
    const { codes, starts, bytes, textsSize } = this;
    return (codes?.byteLength ?? starts.byteLength + bytes.position) + textsSize;
  }

  /** No string is added any more. */
  finish(): Texts {
    const { codes, strings, starts, bytes, others } = this;
    if (codes !== undefined) return new SharedTexts(codes, strings);
    starts.fill(bytes.position, this.filled);
    const text = stringsOf(bytes.buffer).latin1Slice(0, bytes.position);
    return new JoinedTexts(text, starts, others);
  }

  /** What has been told apart so far is one of many strings from now on. */
  private leaveCodes(codes: Uint16Array): boolean {
    this.starts = new Uint32Array(this.rows + 1);
    this.codes = undefined;
    this.textsSize = 0;
    this.numbers.clear();
    for (let row = 0; row < codes.length; row++) {
      const text = this.strings[(codes[row] as number) - 1];
      if (text !== undefined && !this.add(row, text)) return false;
    }
    return true;
  }

  private add(row: number, text: string): boolean {
    const bytes = Buffer.from(text, "utf8");
    return this.addText(row, bytes, 0, bytes.length);
  }

  private addText(row: number, from: Buffer, start: number, length: number): boolean {
    const { bytes } = this;
    if (length > MOST_LENGTH || bytes.position + length > MOST_TEXT) {
      return this.addOther(row, from, start, length);
    }
    bytes.ensure(length);
    const { buffer, position } = bytes;
    let bits = 0;
    for (let i = 0; i < length; i++) {
      const byte = from[start + i] as number;
      bits |= byte;
      buffer[position + i] = byte;
    }
    if (bits >= 0x80) return this.addOther(row, from, start, length);
    // Rows that were left out have nothing.
    for (; this.filled <= row; this.filled++) this.starts[this.filled] = position;
    bytes.position = position + length;
    return true;
  }

  private addOther(row: number, from: Buffer, start: number, length: number): boolean {
    this.others.set(row, stringsOf(from).utf8Slice(start, start + length));
    this.textsSize += ENTRY_BYTES + 2 * length;
    return this.others.size < MOST_OTHERS;
  }
}

/** A Map has no room for more than 2^24 entries. */
const MOST_OTHERS = 1 << 23;

class SharedTexts implements Texts {
  private readonly codes: Uint16Array;
  private readonly strings: readonly string[];

  constructor(codes: Uint16Array, strings: readonly string[]) {
    this.codes = codes;
    this.strings = strings;
  }

  at(row: number): string | undefined {
    return this.strings[(this.codes[row] as number) - 1];
  }
}

class JoinedTexts implements Texts {
  private readonly text: string;
  private readonly starts: Uint32Array;
  private readonly others: ReadonlyMap<number, string>;

  constructor(text: string, starts: Uint32Array, others: ReadonlyMap<number, string>) {
    this.text = text;
    this.starts = starts;
    this.others = others;
  }

  at(row: number): string | undefined {
    const start = this.starts[row] as number;
    const end = this.starts[row + 1] as number;
    return start === end ? (this.others.get(row) ?? "") : this.text.substring(start, end);
  }
}
