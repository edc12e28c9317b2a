import { RowCoder } from "../../coders/row/row-coder.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { type WriteTextOptions, writeLines } from "../text/write.js";
import { badOption, dialectOf } from "./dialect.js";
import { headerLine, rowFormatter } from "./format-row.js";

export interface WriteCsvOptions extends Pick<WriteTextOptions, "shards" | "compression"> {
  /** Properties to write, in this order. Default: the fields of the rows' schema. */
  readonly columns?: readonly string[];
  /** Whether every file begins with the columns' names. Default: true. */
  readonly header?: boolean;
  /** Between two fields: one ASCII character, such as `"\t"`. Default: `","`. */
  readonly delimiter?: string;
  /** Around fields that need it; doubled in them. Default: `'"'`. */
  readonly quote?: string;
  /** What is written for null and undefined. Default: `""`. */
  readonly nullValue?: string;
  /** Ends every file name, before `.gz` or `.zst`. Default: `".csv"`. */
  readonly suffix?: string;
}

/**
 * Writes one row per element to `prefix-00000-of-00003.csv` and so on, as `text.write` writes lines,
 * and returns the names of these files. `csv.read` with the rows' schema reads them back.
 *
 * Dates are written as ISO strings and bytes as base64; arrays and objects are errors.
 *
 * @param prefix - A path or `scheme://` URL up to the shard number.
 *
 * @example
 * ```ts
 * orders.withSchema(Order).apply(csv.write("out/orders"));
 * counts.apply(csv.write("out/counts", { columns: ["word", "count"] }));
 * ```
 */
export function write(
  prefix: string,
  options: WriteCsvOptions = {},
): PTransform<PCollection<object>, PCollection<string>> {
  const { columns, header = true, delimiter, quote = '"', nullValue = "" } = options;
  const { shards, suffix = ".csv", compression = "none" } = options;
  const dialect = dialectOf("csv.write", {
    quote,
    ...(delimiter === undefined ? {} : { delimiter }),
  });
  const target = { suffix, compression, ...(shards === undefined ? {} : { shards }) };
  // What is wrong with the output shows at once, whatever rows come.
  const { name } = writeLines("csv.write", prefix, target);
  return {
    name,
    parameters: { prefix, ...options },
    expand: (rows) => {
      const names = columns ?? fieldsOf(rows);
      const format = { columns: names, delimiter: dialect.delimiter, quote, nullValue };
      const toLine = rowFormatter(format);
      const first = header ? { header: headerLine(format) } : {};
      return rows
        .map("Format", (row) => toLine(row))
        .withCoder(stringUtf8)
        .apply("Write", writeLines("csv.write", prefix, { ...target, ...first }));
    },
  };
}

/** The fields of the rows' schema. */
function fieldsOf({ builder, id }: PCollection<object>): readonly string[] {
  const coder = builder.coderOf(id);
  if (coder instanceof RowCoder) return coder.schema.fields.map(({ name }) => name);
  throw badOption(
    "csv.write",
    "the rows have no schema that names their columns",
    'give them one with withSchema(), or name the columns: { columns: ["a", "b"] }',
  );
}
