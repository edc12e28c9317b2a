import type { ProcessContext } from "../../fn/context.js";
import { type OffsetRange, OffsetRangeTracker, offsetRangeCoder } from "../../fn/offset-range.js";
import type { RestrictionTracker } from "../../fn/restriction-tracker.js";
import { type SplitHints, SplittableDoFn } from "../../fn/splittable-do-fn.js";
import type { TextContext } from "../../fn/text-output.js";
import type { Codec, Compression } from "../compression/codec.js";
import { codecOf, requirePlain } from "../compression/codecs.js";
import { locate } from "../filesystem/file-systems.js";
import { type FilePart, type InputFile, partsOf } from "../filesystem/input-file.js";
import { splitFile } from "../filesystem/split-file.js";
import { LineCutter, type LineCutterOptions } from "./line-cutter.js";

export type { InputFile as TextFile } from "../filesystem/input-file.js";
export type { Compression };

export interface ReadLinesOptions<Out> {
  readonly compression: Compression;
  /** Default: the line is the element. */
  readonly toElement?: (line: string, path: string) => Out;
  /** Default: 1 MiB. */
  readonly blockSize?: number;
}

const MIB = 1 << 20;
/** To finish the last line beyond the end of a range. */
const TAIL_BLOCK_SIZE = 64 * 1024;
/** A compressed file is one position that can't be split. */
const INDIVISIBLE: OffsetRange = [0, 1];

/** One file of those that are read as one, and where it begins among them. */
type Part = FilePart & { readonly base: number };

/**
 * The lines of a file, in ranges of bytes. A line belongs to the range in which its first byte
 * lies; so a range begins after the first newline at or after the byte before it, and its last
 * line may end beyond it.
 *
 * Files that are joined are counted through, as if they were one, but no line goes over their ends.
 */
export class ReadLines<Out> extends SplittableDoFn<InputFile, OffsetRange, number, Out> {
  readonly restrictionCoder = offsetRangeCoder;
  private readonly options: ReadLinesOptions<Out>;

  constructor(options: ReadLinesOptions<Out>) {
    super();
    this.options = options;
  }

  initialRestriction(file: InputFile): OffsetRange {
    return this.codecOf(file) === undefined ? [0, sizeOf(file)] : INDIVISIBLE;
  }

  override split(
    file: InputFile,
    range: OffsetRange,
    { parallelism }: SplitHints,
  ): Iterable<OffsetRange> {
    if (this.codecOf(file) !== undefined) return [range];
    const [start, end] = range;
    if (start >= end) return [];
    return splitFile(range, file.total, parallelism);
  }

  size(file: InputFile, [start, end]: OffsetRange): number {
    return this.codecOf(file) === undefined ? end - start : file.size;
  }

  newTracker(range: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(range);
  }

  async process(
    file: InputFile,
    tracker: RestrictionTracker<OffsetRange, number>,
    ctx: ProcessContext<Out>,
  ): Promise<undefined> {
    const codec = this.codecOf(file);
    if (codec !== undefined) {
      await this.readPacked(file, codec, tracker, ctx);
      return;
    }
    const [start] = tracker.currentRestriction();
    let base = 0;
    for (const { path, size, version } of partsOf(file)) {
      const [, end] = tracker.currentRestriction();
      if (base >= end) break;
      if (base + size > start) await this.readPart({ path, size, version, base }, tracker, ctx);
      base += size;
    }
    // Past every line that was claimed: says that there are no more.
    tracker.tryClaim(sizeOf(file));
  }

  /** Reads what the range has of one file. */
  private async readPart(
    { path, size, version, base }: Part,
    tracker: RestrictionTracker<OffsetRange, number>,
    ctx: ProcessContext<Out>,
  ): Promise<void> {
    const range = tracker.currentRestriction();
    const start = Math.max(0, range[0] - base);
    const end = Math.min(size, range[1] - base);
    const offset = Math.max(0, start - 1);
    const cutter = new LineCutter({
      path,
      offset,
      skipFirst: start > 0,
      claim: (position) => tracker.tryClaim(base + position),
      end: () => tracker.currentRestriction()[1] - base,
      ...this.emittersOf(path, ctx),
    });
    const { fileSystem, path: located } = await locate(path);
    const { signal } = ctx;
    const { blockSize = MIB } = this.options;
    const blocks = fileSystem.read(located, { start: offset, end }, { blockSize, signal, version });
    await pour(blocks, cutter, ctx, start === 0 ? path : undefined);
    if (!cutter.done && end < size) {
      const tail = { start: end, end: size };
      const options = { blockSize: Math.min(blockSize, TAIL_BLOCK_SIZE), signal, version };
      await pour(fileSystem.read(located, tail, options), cutter, ctx);
    }
    if (!cutter.done) cutter.endOfFile();
  }

  private async readPacked(
    { path, size, version }: InputFile,
    codec: Codec,
    tracker: RestrictionTracker<OffsetRange, number>,
    ctx: ProcessContext<Out>,
  ): Promise<void> {
    if (!tracker.tryClaim(0)) return;
    const cutter = new LineCutter({
      path,
      offset: 0,
      skipFirst: false,
      claim: () => true,
      end: () => Number.POSITIVE_INFINITY,
      ...this.emittersOf(path, ctx),
    });
    const { fileSystem, path: located } = await locate(path);
    const { signal } = ctx;
    const { blockSize = MIB } = this.options;
    const options = { blockSize, signal, version };
    const packed = fileSystem.read(located, { start: 0, end: size }, options);
    if (size > 0) await pour(codec.unpack(path, packed), cutter, ctx);
    cutter.endOfFile();
    tracker.tryClaim(1);
  }

  private emittersOf(
    path: string,
    ctx: ProcessContext<Out> & Partial<TextContext>,
  ): Pick<LineCutterOptions, "emit" | "emitText"> {
    const { toElement } = this.options;
    if (toElement !== undefined) return { emit: (line) => ctx.output(toElement(line, path)) };
    return { emit: ctx.output as (line: unknown) => void, emitText: ctx.outputText };
  }

  private codecOf({ path }: InputFile): Codec | undefined {
    return codecOf(path, this.options.compression);
  }
}

/** Of a file and all that are joined to it. */
function sizeOf({ size, joined }: InputFile): number {
  return size + (joined?.size ?? 0);
}

/**
 * Emits the lines of the blocks, with a look at what is going on downstream between bursts.
 *
 * @param plain - The file's path, where the first block is its beginning and has to be plain text.
 */
async function pour<Out>(
  blocks: AsyncIterable<Buffer>,
  cutter: LineCutter,
  ctx: ProcessContext<Out>,
  plain?: string,
): Promise<void> {
  let beginning = plain;
  for await (const block of blocks) {
    if (beginning !== undefined) requirePlain(beginning, block);
    beginning = undefined;
    cutter.take(block);
    for (let more = true; more; ) {
      more = cutter.emitSome();
      const room = ctx.ready();
      if (room !== undefined) await room;
    }
    if (cutter.done) return;
  }
}
