import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Coder } from "../../coders/coder.js";
import { kv } from "../../coders/kv.js";
import { varint } from "../../coders/varint.js";
import { combineFn } from "../../fn/combine-fn.js";
import type { BundleContext, ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import { internalError } from "../../model/errors.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { TemporaryFile } from "./shard-file.js";

/** A file in the making that takes elements. */
export interface OutputFile<T = unknown> {
  /** A promise when the caller should wait before the next element. */
  add(element: T): Promise<void> | undefined;
  finish(): Promise<TemporaryFile>;
  /** Leaves nothing behind. Does nothing to a finished file. */
  abort(): Promise<void>;
}

/** How a format makes its files. */
export interface OutputFormat<T = unknown> {
  /** Once per worker: imports what it needs. */
  open(): Promise<() => OutputFile<T>>;
}

export type WrittenShard = readonly [shard: number, file: TemporaryFile];

/** The files that the elements' bundles have been written to, each into one of its own. */
export function bundledFiles<T>(
  elements: PCollection<T>,
  format: OutputFormat<T>,
): PCollection<TemporaryFile[]> {
  return elements
    .parDo("Write", () => new WriteBundles(format))
    .combineGlobally("Gather", gather<TemporaryFile>());
}

/** The files of shards, each with the elements that `deal` gives it. */
export function dealtFiles<T>(
  elements: PCollection<T>,
  format: OutputFormat<T>,
  coder: Coder<T>,
  deal: () => Deal<T>,
): PCollection<WrittenShard[]> {
  return elements
    .parDo("Deal", deal)
    .withCoder(kv(varint, coder) as unknown as Coder<[number, T]>)
    .groupByKey("Shards")
    .parDo("Write", () => new WriteShards(format))
    .combineGlobally("Gather", gather<WrittenShard>());
}

/** All elements in one array, an empty one too. */
function gather<T>() {
  return combineFn<T, T[], T[]>({
    create: () => [],
    add: (all, one) => {
      all.push(one);
      return all;
    },
    merge: (all, more) => all.concat(more),
    extract: (all) => all,
  });
}

/** A step that has one file in the making at a time. */
abstract class WriteFiles<In, Out, T> extends DoFn<In, Out> {
  protected file: OutputFile<T> | undefined;
  private readonly format: OutputFormat<T>;
  private make: (() => OutputFile<T>) | undefined;

  constructor(format: OutputFormat<T>) {
    super();
    this.format = format;
  }

  override async setup(): Promise<void> {
    this.make = await this.format.open();
  }

  /** A file that is still here belongs to a bundle that failed. */
  override async teardown(): Promise<void> {
    await this.file?.abort();
    this.file = undefined;
  }

  protected begin(): OutputFile<T> {
    if (this.make === undefined) throw internalError("A step that writes files was not set up");
    this.file = this.make();
    return this.file;
  }
}

/** Writes the elements of each bundle into a file of its own. */
class WriteBundles<T> extends WriteFiles<T, TemporaryFile, T> {
  override process(element: T): Promise<void> | undefined {
    return (this.file ?? this.begin()).add(element);
  }

  override async finishBundle(ctx: BundleContext<TemporaryFile>): Promise<void> {
    const { file } = this;
    if (file === undefined) return;
    const written = await file.finish();
    this.file = undefined;
    ctx.output(written);
  }
}

/** Writes all elements of a shard into one file. */
class WriteShards<T> extends WriteFiles<
  readonly [shard: number, elements: Iterable<T>],
  WrittenShard,
  T
> {
  override async process(
    [shard, elements]: readonly [shard: number, elements: Iterable<T>],
    ctx: ProcessContext<WrittenShard>,
  ): Promise<void> {
    const file = this.begin();
    for (const element of elements) {
      const writing = file.add(element);
      if (writing !== undefined) await writing;
    }
    const written = await file.finish();
    this.file = undefined;
    ctx.output([shard, written]);
  }
}

/**
 * Deals the elements of a bundle out to the shards, one after the other. Its first element says where
 * to begin: the same bundle deals the same way again, and many short ones don't all begin at 0.
 */
export class Deal<T> extends DoFn<T, [shard: number, element: T]> {
  private readonly shards: number;
  private readonly hashOf: (element: T) => number;
  private next: number | undefined;

  constructor(shards: number, hashOf: (element: T) => number) {
    super();
    this.shards = shards;
    this.hashOf = hashOf;
  }

  override startBundle(): void {
    this.next = undefined;
  }

  override process(element: T, ctx: ProcessContext<[shard: number, element: T]>): void {
    const shard = this.next ?? this.hashOf(element) % this.shards;
    ctx.output([shard, element]);
    this.next = shard + 1 === this.shards ? 0 : shard + 1;
  }
}

/** FNV-1a of an element's encoding. */
export function encodingHash<T>(coder: Coder<T>): (element: T) => number {
  return (element) => {
    const bytes = new ByteWriter(256);
    coder.encode(element, bytes);
    let value = 0x811c9dc5;
    for (const byte of bytes.view()) value = Math.imul(value ^ byte, 0x01000193);
    return value >>> 0;
  };
}
