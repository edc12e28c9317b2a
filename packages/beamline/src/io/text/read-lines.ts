import type { ProcessContext } from "../../fn/context.js";
import {
  type OffsetRange,
  OffsetRangeTracker,
  offsetRangeCoder,
  splitOffsetRange,
} from "../../fn/offset-range.js";
import type { RestrictionTracker } from "../../fn/restriction-tracker.js";
import { type SplitHints, SplittableDoFn } from "../../fn/splittable-do-fn.js";
import { locate } from "../filesystem/file-systems.js";
import { gunzip } from "./gunzip.js";
import { LineCutter } from "./line-cutter.js";

/** A file to read. */
export interface TextFile {
  readonly path: string;
  /** In bytes, of it and of all files that are read with it. */
  readonly size: number;
  readonly total: number;
  /** What its file system calls this state of it, where it has a name for that. */
  readonly version?: string | undefined;
}

export type Compression = "auto" | "gzip" | "none";

export interface ReadLinesOptions<Out> {
  readonly compression: Compression;
  readonly toElement: (line: string, path: string) => Out;
  /** Default: 1 MiB. */
  readonly blockSize?: number;
}

const MIB = 1 << 20;
/** Several parts for each worker, so that none waits long for the slowest at the end. */
const PARTS_PER_WORKER = 16;
/** To finish the last line beyond the end of a range. */
const TAIL_BLOCK_SIZE = 64 * 1024;
/** A compressed file is one position that can't be split. */
const INDIVISIBLE: OffsetRange = [0, 1];

/**
 * The lines of a file, in ranges of bytes. A line belongs to the range in which its first byte
 * lies; so a range begins after the first newline at or after the byte before it, and its last
 * line may end beyond it.
 */
export class ReadLines<Out> extends SplittableDoFn<TextFile, OffsetRange, number, Out> {
  readonly restrictionCoder = offsetRangeCoder;
  private readonly options: ReadLinesOptions<Out>;

  constructor(options: ReadLinesOptions<Out>) {
    super();
    this.options = options;
  }

  initialRestriction({ path, size }: TextFile): OffsetRange {
    return this.isGzip(path) ? INDIVISIBLE : [0, size];
  }

  override split(
    { path, total }: TextFile,
    range: OffsetRange,
    { parallelism }: SplitHints,
  ): Iterable<OffsetRange> {
    if (this.isGzip(path)) return [range];
    const [start, end] = range;
    if (start >= end) return [];
    const wanted = total / (parallelism * PARTS_PER_WORKER);
    const length = Math.min(Math.max(wanted, MIB), 32 * MIB);
    return splitOffsetRange(range, (end - start) / length, MIB);
  }

  size({ path, size }: TextFile, [start, end]: OffsetRange): number {
    return this.isGzip(path) ? size : end - start;
  }

  newTracker(range: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(range);
  }

  async process(
    file: TextFile,
    tracker: RestrictionTracker<OffsetRange, number>,
    ctx: ProcessContext<Out>,
  ): Promise<undefined> {
    const { toElement } = this.options;
    const { path } = file;
    const emit = (line: string) => ctx.output(toElement(line, path));
    if (this.isGzip(path)) await this.readGzip(file, tracker, emit, ctx);
    else await this.readRange(file, tracker, emit, ctx);
  }

  private async readRange(
    { path, size, version }: TextFile,
    tracker: RestrictionTracker<OffsetRange, number>,
    emit: (line: string) => void,
    ctx: ProcessContext<Out>,
  ): Promise<void> {
    const [start, end] = tracker.currentRestriction();
    const offset = Math.max(0, start - 1);
    const cutter = new LineCutter({
      path,
      offset,
      skipFirst: start > 0,
      claim: (position) => tracker.tryClaim(position),
      end: () => tracker.currentRestriction()[1],
      emit,
    });
    const { fileSystem, path: located } = await locate(path);
    const { signal } = ctx;
    const { blockSize = MIB } = this.options;
    const range = { start: offset, end };
    await pour(fileSystem.read(located, range, { blockSize, signal, version }), cutter, ctx);
    if (!cutter.done && end < size) {
      const tail = { start: end, end: size };
      const options = { blockSize: Math.min(blockSize, TAIL_BLOCK_SIZE), signal, version };
      await pour(fileSystem.read(located, tail, options), cutter, ctx);
    }
    if (!cutter.done) cutter.endOfFile();
    // Past every line that was claimed: says that there are no more.
    tracker.tryClaim(size);
  }

  private async readGzip(
    { path, size, version }: TextFile,
    tracker: RestrictionTracker<OffsetRange, number>,
    emit: (line: string) => void,
    ctx: ProcessContext<Out>,
  ): Promise<void> {
    if (!tracker.tryClaim(0)) return;
    const cutter = new LineCutter({
      path,
      offset: 0,
      skipFirst: false,
      claim: () => true,
      end: () => Number.POSITIVE_INFINITY,
      emit,
    });
    const { fileSystem, path: located } = await locate(path);
    const { signal } = ctx;
    const { blockSize = MIB } = this.options;
    const options = { blockSize, signal, version };
    const packed = fileSystem.read(located, { start: 0, end: size }, options);
    if (size > 0) await pour(gunzip(path, packed), cutter, ctx);
    cutter.endOfFile();
    tracker.tryClaim(1);
  }

  private isGzip(path: string): boolean {
    const { compression } = this.options;
    return compression === "gzip" || (compression === "auto" && /\.gz$/i.test(path));
  }
}

/** Emits the lines of the blocks, with a look at what is going on downstream between bursts. */
async function pour<Out>(
  blocks: AsyncIterable<Buffer>,
  cutter: LineCutter,
  ctx: ProcessContext<Out>,
): Promise<void> {
  for await (const block of blocks) {
    cutter.take(block);
    for (let more = true; more; ) {
      more = cutter.emitSome();
      const room = ctx.ready();
      if (room !== undefined) await room;
    }
    if (cutter.done) return;
  }
}
