import { stringUtf8 } from "../../coders/string-utf8.js";
import { type Duration, toMilliseconds } from "../../model/duration.js";
import { isBeamlineError } from "../../model/errors.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import type { Pipeline } from "../../pipeline/pipeline.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { poll } from "../../transforms/poll.js";
import { pathOf } from "../filesystem/file-systems.js";
import { matchFiles } from "../filesystem/match-files.js";
import type { ReadTextOptions } from "./read.js";
import { ReadLines, type TextFile } from "./read-lines.js";

export interface WatchTextOptions extends ReadTextOptions {
  /** The pause between two looks for files. */
  readonly every: Duration;
  /** When to stop looking. Default: never. */
  readonly until?: {
    /** Once no new file has come for so long. */
    readonly idle?: Duration;
    /** So long after the start. */
    readonly after?: Duration;
  };
}

/** How far the watch is. */
interface Watched {
  /** Every file that was seen. */
  readonly paths: readonly string[];
  readonly since: number | undefined;
  readonly lastNew: number;
}

/**
 * The lines of files that match a path or glob, those that come later included: a stream. A file is
 * read once, as it is when it is first seen, so move files into place when they are whole.
 *
 * The lines of a file have the time at which it was seen as their timestamp.
 *
 * @example
 * ```ts
 * p.apply(text.watch("in/*.log", { every: { seconds: 30 } }));
 * ```
 */
export function watch(
  pattern: string,
  { every, until = {}, compression = "auto" }: WatchTextOptions,
): PTransform<Pipeline, PCollection<string>> {
  // Throws for a scheme that is not there.
  pathOf(pattern);
  const limit = (name: "idle" | "after") => {
    const duration = until[name];
    return duration === undefined
      ? Number.POSITIVE_INFINITY
      : toMilliseconds(duration, "apply text.watch()");
  };
  const idleMs = limit("idle");
  const afterMs = limit("after");
  const start: Watched = { paths: [], since: undefined, lastNew: 0 };
  return {
    name: "text.watch",
    parameters: { pattern, compression, idleMs, afterMs },
    expand: (p) =>
      p
        .apply(
          poll<TextFile, Watched>("Watch", {
            start,
            every,
            async look({ paths, since, lastNew }, { now, signal }) {
              const seen = new Set(paths);
              const files = await matching(pattern, signal);
              const fresh = files.filter(({ path }) => !seen.has(path));
              const began = since ?? now;
              const latest = fresh.length > 0 ? now : Math.max(lastNew, began);
              return {
                elements: fresh,
                cursor: {
                  paths: [...paths, ...fresh.map(({ path }) => path)],
                  since: began,
                  lastNew: latest,
                },
                isDone: now - latest >= idleMs || now - began >= afterMs,
              };
            },
          }),
        )
        .parDo("Read", () => new ReadLines({ compression, toElement: (line) => line }))
        .withCoder(stringUtf8),
  };
}

/** The files that are there now; none is no error here. */
async function matching(pattern: string, signal: AbortSignal): Promise<TextFile[]> {
  try {
    const files = await matchFiles([pattern], { signal });
    return files.map(({ path, size, version }) => ({ path, size, total: size, version }));
  } catch (error) {
    if (isBeamlineError(error) && error.code === "FILE_NOT_FOUND") return [];
    throw error;
  }
}
