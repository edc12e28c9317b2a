import { kv } from "../../coders/kv.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { type FileSource, fileSource } from "../filesystem/file-source.js";
import { type Compression, ReadLines } from "./read-lines.js";

export interface ReadTextOptions {
  /**
   * Default: `"auto"`, gzip for names that end in `.gz` or `.bgz`, zstd for `.zst` and `.zstd`. A
   * packed file is read by one worker, since it can't be entered in the middle.
   */
  readonly compression?: Compression;
}

/**
 * The lines of text files, without their ends, in no particular order.
 *
 * Files are UTF-8 with LF or CRLF. They are cut into ranges of bytes that all workers read at the
 * same time. What can't be found or read is reported before the pipeline starts.
 *
 * @param input - Paths, `scheme://` URLs or globs: `*` and `?` within a name, `[a-z]`, `{a,b}`, and
 * `**` for any number of folders. A file is read once, however many of them match it.
 *
 * @example
 * ```ts
 * p.apply(text.read("logs/2024-*.log.gz"));
 * ```
 */
export function read(
  input: string | readonly string[],
  options: ReadTextOptions = {},
): PTransform<Pipeline, PCollection<string>> {
  const { compression, ...source } = sourceOf("text.read", input, options);
  return {
    ...source,
    expand: (pipeline) =>
      source
        .expand(pipeline)
        .parDo("Read", () => new ReadLines<string>({ compression }))
        .withCoder(stringUtf8),
  };
}

/** Like {@link read}, with the path of the file before each line: `[path, line]`. */
export function readWithFile(
  input: string | readonly string[],
  options: ReadTextOptions = {},
): PTransform<Pipeline, PCollection<[path: string, line: string]>> {
  const { compression, ...source } = sourceOf("text.readWithFile", input, options);
  return {
    ...source,
    expand: (pipeline) =>
      source
        .expand(pipeline)
        .parDo("Read", () => {
          const toElement = (line: string, path: string): [string, string] => [path, line];
          return new ReadLines({ compression, toElement });
        })
        .withCoder(kv(stringUtf8, stringUtf8)),
  };
}

function sourceOf(
  name: string,
  input: string | readonly string[],
  { compression = "auto" }: ReadTextOptions,
): FileSource & { readonly compression: Compression } {
  const source = fileSource(name, input, { compression, joins: true, parameters: { compression } });
  return { ...source, compression };
}
