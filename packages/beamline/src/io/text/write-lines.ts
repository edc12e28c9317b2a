import type { BundleContext, ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import { notALine, ShardFile, type ShardFormat, type TemporaryFile } from "./shard-file.js";

/** Writes the lines of each bundle into a file of its own. */
export class WriteBundles extends DoFn<string, TemporaryFile> {
  private readonly format: ShardFormat;
  private file: ShardFile | undefined;

  constructor(format: ShardFormat) {
    super();
    this.format = format;
  }

  override process(line: string): Promise<void> | undefined {
    this.file ??= new ShardFile(this.format);
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

/**
 * Deals the lines of a bundle out to the shards, one after the other. Its first line says where to
 * begin: the same bundle deals the same way again, and many short ones don't all begin at 0.
 */
export class DealToShards extends DoFn<string, [shard: number, line: string]> {
  private readonly shards: number;
  private next: number | undefined;

  constructor(shards: number) {
    super();
    this.shards = shards;
  }

  override startBundle(): void {
    this.next = undefined;
  }

  override process(line: string, ctx: ProcessContext<[shard: number, line: string]>): void {
    if (typeof line !== "string") throw notALine(line);
    const shard = this.next ?? hash(line) % this.shards;
    ctx.output([shard, line]);
    this.next = shard + 1 === this.shards ? 0 : shard + 1;
  }
}

/** FNV-1a of the first characters. */
function hash(line: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < line.length && i < 64; i++) {
    value = Math.imul(value ^ line.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}

export type ShardLines = readonly [shard: number, lines: Iterable<string>];
export type WrittenShard = readonly [shard: number, file: TemporaryFile];

/** Writes all lines of a shard into one file. */
export class WriteShards extends DoFn<ShardLines, WrittenShard> {
  private readonly format: ShardFormat;
  private file: ShardFile | undefined;

  constructor(format: ShardFormat) {
    super();
    this.format = format;
  }

  override async process(
    [shard, lines]: ShardLines,
    ctx: ProcessContext<WrittenShard>,
  ): Promise<void> {
    const file = new ShardFile(this.format);
    this.file = file;
    for (const line of lines) {
      const writing = file.add(line);
      if (writing !== undefined) await writing;
    }
    ctx.output([shard, await file.finish()]);
    this.file = undefined;
  }

  override async teardown(): Promise<void> {
    await this.file?.abort();
    this.file = undefined;
  }
}
