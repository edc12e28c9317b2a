import type { Coder } from "../../coders/coder.js";
import { js } from "../../coders/js.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { type RowShape, rowsOf } from "../../schema/rows-of.js";
import { checkFirst } from "../blocks/check-first.js";
import { defaultsOf } from "../blocks/defaults-of.js";
import { fileSource } from "../filesystem/file-source.js";
import type { BadRecordOptions, ReadResult } from "../records/bad-record.js";
import { openAvroFile, ReadAvro } from "./read-avro.js";
import type { WantedRows } from "./record-decoder.js";

export interface ReadAvroOptions extends BadRecordOptions {}

/** What a record is that is read without a schema: plain values, by the file's schema. */
export type AvroRecord = Readonly<Record<string, unknown>>;

/**
 * The records of Avro object container files, in no particular order. Files are cut into ranges
 * that all workers read at the same time; blocks may be packed with deflate, Snappy or Zstandard.
 * Needs the package `avsc`.
 *
 * With a schema they are its rows: fields that it does not name are skipped, one that a file lacks
 * is zod's `default()`, or null where it may be. What does not fit is reported before the pipeline
 * starts, all of it. Without one they are objects as the file's schema has them, dates and
 * timestamps as `Date`s, decimals as strings.
 *
 * A block that can't be decoded fails the job, or goes to `failures` with `{ onError: "collect" }`.
 *
 * @param input - Paths, `scheme://` URLs or globs, as in `text.read`.
 * @param shape - A zod object, or the schema made of one.
 *
 * @example
 * ```ts
 * const Click = z.object({ user: z.string(), at: z.date(), page: z.string().nullable() });
 * p.apply(avro.read("clicks/*.avro", Click));
 * ```
 */
export function read<const O extends ReadAvroOptions = object>(
  input: string | readonly string[],
  shape?: undefined,
  options?: O & ReadAvroOptions,
): PTransform<Pipeline, ReadResult<AvroRecord, O>>;
export function read<T extends object, const O extends ReadAvroOptions = object>(
  input: string | readonly string[],
  shape: RowShape<T>,
  options?: O & ReadAvroOptions,
): PTransform<Pipeline, ReadResult<T, O>>;
export function read(
  input: string | readonly string[],
  shape?: RowShape<object>,
  { onError = "fail" }: ReadAvroOptions = {},
): PTransform<Pipeline, unknown> {
  const schema = shape === undefined ? undefined : rowsOf(shape);
  const wanted: WantedRows = {
    rows: schema?.rows,
    defaults: schema === undefined ? new Map() : defaultsOf(schema),
  };
  const source = fileSource("avro.read", input, {
    parameters: { fields: schema?.rows.fields.map(({ name }) => name), onError },
    checkFiles: checkFirst(async (file) => {
      await openAvroFile(file, wanted);
    }),
  });
  return {
    ...source,
    expand: (pipeline) => {
      const make = () => new ReadAvro<unknown>(wanted, onError);
      const files = source.expand(pipeline);
      const { out, failures } = files.parDo("Read", make, ["failures"] as const);
      const coder = (schema?.coder ?? js) as Coder<unknown>;
      const read: PCollection<unknown> = out.withCoder(coder);
      return onError === "collect" ? { out: read, failures } : read;
    },
  };
}
