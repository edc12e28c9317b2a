import { kv } from "../../coders/kv.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import { BeamlineError } from "../../model/errors.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { pathOf } from "../filesystem/file-systems.js";
import { matchFiles, requireInput } from "../filesystem/match-files.js";
import { type Compression, ReadLines, type TextFile } from "./read-lines.js";

export interface ReadTextOptions {
  /**
   * Default: `"auto"`, gzip for names that end in `.gz`. A gzip file is read by one worker, since
   * it can't be entered in the middle.
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
  const source = sourceOf("text.read", input, options);
  return {
    ...source,
    expand: (pipeline) =>
      pipeline
        .apply("Match", source.files)
        .parDo(
          "Read",
          () => new ReadLines({ compression: source.compression, toElement: (line) => line }),
        )
        .withCoder(stringUtf8),
  };
}

/** Like {@link read}, with the path of the file before each line: `[path, line]`. */
export function readWithFile(
  input: string | readonly string[],
  options: ReadTextOptions = {},
): PTransform<Pipeline, PCollection<[path: string, line: string]>> {
  const source = sourceOf("text.readWithFile", input, options);
  return {
    ...source,
    expand: (pipeline) =>
      pipeline
        .apply("Match", source.files)
        .parDo("Read", () => {
          const toElement = (line: string, path: string): [string, string] => [path, line];
          return new ReadLines({ compression: source.compression, toElement });
        })
        .withCoder(kv(stringUtf8, stringUtf8)),
  };
}

interface Source extends Pick<PTransform<never, never>, "name" | "parameters" | "hooks"> {
  readonly name: string;
  readonly compression: Compression;
  readonly files: (pipeline: Pipeline) => PCollection<TextFile>;
}

function sourceOf(
  name: string,
  input: string | readonly string[],
  { compression = "auto" }: ReadTextOptions,
): Source {
  const patterns = Object.freeze(typeof input === "string" ? [input] : [...input]);
  requirePatterns(name, patterns);
  return {
    name,
    compression,
    parameters: { input: patterns, compression },
    hooks: { check: () => requireInput(patterns) },
    files: (pipeline) => pipeline.impulse("Start").parDo("List", () => new ListFiles(patterns)),
  };
}

function requirePatterns(name: string, patterns: readonly unknown[]): void {
  if (patterns.length === 0) {
    throw new BeamlineError(
      "NO_INPUT",
      `Cannot apply ${name}(): it got no files; name at least one path or glob`,
    );
  }
  for (const pattern of patterns) {
    if (typeof pattern !== "string" || pattern === "") {
      throw new BeamlineError(
        "NO_INPUT",
        `Cannot apply ${name}(): ${JSON.stringify(pattern) ?? "undefined"} is no path; give a path or a glob as a string`,
      );
    }
    // Throws for a scheme that is not there.
    pathOf(pattern);
  }
}

class ListFiles extends DoFn<Uint8Array, TextFile> {
  private readonly patterns: readonly string[];

  constructor(patterns: readonly string[]) {
    super();
    this.patterns = patterns;
  }

  override async process(_start: Uint8Array, ctx: ProcessContext<TextFile>): Promise<void> {
    const files = await matchFiles(this.patterns, { signal: ctx.signal });
    const total = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size, version } of files) ctx.output({ path, size, total, version });
  }
}
