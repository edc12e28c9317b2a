import type { Pipeline } from "../../pipeline/pipeline.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { isRowShape, type RowShape, rowsOf } from "../../schema/rows-of.js";
import type { ReadResult } from "../records/bad-record.js";
import {
  DEFAULT_MAX_RECORD_BYTES,
  type ReadRecordsFileOptions,
  recordSource,
} from "../records/record-source.js";
import { type CsvFormatOptions, csvFormat } from "./csv-format.js";
import { badOption, type DialectOptions, dialectOf } from "./dialect.js";
import { importPapaparse } from "./papaparse.js";

export interface ReadCsvOptions extends ReadRecordsFileOptions, DialectOptions {
  /**
   * True where each file's first line names its columns; names where files have no such line; false
   * where the columns are the schema's fields in their order. Default: true.
   */
  readonly header?: boolean | readonly string[];
  /** What lines begin with that are left out, such as `"#"`. Default: none. */
  readonly comment?: string;
  /** Drops white space at both ends of every field. Default: false. */
  readonly trim?: boolean;
  /** What stands for null in columns that may be null. Default: `[""]`. */
  readonly nullValues?: readonly string[];
  /**
   * Whether fields in quotes may hold newlines. A file of them can't be entered in the middle, and is
   * read by one worker; false cuts every file into parts. Default: `"auto"`, true for a file whose
   * first megabyte has such newlines, and an error where they come later.
   */
  readonly quotedNewlines?: "auto" | boolean;
}

/**
 * The rows of CSV files, in no particular order.
 *
 * With a zod object, or a schema made of one, columns are matched with fields by their names and
 * become the fields' types: numbers, integers, bigints, booleans (`true`, `false`, `1`, `0`), dates
 * (ISO 8601, in UTC if they name no zone), decimals, bytes (base64). Columns that no field asks for are left
 * out; fields that may be null or missing need no column. Without a schema every row is an object of
 * strings.
 *
 * The package `papaparse` does the parsing: `npm install papaparse`.
 *
 * @param input - Paths, URLs and globs as `text.read` takes them.
 *
 * @example
 * ```ts
 * const Order = z.object({ user: z.string(), amount: z.number(), at: z.date().nullable() });
 * p.apply(csv.read("orders/*.csv", Order, { delimiter: ";" }));
 * ```
 */
export function read<T extends object, O extends ReadCsvOptions = ReadCsvOptions>(
  input: string | readonly string[],
  rows: RowShape<T>,
  options?: O,
): PTransform<Pipeline, ReadResult<T, O>>;
export function read<O extends ReadCsvOptions = ReadCsvOptions>(
  input: string | readonly string[],
  options?: O,
): PTransform<Pipeline, ReadResult<Record<string, string>, O>>;
export function read<T extends object>(
  input: string | readonly string[],
  first?: RowShape<T> | ReadCsvOptions,
  second?: ReadCsvOptions,
): PTransform<Pipeline, unknown> {
  const rows = isRowShape<T>(first) ? rowsOf(first) : undefined;
  const options = (isRowShape<T>(first) ? second : first) ?? {};
  const { header = true, comment, quotedNewlines = "auto" } = options;
  const fields = rows?.rows.fields.map(({ name }) => name);
  const format: CsvFormatOptions<T> = {
    dialect: dialectOf("csv.read", options),
    header: header === false ? requireFields(fields) : header,
    rows,
    comment: comment === "" ? undefined : comment,
    trim: options.trim ?? false,
    nullValues: options.nullValues ?? [""],
    quotedNewlines,
    longest: options.maxRecordBytes ?? DEFAULT_MAX_RECORD_BYTES,
  };
  const { rows: _, ...parameters } = format;
  return recordSource<T, ReadCsvOptions>("csv.read", input, options, {
    format: csvFormat(format),
    coder: rows?.coder,
    parameters: { ...parameters, fields: fields ?? null },
    check: importPapaparse,
  });
}

function requireFields(fields: readonly string[] | undefined): readonly string[] {
  if (fields !== undefined) return fields;
  throw badOption(
    "csv.read",
    "header is false and there is no schema to name the columns",
    'give their names: { header: ["a", "b"] }',
  );
}
