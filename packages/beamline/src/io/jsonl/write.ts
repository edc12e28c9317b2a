import { stringUtf8 } from "../../coders/string-utf8.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import type { WriteTextOptions } from "../text/write.js";
import { writeLines } from "../text/write.js";
import { jsonFormatter } from "./to-json.js";

export interface WriteJsonlOptions
  extends Pick<WriteTextOptions, "shards" | "suffix" | "compression"> {
  /** Ends every file name, before `.gz` or `.zst`. Default: `".jsonl"`. */
  readonly suffix?: string;
}

/**
 * Writes one JSON value per line to `prefix-00000-of-00003.jsonl` and so on, as `text.write` writes
 * lines, and returns the names of these files.
 *
 * Dates are written as ISO strings, bigints as strings of digits, bytes as base64, maps as objects;
 * `jsonl.read` with a schema reads them back. NaN, sets and other things that JSON lacks are errors.
 *
 * @param prefix - A path or `scheme://` URL up to the shard number.
 *
 * @example
 * ```ts
 * orders.apply(jsonl.write("out/orders", { compression: "zstd" }));
 * ```
 */
export function write(
  prefix: string,
  options: WriteJsonlOptions = {},
): PTransform<PCollection<unknown>, PCollection<string>> {
  const lines = writeLines("jsonl.write", prefix, { suffix: ".jsonl", ...options });
  return {
    name: lines.name,
    parameters: lines.parameters,
    expand: (values) => {
      const toLine = jsonFormatter();
      return values
        .map("Format", (value) => toLine(value))
        .withCoder(stringUtf8)
        .apply("Write", lines);
    },
  };
}
