import type { Coder } from "../../coders/coder.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { BeamlineError } from "../../model/errors.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { type RowShape, rowsOf } from "../../schema/rows-of.js";
import { requirePacking } from "../compression/codecs.js";
import { pathOf } from "../filesystem/file-systems.js";
import type { ShardedOutput } from "../text/commit-shards.js";
import { temporaryFolder } from "../text/shard-names.js";
import { Commit, hooksOf, requirePrefix, requireShards, requireSuffix } from "../text/write.js";
import { bundledFiles, Deal, dealtFiles, encodingHash } from "../text/write-files.js";
import type { DecimalSize } from "./decimals.js";
import type { ParquetCompression } from "./write/parquet-compression.js";
import { type ParquetFormat, parquetTools } from "./write/parquet-shard.js";
import { PlanParquetShards, parquetFiles } from "./write/write-parquet.js";

export type { DecimalSize, ParquetCompression };

export interface WriteParquetOptions<T> {
  /** What the rows are: a zod object, or the schema made of one. */
  readonly schema: RowShape<T>;
  /** How pages are packed. Default: `"snappy"`, which every reader knows. */
  readonly compression?: ParquetCompression;
  /** Rows in a row group, which is what readers split a file by. Default: 131,072. */
  readonly rowGroupSize?: number;
  /**
   * Digits of decimals by column: `{ price: { precision: 12, scale: 2 } }`, and `"lines.price"` for
   * those in parts. A value that has more is an error. Default: 38 digits, 9 of them behind the point.
   */
  readonly decimals?: Readonly<Record<string, DecimalSize>>;
  /**
   * Exactly so many files, empty ones among them if need be; every row then goes through a
   * shuffle. Default: as many as the work was cut into.
   */
  readonly shards?: number;
  /** Ends every file name. Default: `".parquet"`. */
  readonly suffix?: string;
}

const ROW_GROUP_SIZE = 131_072;

/**
 * Writes rows to `prefix-00000-of-00003.parquet` and so on, and returns the names of these files,
 * which appear all at once, as those of `text.write` do. Needs the packages `hyparquet`,
 * `hyparquet-compressors` and `hyparquet-writer`.
 *
 * A file has a column for each field of the schema, with statistics for those that are numbers,
 * dates and strings: `millis_instant` is a TIMESTAMP in milliseconds, arrays are lists, records and
 * maps are maps, objects are structs.
 *
 * @param prefix - A path or `scheme://` URL up to the shard number. Folders are made.
 *
 * @example
 * ```ts
 * const Total = z.object({ user: z.string(), total: z.number() });
 * totals.apply(parquet.write("out/totals", { schema: Total }));
 * ```
 */
export function write<T extends object>(
  prefix: string,
  options: WriteParquetOptions<T>,
): PTransform<PCollection<T>, PCollection<string>> {
  const { shards, suffix = ".parquet", compression = "snappy" } = options;
  const { rowGroupSize = ROW_GROUP_SIZE, decimals = {} } = options;
  const { rows, coder } = rowsOf(options.schema);
  requirePrefix("parquet.write", prefix);
  requireShards("parquet.write", shards);
  requireSuffix("parquet.write", suffix);
  requireRowGroupSize(rowGroupSize);
  requirePacking("parquet.write", compression, COMPRESSIONS);
  const path = pathOf(prefix);
  const folder = temporaryFolder(path, suffix);
  const nothing = new Uint8Array(0);
  const output: ShardedOutput = {
    prefix: path,
    suffix,
    format: { folder, header: nothing, footer: nothing },
  };
  const format: ParquetFormat = { folder, rows, rowGroupSize, compression, decimals };
  return {
    name: "parquet.write",
    parameters: { prefix, shards, suffix, compression, rowGroupSize, decimals },
    hooks: hooksOf(output, () => parquetTools(format)),
    expand: (elements) =>
      written(elements, format, coder, shards)
        .parDo("Commit", () => new Commit(output))
        .withCoder(stringUtf8),
  };
}

function written<T>(
  elements: PCollection<T>,
  format: ParquetFormat,
  coder: Coder<T>,
  shards: number | undefined,
) {
  const files = parquetFiles(format);
  const plan = () => new PlanParquetShards(format, shards);
  if (shards === undefined) return bundledFiles(elements, files).parDo("Plan", plan);
  const deal = () => new Deal(shards, encodingHash(coder));
  return dealtFiles(elements, files, coder, deal).parDo("Plan", plan);
}

function requireRowGroupSize(size: unknown): void {
  if (typeof size === "number" && Number.isSafeInteger(size) && size >= 1) return;
  throw new BeamlineError(
    "BAD_ROW_GROUP_SIZE",
    `Cannot apply parquet.write(): rowGroupSize is ${String(size)}; give a whole number of 1 or more, or leave it out`,
  );
}

const COMPRESSIONS: readonly ParquetCompression[] = ["snappy", "gzip", "zstd", "brotli", "none"];
