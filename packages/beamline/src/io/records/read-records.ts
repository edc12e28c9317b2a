import type { ProcessContext } from "../../fn/context.js";
import { type OffsetRange, OffsetRangeTracker, offsetRangeCoder } from "../../fn/offset-range.js";
import type { RestrictionTracker } from "../../fn/restriction-tracker.js";
import { type SplitHints, SplittableDoFn } from "../../fn/splittable-do-fn.js";
import type { Compression } from "../compression/codec.js";
import { codecOf } from "../compression/codecs.js";
import { type InputFile, partsOf } from "../filesystem/input-file.js";
import { splitFile } from "../filesystem/split-file.js";
import type { BadRecord } from "./bad-record.js";
import { badRecordError, RefusedRecord } from "./bad-record-error.js";
import { blocksOf, firstRecord } from "./file-blocks.js";
import { RecordCutter } from "./record-cutter.js";
import type { RecordFormat, RecordParser } from "./record-format.js";

/** The tag of the output to which bad records go. */
export const FAILURES = "failures";

export type RecordTags = { readonly [FAILURES]: BadRecord };

export interface ReadRecordsOptions<T> {
  readonly format: RecordFormat<T>;
  readonly compression: Compression;
  readonly collects: boolean;
  /** Bytes read at a time. Default: 1 MiB. */
  readonly blockSize?: number;
}

type Context<T> = ProcessContext<T, RecordTags>;

/** Characters of a bad record that are kept. */
const LONGEST_RAW = 64 * 1024;

/**
 * The records of a file, as rows, in ranges of bytes. A record belongs to the range in which its
 * first byte lies. A file that can't be entered in the middle is one range of length 1, which lies
 * behind its last byte.
 */
export class ReadRecords<T> extends SplittableDoFn<InputFile, OffsetRange, number, T, RecordTags> {
  readonly restrictionCoder = offsetRangeCoder;
  private readonly options: ReadRecordsOptions<T>;

  constructor(options: ReadRecordsOptions<T>) {
    super();
    this.options = options;
  }

  async initialRestriction(file: InputFile): Promise<OffsetRange> {
    const { path, size, joined } = file;
    const { format, compression } = this.options;
    const isSplittable =
      joined === undefined &&
      codecOf(path, compression) === undefined &&
      (await format.isSplittable(file));
    return isSplittable ? [0, size] : [size, size + 1];
  }

  override split(
    { size, total }: InputFile,
    range: OffsetRange,
    { parallelism }: SplitHints,
  ): Iterable<OffsetRange> {
    const [start, end] = range;
    if (start >= end) return [];
    if (start === size) return [range];
    return splitFile(range, total, parallelism);
  }

  size({ size, joined }: InputFile, [start, end]: OffsetRange): number {
    return start === size ? size + (joined?.size ?? 0) : end - start;
  }

  newTracker(range: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(range);
  }

  async process(
    file: InputFile,
    tracker: RestrictionTracker<OffsetRange, number>,
    ctx: Context<T>,
  ): Promise<undefined> {
    try {
      const [start] = tracker.currentRestriction();
      if (start !== file.size) await new Reading(this.options, file, tracker, ctx).run();
      else if (tracker.tryClaim(start)) await this.readWhole(file, ctx);
    } catch (error) {
      if (!(error instanceof RefusedRecord)) throw error;
      throw await badRecordError(error, this.options.format.kind, ctx.signal);
    }
  }

  private async readWhole(file: InputFile, ctx: Context<T>): Promise<void> {
    const { total } = file;
    for (const { path, size, version } of partsOf(file)) {
      await new Reading(this.options, { path, size, version, total }, undefined, ctx).run();
    }
  }
}

/** The reading of a file, or of one range of it. */
class Reading<T> {
  private readonly options: ReadRecordsOptions<T>;
  private readonly file: InputFile;
  private readonly tracker: RestrictionTracker<OffsetRange, number> | undefined;
  private readonly ctx: Context<T>;
  /** Lines can be numbered. */
  private readonly fromStart: boolean;
  private readonly cutter: RecordCutter;
  private header: string | undefined;
  private parser: RecordParser<T> | undefined;
  /** Records that came before there was a parser. */
  private waiting: Cut[] = [];
  /** Where the record that is parsed begins. */
  private position = 0;
  private line = 0;
  private readonly emit: (row: T) => void;
  private readonly refuseRecord: (reason: string) => void;
  private text = "";

  constructor(
    options: ReadRecordsOptions<T>,
    file: InputFile,
    tracker: RestrictionTracker<OffsetRange, number> | undefined,
    ctx: Context<T>,
  ) {
    const [start] = tracker?.currentRestriction() ?? [0];
    const { format } = options;
    this.options = options;
    this.file = file;
    this.tracker = tracker;
    this.ctx = ctx;
    this.fromStart = start === 0;
    this.emit = (row) => ctx.output(row);
    this.refuseRecord = (reason) => this.refuse(reason, this.text, this.position, this.line);
    this.cutter = new RecordCutter({
      offset: this.fromStart ? 0 : start - 1,
      skipFirst: !this.fromStart,
      longest: format.longest,
      quoting: tracker === undefined ? format.quoting : undefined,
      claim: (position) => tracker === undefined || tracker.tryClaim(position),
      end: () => tracker?.currentRestriction()[1] ?? Number.POSITIVE_INFINITY,
      emit: (text, position, line) => this.take(text, position, line),
      refuse: (reason, raw, position, line) => this.refuse(reason, raw, position, line),
    });
  }

  async run(): Promise<void> {
    const { cutter, file, tracker } = this;
    const range = tracker?.currentRestriction();
    const { compression, blockSize } = this.options;
    const { signal } = this.ctx;
    for await (const block of blocksOf(file, range, { compression, blockSize, signal })) {
      cutter.take(block);
      await this.cutAll();
      if (cutter.done) break;
    }
    if (!cutter.done) {
      cutter.endOfFile();
      await this.cutAll();
    }
    // Past every record that was claimed: says that there are no more.
    tracker?.tryClaim(file.size);
  }

  /** Cuts what there is, with a look at what is going on downstream between bursts. */
  private async cutAll(): Promise<void> {
    for (let more = true; more; ) {
      more = this.cutter.cutSome();
      if (this.waiting.length > 0) await this.open();
      const room = this.ctx.ready();
      if (room !== undefined) await room;
    }
  }

  /** Makes the parser, and goes through what has waited for it. */
  private async open(): Promise<void> {
    const { format, compression } = this.options;
    const { file, waiting } = this;
    const isWhole = this.tracker === undefined;
    if (format.hasHeader && !this.fromStart) {
      this.header = await firstRecord(file, format, { compression, signal: this.ctx.signal });
    }
    this.parser = await format.parser({ file: file.path, header: this.header, isWhole });
    this.waiting = [];
    for (const { text, position, line } of waiting) this.take(text, position, line);
  }

  private take(text: string, position: number, line: number): void {
    const { format } = this.options;
    if (format.isIgnored(text)) return;
    if (this.parser === undefined) {
      const isHeader = format.hasHeader && this.fromStart && this.header === undefined;
      if (isHeader) this.header = text;
      else this.waiting.push({ text, position, line });
      return;
    }
    this.text = text;
    this.position = position;
    this.line = line;
    this.parser(text, this.emit, this.refuseRecord);
  }

  private refuse(reason: string, text: string, offset: number, line: number): void {
    const raw = text.slice(0, LONGEST_RAW);
    // How many lines there are before a range in the middle, nobody has counted.
    const refused = { offset, ...(this.fromStart ? { line: line + 1 } : {}), reason, raw };
    if (!this.options.collects) throw new RefusedRecord(this.file, refused);
    this.ctx.outputTo(FAILURES, { file: this.file.path, ...refused });
  }
}

interface Cut {
  readonly text: string;
  readonly position: number;
  readonly line: number;
}
