import type { ProcessContext } from "../../fn/context.js";
import { type OffsetRange, OffsetRangeTracker, offsetRangeCoder } from "../../fn/offset-range.js";
import type { RestrictionTracker } from "../../fn/restriction-tracker.js";
import { type SplitHints, SplittableDoFn } from "../../fn/splittable-do-fn.js";
import { BeamlineError, isBeamlineError } from "../../model/errors.js";
import type { InputFile } from "../filesystem/input-file.js";
import { splitFile } from "../filesystem/split-file.js";
import type { BadRecord } from "../records/bad-record.js";

/** A part of a file that is read as a whole: a row group, or a block of records. */
export interface Block<Out> {
  /** Its first byte: it belongs to the range in which that lies. */
  readonly start: number;
  /** How it is called in errors, such as `row group 3`. */
  readonly name: string;
  /** All its records, so that none is emitted of a damaged block; null where it has none of use. */
  read(): Promise<Records<Out> | null>;
}

/** Records that are good, and made as they are asked for: they need not all be there at once. */
export interface Records<Out> {
  readonly count: number;
  at(i: number): Out;
  /** Gives back what they are made of: none is asked for any more. */
  close?(): void;
}

/** The context of a source with bad records. */
export type BlockContext<Out> = ProcessContext<Out, { failures: BadRecord }>;

/** Records between two looks at what is going on downstream. */
const BURST = 1024;

/**
 * Files that consist of blocks, in ranges of bytes: whoever reads a range reads the blocks that
 * begin in it.
 */
export abstract class ReadBlocks<Out> extends SplittableDoFn<
  InputFile,
  OffsetRange,
  number,
  Out,
  { failures: BadRecord }
> {
  readonly restrictionCoder = offsetRangeCoder;
  private readonly onError: "fail" | "collect";

  constructor(onError: "fail" | "collect") {
    super();
    this.onError = onError;
  }

  /**
   * The blocks that begin in a range, in their order, and perhaps more behind it. `end` is where
   * the range ends by now: it may have been cut shorter.
   */
  protected abstract blocks(
    file: InputFile,
    range: OffsetRange,
    signal: AbortSignal,
  ): AsyncIterable<Block<Out>>;

  initialRestriction({ size }: InputFile): OffsetRange {
    return [0, size];
  }

  override split(
    { total }: InputFile,
    range: OffsetRange,
    { parallelism }: SplitHints,
  ): Iterable<OffsetRange> {
    const [start, end] = range;
    // An empty file is no valid one, which its reader says.
    if (start >= end) return [range];
    return splitFile(range, total, parallelism);
  }

  size(_file: InputFile, [start, end]: OffsetRange): number {
    return end - start;
  }

  newTracker(range: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(range);
  }

  async process(
    file: InputFile,
    tracker: RestrictionTracker<OffsetRange, number>,
    ctx: BlockContext<Out>,
  ): Promise<undefined> {
    const range = tracker.currentRestriction();
    for await (const block of this.blocks(file, range, ctx.signal)) {
      if (!tracker.tryClaim(block.start)) return;
      await this.readBlock(file, block, ctx);
    }
    // Past every block that was claimed: says that there are no more.
    tracker.tryClaim(Math.max(file.size, range[1]));
  }

  private async readBlock(
    { path }: InputFile,
    block: Block<Out>,
    ctx: BlockContext<Out>,
  ): Promise<void> {
    let records: Records<Out> | null;
    try {
      records = await block.read();
    } catch (cause) {
      ctx.signal.throwIfAborted();
      if (isOfFile(cause)) throw cause;
      this.fail(path, block, cause, ctx);
      return;
    }
    if (records === null) return;
    const { count } = records;
    for (let i = 0; i < count; ) {
      const end = Math.min(count, i + BURST);
      for (; i < end; i++) ctx.output(records.at(i));
      const room = ctx.ready();
      if (room !== undefined) await room;
    }
    records.close?.();
  }

  private fail(path: string, block: Block<Out>, cause: unknown, ctx: BlockContext<Out>): void {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (this.onError === "collect") {
      const { start, name } = block;
      ctx.outputTo("failures", {
        file: path,
        offset: start,
        reason: `${name}: ${reason}`,
        raw: "",
      });
      return;
    }
    throw new BeamlineError(
      "BAD_RECORD",
      `Cannot read ${block.name} of "${path}", at byte ${block.start}: ${reason}; mend the file, or go on without it by { onError: "collect" }`,
      { cause },
    );
  }
}

/** Whether reading the file's bytes has failed, and not what they mean. */
function isOfFile(cause: unknown): boolean {
  return isBeamlineError(cause) && !ABOUT_CONTENT.has(cause.code);
}

const ABOUT_CONTENT: ReadonlySet<string> = new Set([
  "CORRUPT_BYTES",
  "TRUNCATED_BYTES",
  "UNSAFE_INTEGER",
  "OUT_OF_RANGE",
]);
