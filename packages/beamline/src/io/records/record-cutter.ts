import { isAscii, isUtf8 } from "node:buffer";
import { stringsOf } from "../../bytes/buffer-strings.js";
import { endOfQuoted, type Quoting } from "./quoting.js";

export interface RecordCutterOptions {
  /** Position in the file of the first byte that will be given to `take`. */
  readonly offset: number;
  /** Whether that byte belongs to a record of somebody else, which is skipped up to its end. */
  readonly skipFirst: boolean;
  /** Asked with the position of a record's first byte before the record is emitted. */
  readonly claim: (position: number) => boolean;
  /** No record that begins here or later is wanted. May shrink at any time. */
  readonly end: () => number;
  /** Bytes in a record, at most. */
  readonly longest: number;
  /** Where newlines in quotes belong to the record. Default: every newline ends one. */
  readonly quoting?: Quoting | undefined;
  /** @param line - How many lines there are before it, from where the cutter began. */
  readonly emit: (text: string, position: number, line: number) => void;
  /** In place of `emit`, for what is no record. `raw` may be its beginning alone. */
  readonly refuse: (reason: string, raw: string, position: number, line: number) => void;
}

type State = "skipping" | "cutting" | "dropping" | "done";

const NEWLINE = 10;
const RETURN = 13;
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** Records in one go: after so many, whoever emits should see whether there is room downstream. */
const BURST = 1024;
/** Bytes of a refused record that are shown. */
const SHOWN = 64 * 1024;

/**
 * Cuts blocks of bytes into records: LF ends one, a CR before it goes with it, and a byte order
 * mark at the very beginning is dropped. What is longer than allowed or not UTF-8 is refused, and
 * the next record is looked for behind its line.
 */
export class RecordCutter {
  private readonly options: RecordCutterOptions;
  private state: State;
  private hasEnded = false;
  /** What is not cut yet begins at `at`; `base` is where the buffer begins in the file. */
  private buffer: Buffer = Buffer.alloc(0);
  private base: number;
  private at = 0;
  /** There is no newline before this index. */
  private searched = 0;
  private ascii = true;
  private lines = 0;

  constructor(options: RecordCutterOptions) {
    this.options = options;
    this.state = options.skipFirst ? "skipping" : "cutting";
    this.base = options.offset;
  }

  /** True when nothing that may still come is wanted. */
  get done(): boolean {
    return this.state === "done";
  }

  /** The beginning of a record whose end has not come. */
  get pending(): Buffer {
    return this.buffer.subarray(this.at);
  }

  /** Takes the next block, which must not change until `cutSome` has returned false. */
  take(block: Buffer): void {
    const { buffer } = this;
    this.searched = buffer.length;
    this.buffer = buffer.length === 0 ? block : Buffer.concat([buffer, block]);
    this.ascii = isAscii(this.buffer);
  }

  /** The file has ended; `cutSome` goes through what is left. */
  endOfFile(): void {
    this.hasEnded = true;
  }

  /** Emits some records; true when there may be more of them. */
  cutSome(): boolean {
    for (let burst = 0; burst < BURST; burst++) {
      switch (this.state) {
        case "done":
          return false;
        case "skipping":
        case "dropping":
          if (!this.skipLine()) return this.hold();
          break;
        case "cutting":
          if (!this.cut()) return this.hold();
      }
    }
    return true;
  }

  /** One record; false when its end is not there. */
  private cut(): boolean {
    const start = this.textStart();
    if (start === undefined) return false;
    const end = this.endOf(start);
    if (end === -1) return this.hasEnded && this.cutLast(start);
    if (!this.claim()) return true;
    const { buffer, ascii } = this;
    const textEnd = end > start && buffer[end - 1] === RETURN ? end - 1 : end;
    const strings = stringsOf(buffer);
    const text = ascii ? strings.latin1Slice(start, textEnd) : strings.utf8Slice(start, textEnd);
    const position = this.base + this.at;
    const { lines } = this;
    this.at = end + 1;
    this.lines += 1;
    if (this.options.quoting !== undefined) this.lines += newlinesIn(text);
    if (!ascii && text.includes("\ufffd") && !isUtf8(buffer.subarray(start, textEnd))) {
      this.options.refuse("it is not UTF-8", text.slice(0, SHOWN), position, lines);
    } else if (end - start > this.options.longest) {
      this.refuseLong(start, position, lines);
    } else {
      this.options.emit(text, position, lines);
    }
    return true;
  }

  /** What is left at the end of the file: a record without a newline, or a quote without an end. */
  private cutLast(start: number): boolean {
    const { buffer, at, base, lines, options } = this;
    if (start >= buffer.length) {
      this.state = "done";
      return true;
    }
    // As if a newline followed.
    this.buffer = Buffer.concat([buffer, Buffer.of(NEWLINE)]);
    this.searched = buffer.length;
    if (this.endOf(start) !== -1) return this.cut();
    this.buffer = buffer;
    const newline = buffer.indexOf(NEWLINE, start);
    if (!this.claim()) return true;
    const end = newline === -1 ? buffer.length : newline;
    const raw = buffer.toString("utf8", start, Math.min(end, start + SHOWN));
    this.at = end + 1;
    this.lines += 1;
    options.refuse("a quote is opened and never closed", raw, base + at, lines);
    return true;
  }

  /** Index of the newline that ends the record; -1 when it has not come. */
  private endOf(start: number): number {
    const { buffer, searched, options } = this;
    if (options.quoting !== undefined) return endOfQuoted(buffer, start, options.quoting);
    return buffer.indexOf(NEWLINE, Math.max(start, searched));
  }

  /** Where the record begins behind a byte order mark; undefined when that can't be told yet. */
  private textStart(): number | undefined {
    const { buffer, at, base } = this;
    if (base + at > 0) return at;
    const { length } = MARK;
    if (buffer.length >= length) return MARK.equals(buffer.subarray(0, length)) ? length : 0;
    return this.hasEnded ? 0 : undefined;
  }

  private claim(): boolean {
    if (this.options.claim(this.base + this.at)) return true;
    this.finish();
    return false;
  }

  /** Goes to the next line; false when that has not come. */
  private skipLine(): boolean {
    const newline = this.buffer.indexOf(NEWLINE, this.at);
    this.at = newline === -1 ? this.buffer.length : newline + 1;
    if (newline === -1) return false;
    // The rest of what was refused is a line that was counted.
    this.state = "cutting";
    if (this.base + this.at >= this.options.end()) this.finish();
    return true;
  }

  /** Keeps the beginning of a record whose end is in a later block. */
  private hold(): boolean {
    const { options } = this;
    if (this.hasEnded || this.base + this.at >= options.end()) {
      this.finish();
      return false;
    }
    const rest = this.buffer.length - this.at;
    if (this.state === "cutting" && rest > options.longest) return this.dropLong();
    // The block is not ours beyond this call.
    this.buffer = rest === 0 ? Buffer.alloc(0) : Buffer.from(this.buffer.subarray(this.at));
    this.base += this.at;
    this.at = 0;
    return false;
  }

  /** Gives up a record that goes on and on; of one with quotes only its first line. */
  private dropLong(): boolean {
    if (!this.claim()) return false;
    const { buffer, at, base, lines } = this;
    const newline = buffer.indexOf(NEWLINE, at);
    this.lines += 1;
    this.at = newline === -1 ? buffer.length : newline + 1;
    if (newline === -1) this.state = "dropping";
    this.refuseLong(at, base + at, lines);
    return newline === -1 ? this.hold() : true;
  }

  private refuseLong(start: number, position: number, line: number): void {
    const { longest, quoting, refuse } = this.options;
    const hint = quoting === undefined ? "" : ", or a quote is opened and never closed";
    const raw = this.buffer.toString("utf8", start, start + SHOWN);
    refuse(`it is longer than ${longest} bytes${hint}`, raw, position, line);
  }

  private finish(): void {
    this.state = "done";
    this.buffer = Buffer.alloc(0);
    this.at = 0;
  }
}

function newlinesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
