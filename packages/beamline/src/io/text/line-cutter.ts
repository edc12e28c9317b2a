import { isAscii, isUtf8 } from "node:buffer";
import { stringsOf } from "../../bytes/buffer-strings.js";
import type { TextOutput } from "../../fn/text-output.js";
import { BeamlineError } from "../../model/errors.js";

export interface LineCutterOptions {
  /** For errors. */
  readonly path: string;
  /** Position in the file of the first byte that will be given to `take`. */
  readonly offset: number;
  /** Whether that byte belongs to a line of somebody else, which is skipped up to its end. */
  readonly skipFirst: boolean;
  /** Asked with the position of a line's first byte before the line is emitted. */
  readonly claim: (position: number) => boolean;
  /** No line that begins here or later is wanted. May shrink at any time. */
  readonly end: () => number;
  readonly emit: (line: string) => void;
  /** Takes lines that are well-formed UTF-8 as bytes. Default: all are given to `emit`. */
  readonly emitText?: TextOutput | undefined;
  /** Bytes in a line, at most. Default: what a string can hold. */
  readonly longest?: number;
}

const NOTHING = Buffer.alloc(0);

type State = "skipping" | "cutting" | "done";

const NEWLINE = 10;
const RETURN = 13;
/** U+FEFF in UTF-8: the byte order mark. */
const MARK = [0xef, 0xbb, 0xbf] as const;
/**
 * Lines in one go: after so many, whoever emits should see whether there is room downstream. Few, so
 * that the loop has ended some times before V8 optimizes it: what it has not seen by then costs a new
 * compilation, and there were seven of them in each thread.
 */
const BURST = 256;
/** V8's limit for a string (2^29 - 24 characters). */
const LONGEST = 2 ** 29 - 24;

/**
 * Cuts blocks of bytes into lines: LF ends a line, a CR before it goes with it, a byte order mark
 * at the very beginning is dropped, and bytes that are not UTF-8 become U+FFFD.
 *
 * Each line becomes a string of its own: a slice of a larger string would cost less here and keep
 * the whole of it in memory for as long as anyone keeps one word of it.
 */
export class LineCutter {
  private readonly options: LineCutterOptions;
  private state: State;
  private block: Buffer = NOTHING;
  private ascii = true;
  /** Whether the lines that lie in the block can be emitted as bytes. */
  private wellFormed = true;
  /** Where `block` begins in the file, and how far into it we are. */
  private blockStart: number;
  private at = 0;
  /** Where the line under way begins in the file. */
  private lineStart: number;
  /** Its bytes from earlier blocks. */
  private carried: Buffer[] = [];
  private carriedLength = 0;

  constructor(options: LineCutterOptions) {
    this.options = options;
    this.state = options.skipFirst ? "skipping" : "cutting";
    this.blockStart = options.offset;
    this.lineStart = options.offset;
  }

  /** True when nothing that may still come is wanted. */
  get done(): boolean {
    return this.state === "done";
  }

  /** Position of the first byte that has not been given to `take`. */
  get position(): number {
    return this.blockStart + this.block.length;
  }

  /** Takes the next block, which must not change until `emitSome` has returned false. */
  take(block: Buffer): void {
    this.blockStart = this.position;
    this.block = block;
    this.at = 0;
    this.ascii = isAscii(block);
    if (this.state === "skipping") this.skip();
    this.wellFormed = this.ascii || (this.options.emitText !== undefined && this.isWellFormed());
  }

  /** Emits lines of the block; true when there may be more of them. */
  emitSome(): boolean {
    if (this.state !== "cutting") return false;
    if (this.carriedLength > 0 || (this.lineStart === 0 && this.mayBeMarked())) {
      if (!this.emitCarried()) return false;
    }
    switch (this.cut()) {
      case "more":
        return true;
      case "carry":
        this.carry();
        return false;
      case "finish":
        return this.finish();
    }
  }

  /** Emits some lines that lie in the block; says what is next. */
  private cut(): "more" | "carry" | "finish" {
    const { claim, emit } = this.options;
    const { block, blockStart, ascii } = this;
    const emitText = this.wellFormed ? this.options.emitText : undefined;
    const strings = stringsOf(block);
    let next: "more" | "carry" | "finish" = "more";
    let { at } = this;
    for (let burst = 0; burst < BURST; burst++) {
      const newline = block.indexOf(NEWLINE, at);
      if (newline === -1) {
        next = "carry";
        break;
      }
      if (!claim(blockStart + at)) {
        next = "finish";
        break;
      }
      const end = newline > at && block[newline - 1] === RETURN ? newline - 1 : newline;
      if (emitText !== undefined) emitText(block, at, end);
      else emit(ascii ? strings.latin1Slice(at, end) : strings.utf8Slice(at, end));
      at = newline + 1;
    }
    this.at = at;
    this.lineStart = blockStart + at;
    return next;
  }

  /** The file has ended: what is left is a line without a newline. */
  endOfFile(): void {
    const bytes = this.withoutMark(this.takeCarried());
    if (bytes.length > 0 && this.options.claim(this.lineStart)) {
      this.options.emit(bytes.toString("utf8"));
    }
    this.state = "done";
  }

  /** Whether the lines that begin and end in the block are well-formed UTF-8. */
  private isWellFormed(): boolean {
    const { block, at } = this;
    const first = this.carriedLength > 0 ? block.indexOf(NEWLINE, at) + 1 : at;
    return isUtf8(block.subarray(first, block.lastIndexOf(NEWLINE) + 1));
  }

  /** Looks for the end of somebody else's line. */
  private skip(): void {
    const newline = this.block.indexOf(NEWLINE);
    const next = newline === -1 ? this.position : this.blockStart + newline + 1;
    this.at = next - this.blockStart;
    this.lineStart = next;
    if (newline !== -1) this.state = "cutting";
    if (next >= this.options.end()) this.finish();
  }

  /** Completes the line that began in an earlier block, or the one behind a byte order mark. */
  private emitCarried(): boolean {
    const newline = this.block.indexOf(NEWLINE, this.at);
    if (newline === -1) {
      this.carry();
      return false;
    }
    if (!this.options.claim(this.lineStart)) return this.finish();
    this.keep(this.block.subarray(this.at, newline));
    const bytes = this.withoutMark(this.takeCarried());
    const end = bytes.at(-1) === RETURN ? bytes.length - 1 : bytes.length;
    this.at = newline + 1;
    this.lineStart = this.blockStart + this.at;
    this.options.emit(bytes.toString("utf8", 0, end));
    return true;
  }

  /** Keeps the beginning of a line whose end is in a later block. */
  private carry(): void {
    if (this.lineStart >= this.options.end()) {
      this.finish();
      return;
    }
    if (this.at < this.block.length) this.keep(Buffer.from(this.block.subarray(this.at)));
    this.at = this.block.length;
  }

  private keep(bytes: Buffer): void {
    const { longest = LONGEST, path } = this.options;
    this.carriedLength += bytes.length;
    if (this.carriedLength > longest) {
      throw new BeamlineError(
        "LINE_TOO_LONG",
        `Cannot read "${path}": the line at byte ${this.lineStart} is longer than ${longest} bytes; check that this is a text file`,
      );
    }
    if (bytes.length > 0) this.carried.push(bytes);
  }

  private takeCarried(): Buffer {
    const [only] = this.carried;
    const bytes = this.carried.length === 1 && only ? only : Buffer.concat(this.carried);
    this.carried = [];
    this.carriedLength = 0;
    return bytes;
  }

  /** Whether the file may begin with a byte order mark. */
  private mayBeMarked(): boolean {
    return this.block.length < MARK.length || this.block[0] === MARK[0];
  }

  private withoutMark(line: Buffer): Buffer {
    const isMarked = this.lineStart === 0 && MARK.every((byte, i) => line[i] === byte);
    return isMarked ? line.subarray(MARK.length) : line;
  }

  private finish(): false {
    this.state = "done";
    this.carried = [];
    this.carriedLength = 0;
    return false;
  }
}
