import type { BundleContext, ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import { ShardFile, type ShardFormat, type TemporaryFile } from "./shard-file.js";

/** Writes the lines of each bundle into a file of its own. */
export class WriteBundles extends DoFn<string, TemporaryFile> {
  private readonly format: ShardFormat;
  private file: ShardFile | undefined;

  constructor(format: ShardFormat) {
    super();
    this.format = format;
  }

  override process(line: string, ctx: ProcessContext<TemporaryFile>): Promise<void> | undefined {
    this.file ??= new ShardFile(this.format, ctx.signal);
    return this.file.add(line);
  }

  override async finishBundle(ctx: BundleContext<TemporaryFile>): Promise<void> {
    const { file } = this;
    if (file === undefined) return;
    const written = await file.finish();
    this.file = undefined;
    ctx.output(written);
  }

  /** A file that is still here belongs to a bundle that failed. */
  override async teardown(): Promise<void> {
    await this.file?.abort();
    this.file = undefined;
  }
}

/** Deals the lines of a bundle out to the shards, one after the other. */
export class DealToShards extends DoFn<string, [shard: number, line: string]> {
  private readonly shards: number;
  private next = 0;

  constructor(shards: number) {
    super();
    this.shards = shards;
  }

  override process(line: string, ctx: ProcessContext<[shard: number, line: string]>): void {
    ctx.output([this.next, line]);
    this.next = this.next + 1 === this.shards ? 0 : this.next + 1;
  }
}

export type ShardLines = readonly [shard: number, lines: Iterable<string>];
export type WrittenShard = readonly [shard: number, file: TemporaryFile];

/** Writes all lines of a shard into one file. */
export class WriteShards extends DoFn<ShardLines, WrittenShard> {
  private readonly format: ShardFormat;

  constructor(format: ShardFormat) {
    super();
    this.format = format;
  }

  override async process(
    [shard, lines]: ShardLines,
    ctx: ProcessContext<WrittenShard>,
  ): Promise<void> {
    const file = new ShardFile(this.format, ctx.signal);
    try {
      for (const line of lines) {
        const writing = file.add(line);
        if (writing !== undefined) {
          await writing;
          ctx.signal.throwIfAborted();
        }
      }
      ctx.output([shard, await file.finish()]);
    } catch (error) {
      await file.abort();
      throw error;
    }
  }
}
