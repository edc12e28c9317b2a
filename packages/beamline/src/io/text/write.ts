import { stringUtf8 } from "../../coders/string-utf8.js";
import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import type { RunHooks } from "../../graph/run-hooks.js";
import { BeamlineError } from "../../model/errors.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import type { Packing } from "../compression/codec.js";
import { codecOf, packerOf, requireCompression } from "../compression/codecs.js";
import { locate, pathOf } from "../filesystem/file-systems.js";
import { commitShards, placeOf, type ShardedOutput } from "./commit-shards.js";
import { planFixedShards, planShards, type Shard } from "./plan-shards.js";
import { temporaryFolder } from "./shard-names.js";
import { finishShowing, isHalfShown, isLost } from "./show-shards.js";
import { bundledFiles, dealtFiles } from "./write-files.js";
import { DealLines, lineFiles } from "./write-lines.js";

export interface WriteTextOptions {
  /**
   * Exactly so many files, empty ones among them if need be; every line then goes through a
   * shuffle. Default: as many as the work was cut into, with small ones joined.
   */
  readonly shards?: number;
  /** Ends every file name, such as `".txt"`. Default: none. */
  readonly suffix?: string;
  /** First line of every file. Default: none. */
  readonly header?: string;
  /** Last line of every file. Default: none. */
  readonly footer?: string;
  /** How the files are packed; their names then end in `.gz` or `.zst`. Default: `"none"`. */
  readonly compression?: Packing;
}

/**
 * Writes one line per element to `prefix-00000-of-00003` and so on, and returns the names of these
 * files.
 *
 * They appear, all at once, when everything is written: until then an earlier output stays as it
 * is, and a run that fails or is stopped leaves nothing behind. Shards of an earlier run that
 * this one did not replace are removed. An output that can't be written is reported before the
 * pipeline starts.
 *
 * @param prefix - A path or `scheme://` URL up to the shard number. Folders are made.
 *
 * @example
 * ```ts
 * lines.apply(text.write("out/counts", { suffix: ".txt" }));
 * ```
 */
export function write(
  prefix: string,
  options: WriteTextOptions = {},
): PTransform<PCollection<string>, PCollection<string>> {
  return writeLines("text.write", prefix, options);
}

/** {@link write} under the name of another transform. */
export function writeLines(
  name: string,
  prefix: string,
  options: WriteTextOptions,
): PTransform<PCollection<string>, PCollection<string>> {
  const { shards, header, footer, compression = "none" } = options;
  requirePrefix(name, prefix);
  requireShards(name, shards);
  requireSuffix(name, options.suffix ?? "");
  requireCompression(name, compression, "write");
  const suffix = packedSuffix(name, options.suffix ?? "", compression);
  const path = pathOf(prefix);
  const folder = temporaryFolder(path, suffix);
  const output: ShardedOutput = {
    prefix: path,
    suffix,
    format: { folder, header: lineOf(header), footer: lineOf(footer), compression },
  };
  return {
    name,
    parameters: { prefix, ...options },
    hooks: hooksOf(output),
    expand: (lines) =>
      (shards === undefined ? bundled(lines, output) : sharded(lines, output, shards))
        .parDo("Commit", () => new Commit(output))
        .withCoder(stringUtf8),
  };
}

function bundled(lines: PCollection<string>, { format }: ShardedOutput): PCollection<Shard[]> {
  return bundledFiles(lines, lineFiles(format)).map("Plan", (files) => planShards(files));
}

function sharded(
  lines: PCollection<string>,
  { format }: ShardedOutput,
  shards: number,
): PCollection<Shard[]> {
  return dealtFiles(lines, lineFiles(format), stringUtf8, () => new DealLines(shards)).map(
    "Plan",
    (files) => planFixedShards(shards, files),
  );
}

export class Commit extends DoFn<Shard[], string> {
  private readonly output: ShardedOutput;
  private running: Promise<unknown> | undefined;

  constructor(output: ShardedOutput) {
    super();
    this.output = output;
  }

  override async process(shards: Shard[], ctx: ProcessContext<string>): Promise<void> {
    const names = commitShards(this.output, shards, ctx.signal);
    this.running = names;
    for (const name of await names) ctx.output(name);
  }

  /** A cancelled commit comes to rest before anyone clears up behind it. */
  override async teardown(): Promise<void> {
    await this.running?.catch(() => {});
  }
}

/** @param needs - Throws when this process lacks what the format needs. */
export function hooksOf(output: ShardedOutput, needs?: () => Promise<unknown>): RunHooks {
  const { prefix, format } = output;
  return {
    async check() {
      await needs?.();
      await packerOf(format.compression ?? "none")?.require("pack");
      const { fileSystem, path } = await locate(prefix);
      await fileSystem.requireWritable(path);
    },
    async prepare() {
      const place = await placeOf(output);
      await finishShowing(place).catch((error: unknown) => {
        // Nobody can complete it any more: this run's output takes its place.
        if (!isLost(error)) throw error;
      });
      await place.fileSystem.deleteFolder(place.folder);
    },
    async abandon() {
      const place = await placeOf(output);
      // What is complete, and shown in part, is for the next run to show as a whole.
      if (!(await isHalfShown(place))) await place.fileSystem.deleteFolder(place.folder);
    },
  };
}

/** Names say how a file is packed, once. */
function packedSuffix(name: string, suffix: string, compression: Packing): string {
  const own = packerOf(compression)?.suffix ?? "";
  const said = codecOf(suffix, "auto");
  if (said === undefined) return suffix + own;
  if (said.name === compression) return suffix;
  throw new BeamlineError(
    "BAD_SUFFIX",
    `Cannot apply ${name}(): the suffix "${suffix}" is that of ${said.name} files and compression is "${compression}"; set { compression: "${said.name}" }, or choose another suffix`,
  );
}

function lineOf(text: string | undefined): Uint8Array {
  return Buffer.from(text === undefined ? "" : `${text}\n`, "utf8");
}

export function requirePrefix(name: string, prefix: unknown): void {
  if (typeof prefix !== "string" || prefix === "" || /^[a-z0-9+.-]+:\/\/$/i.test(prefix)) {
    throw new BeamlineError(
      "NO_OUTPUT",
      `Cannot apply ${name}(): the output prefix is ${JSON.stringify(prefix) ?? "undefined"}; give a path that the file names begin with, such as "out/part"`,
    );
  }
  if (/[\\/]$/.test(prefix)) {
    throw new BeamlineError(
      "OUTPUT_IS_A_DIRECTORY",
      `Cannot apply ${name}(): the output prefix "${prefix}" is a folder; add what the file names should begin with, such as "${prefix}part"`,
    );
  }
}

export function requireShards(name: string, shards: unknown): void {
  if (shards === undefined) return;
  if (typeof shards === "number" && Number.isSafeInteger(shards) && shards >= 1) return;
  throw new BeamlineError(
    "BAD_SHARDS",
    `Cannot apply ${name}(): shards is ${String(shards)}; give a whole number of 1 or more, or leave it out`,
  );
}

export function requireSuffix(name: string, suffix: unknown): void {
  if (typeof suffix === "string" && !/[\\/]/.test(suffix)) return;
  throw new BeamlineError(
    "BAD_SUFFIX",
    `Cannot apply ${name}(): the suffix is ${JSON.stringify(suffix) ?? "undefined"}; give the end of a file name, without a slash`,
  );
}
