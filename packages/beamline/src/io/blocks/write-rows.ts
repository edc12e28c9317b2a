import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Coder } from "../../coders/coder.js";
import type { BundleContext, ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import type { TemporaryFile } from "../text/shard-file.js";
import type { WrittenShard } from "../text/write-lines.js";

/** A file in the making that takes rows. */
export interface RowFile {
  /** A promise when the caller should wait before the next row. */
  add(row: unknown): Promise<void> | undefined;
  finish(): Promise<TemporaryFile>;
  /** Leaves nothing behind. Does nothing to a finished file. */
  abort(): Promise<void>;
}

/** How a format makes its files. */
export interface RowFileFormat {
  /** Once per worker: imports what it needs. */
  open(): Promise<() => RowFile>;
}

/** Writes the rows of each bundle into a file of its own. */
export class WriteRowBundles extends DoFn<unknown, TemporaryFile> {
  private readonly format: RowFileFormat;
  private make: (() => RowFile) | undefined;
  private file: RowFile | undefined;

  constructor(format: RowFileFormat) {
    super();
    this.format = format;
  }

  override async setup(): Promise<void> {
    this.make = await this.format.open();
  }

  override process(row: unknown): Promise<void> | undefined {
    this.file ??= this.make?.();
    return this.file?.add(row);
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
 * Deals the rows of a bundle out to the shards, one after the other. Its first row says where to
 * begin: the same bundle deals the same way again, and many short ones don't all begin at 0.
 */
export class DealRows<T> extends DoFn<T, [shard: number, row: T]> {
  private readonly shards: number;
  private readonly coder: Coder<T>;
  private next: number | undefined;

  constructor(shards: number, coder: Coder<T>) {
    super();
    this.shards = shards;
    this.coder = coder;
  }

  override startBundle(): void {
    this.next = undefined;
  }

  override process(row: T, ctx: ProcessContext<[shard: number, row: T]>): void {
    const shard = this.next ?? this.hash(row) % this.shards;
    ctx.output([shard, row]);
    this.next = shard + 1 === this.shards ? 0 : shard + 1;
  }

  /** FNV-1a of its encoding. */
  private hash(row: T): number {
    const bytes = new ByteWriter(256);
    this.coder.encode(row, bytes);
    let value = 0x811c9dc5;
    for (const byte of bytes.view()) value = Math.imul(value ^ byte, 0x01000193);
    return value >>> 0;
  }
}

export type ShardRows = readonly [shard: number, rows: Iterable<unknown>];

/** Writes all rows of a shard into one file. */
export class WriteRowShards extends DoFn<ShardRows, WrittenShard> {
  private readonly format: RowFileFormat;
  private make: (() => RowFile) | undefined;
  private file: RowFile | undefined;

  constructor(format: RowFileFormat) {
    super();
    this.format = format;
  }

  override async setup(): Promise<void> {
    this.make = await this.format.open();
  }

  override async process(
    [shard, rows]: ShardRows,
    ctx: ProcessContext<WrittenShard>,
  ): Promise<void> {
    this.file = this.make?.();
    for (const row of rows) {
      const writing = this.file?.add(row);
      if (writing !== undefined) await writing;
    }
    const written = await this.file?.finish();
    this.file = undefined;
    if (written !== undefined) ctx.output([shard, written]);
  }

  override async teardown(): Promise<void> {
    await this.file?.abort();
    this.file = undefined;
  }
}
