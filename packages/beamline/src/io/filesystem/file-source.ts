import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import { BeamlineError } from "../../model/errors.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import type { Compression } from "../compression/codec.js";
import { codecOf, requireCompression } from "../compression/codecs.js";
import type { FileInfo } from "./file-system.js";
import { pathOf } from "./file-systems.js";
import type { InputFile } from "./input-file.js";
import { joinSmall } from "./join-small.js";
import { matchFiles, requireInput } from "./match-files.js";

/** What a source of files has in common with all others: its name, checks, and the list of files. */
export interface FileSource
  extends Pick<PTransform<never, never>, "name" | "parameters" | "hooks"> {
  readonly name: string;
  /** The files that match. */
  expand(pipeline: Pipeline): PCollection<InputFile>;
}

export interface FileSourceOptions {
  readonly compression?: Compression;
  /** Whether the reader knows what to do with {@link InputFile.joined}. Default: false. */
  readonly joins?: boolean;
  /** What else the source was made with. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Throws when this process lacks what the source needs. */
  readonly check?: () => Promise<unknown>;
  /** Throws when the files are not what the source reads. */
  readonly checkFiles?: (files: readonly FileInfo[]) => Promise<void>;
}

/**
 * The files of a source, which are looked for twice: before the pipeline starts, so that what is
 * missing is reported at once, and in it.
 */
export function fileSource(
  name: string,
  input: string | readonly string[],
  { compression = "none", joins = false, parameters = {}, check, checkFiles }: FileSourceOptions,
): FileSource {
  const patterns = Object.freeze(typeof input === "string" ? [input] : [...input]);
  requirePatterns(name, patterns);
  requireCompression(name, compression, "read");
  return {
    name,
    parameters: { input: patterns, ...parameters },
    hooks: {
      async check() {
        await check?.();
        const files = await requireInput(patterns);
        const codecs = new Set(files.map(({ path }) => codecOf(path, compression)));
        for (const codec of codecs) await codec?.require("unpack");
        await checkFiles?.(files);
      },
    },
    expand: (pipeline) =>
      pipeline.apply("Match", (p: Pipeline) =>
        p
          .impulse("Start")
          .parDo("List", () => new ListFiles(patterns, joins ? compression : undefined)),
      ),
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

class ListFiles extends DoFn<Uint8Array, InputFile> {
  private readonly patterns: readonly string[];
  private readonly compression: Compression | undefined;

  /** @param compression - Of the files, where small ones may be joined unless they are packed. */
  constructor(patterns: readonly string[], compression: Compression | undefined) {
    super();
    this.patterns = patterns;
    this.compression = compression;
  }

  override async process(_start: Uint8Array, ctx: ProcessContext<InputFile>): Promise<void> {
    const found = await matchFiles(this.patterns, { signal: ctx.signal });
    const total = found.reduce((sum, { size }) => sum + size, 0);
    const files = found.map(({ path, size, version }) => ({ path, size, total, version }));
    const { compression } = this;
    const isPacked = (path: string) => codecOf(path, compression ?? "none") !== undefined;
    const elements = compression === undefined ? files : joinSmall(files, isPacked);
    for (const file of elements) ctx.output(file);
  }
}
