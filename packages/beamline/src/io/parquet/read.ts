import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { type RowShape, rowsOf } from "../../schema/rows-of.js";
import { checkFirst } from "../blocks/check-first.js";
import { defaultsOf } from "../blocks/defaults-of.js";
import { fileSource } from "../filesystem/file-source.js";
import type { BadRecordOptions, ReadResult } from "../records/bad-record.js";
import { openFile, planOf } from "./footer.js";
import { ReadParquet } from "./read-parquet.js";
import { RowFilter } from "./where.js";
import type { Where } from "./where-types.js";

export interface ReadParquetOptions<T> extends BadRecordOptions {
  /**
   * Only rows within limits, such as `{ price: { atLeast: 10 }, country: { atLeast: "DE", atMost: "DE" } }`.
   * Row groups that have none, by their statistics, are not read. Default: all rows.
   */
  readonly where?: Where<T>;
}

/**
 * The rows of Parquet files, in no particular order: of each file only the columns that the schema
 * names are read, each row group by one worker.
 *
 * Integers, floats, booleans, strings, bytes, dates, timestamps, decimals, lists, maps and structs
 * become the fields that the schema says; a file whose columns do not fit is reported before the
 * pipeline starts, with all of them. A column that a file lacks is zod's `default()`, or null
 * where it may be. Packed with Snappy, gzip, Zstandard, LZ4 or Brotli. Needs the packages `hyparquet` and
 * `hyparquet-compressors`.
 *
 * A row group that can't be decoded fails the job, or goes to `failures` with
 * `{ onError: "collect" }`.
 *
 * @param input - Paths, `scheme://` URLs or globs, as in `text.read`.
 * @param shape - A zod object, or the schema made of one.
 *
 * @example
 * ```ts
 * const Order = z.object({ id: z.int(), user: z.string(), amount: z.number() });
 * p.apply(parquet.read("s3://shop/orders/*.parquet", Order));
 * ```
 */
export function read<T extends object, const O extends ReadParquetOptions<T> = object>(
  input: string | readonly string[],
  shape: RowShape<T>,
  options?: O & ReadParquetOptions<T>,
): PTransform<Pipeline, ReadResult<T, O>> {
  const { onError = "fail", where }: ReadParquetOptions<T> = options ?? {};
  const schema = rowsOf(shape);
  const { rows, coder } = schema;
  const wanted = { rows, defaults: defaultsOf(schema) };
  const filter = where === undefined ? undefined : new RowFilter(where, rows);
  const source = fileSource("parquet.read", input, {
    parameters: { columns: rows.fields.map(({ name }) => name), onError },
    checkFiles: checkFirst(async (file) => {
      planOf(await openFile(file), wanted);
    }),
  });
  return {
    ...source,
    expand: (pipeline) => {
      const make = () => new ReadParquet<T>(wanted, filter, onError);
      const files = source.expand(pipeline);
      const { out, failures } = files.parDo("Read", make, ["failures"] as const);
      const read: PCollection<T> = out.withCoder(coder);
      return (onError === "collect" ? { out: read, failures } : read) as ReadResult<T, O>;
    },
  };
}
