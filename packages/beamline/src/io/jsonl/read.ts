import type { Pipeline } from "../../pipeline/pipeline.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { isRowShape, type RowShape, rowsOf } from "../../schema/rows-of.js";
import type { ReadResult } from "../records/bad-record.js";
import {
  DEFAULT_MAX_RECORD_BYTES,
  type ReadRecordsFileOptions,
  recordSource,
} from "../records/record-source.js";
import { jsonFormat } from "./json-format.js";

export interface ReadJsonlOptions extends ReadRecordsFileOptions {}

/**
 * The values of files that hold one JSON value a line, in no particular order.
 *
 * With a zod object, or a schema made of one, elements are rows of its type: each value is parsed by
 * it, strings become the dates, bigints (numbers, too), bytes (base64) and maps (objects) that it
 * asks for, and rows have the schema's coder. Without one they are `unknown`.
 *
 * Files are UTF-8 with LF or CRLF, and are cut into ranges of bytes that all workers read at the same
 * time. Empty lines are skipped; of an object's properties of the same name the last one counts.
 *
 * @param input - Paths, URLs and globs as `text.read` takes them.
 *
 * @example
 * ```ts
 * const Order = z.object({ user: z.string(), amount: z.number(), at: z.date() });
 * const { out, failures } = p.apply(
 *   jsonl.read("orders/*.jsonl.gz", Order, { onError: "collect" }),
 * );
 * ```
 */
export function read<T extends object, O extends ReadJsonlOptions = ReadJsonlOptions>(
  input: string | readonly string[],
  rows: RowShape<T>,
  options?: O,
): PTransform<Pipeline, ReadResult<T, O>>;
export function read<O extends ReadJsonlOptions = ReadJsonlOptions>(
  input: string | readonly string[],
  options?: O,
): PTransform<Pipeline, ReadResult<unknown, O>>;
export function read<T extends object>(
  input: string | readonly string[],
  first?: RowShape<T> | ReadJsonlOptions,
  second?: ReadJsonlOptions,
): PTransform<Pipeline, unknown> {
  const rows = isRowShape<T>(first) ? rowsOf(first) : undefined;
  const options = (isRowShape<T>(first) ? second : first) ?? {};
  return recordSource<T, ReadJsonlOptions>("jsonl.read", input, options, {
    format: jsonFormat(rows, options.maxRecordBytes ?? DEFAULT_MAX_RECORD_BYTES),
    coder: rows?.coder,
    parameters: { fields: rows?.rows.fields.map(({ name }) => name) ?? null },
  });
}
