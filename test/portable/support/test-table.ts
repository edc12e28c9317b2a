import { describe, expect, test } from "vitest";
import {
  BeamlineError,
  compareBags,
  globalWindows,
  type PCollection,
  PIPELINE_TABLE,
  Pipeline,
  type RunnerName,
  runPortable,
  toList,
} from "./beamline.js";
import type { UseServer } from "./use-server.js";

export interface TableOptions {
  readonly runner: RunnerName;
  readonly server: UseServer;
  /** Rows that the runner must refuse at submit, and in which words. */
  readonly mustFail?: Readonly<Record<string, RegExp>>;
  /** Rows in one job: more than one where jobs are slow to start. Default: 1. */
  readonly rowsPerJob?: number;
}

/**
 * Runs the pipeline table on a runner, with workers in this process. What comes out is compared by
 * the pipeline itself, so that it does not matter where and how often it is run; a counter tells that
 * it was.
 */
export function testTable({ runner, server, mustFail = {}, rowsPerJob = 1 }: TableOptions): void {
  describe(`the pipeline table on ${runner}`, () => {
    const jobs = chunksOf(
      PIPELINE_TABLE.filter(({ name }) => mustFail[name] === undefined),
      rowsPerJob,
    ).map((rows) => ({ rows, title: rows.map(({ name }) => name).join(", ") }));

    test.each(jobs)("$title", async ({ rows }) => {
      const pipeline = new Pipeline("table");
      for (const { name, build, expected } of rows) {
        requireElements(name, pipeline.apply(name, build), expected);
      }
      const result = await runPortable(pipeline.toGraph(), {
        jobEndpoint: server.address(),
        runner,
      });
      expect(result.state).toBe("done");
      const compared = result.counters.filter(({ name }) => name === "compared");
      expect(compared.map(({ transform }) => transform)).toEqual(
        rows.map(({ name }) => `${name} (compared)`),
      );
    });

    test.each(PIPELINE_TABLE.filter(({ name }) => mustFail[name] !== undefined))(
      "$name is refused",
      async ({ name, build }) => {
        const pipeline = new Pipeline("refused");
        build(pipeline);
        const run = runPortable(pipeline.toGraph(), { jobEndpoint: server.address(), runner });
        await expect(run).rejects.toThrow(mustFail[name]);
      },
    );
  });
}

function requireElements(
  name: string,
  elements: PCollection<unknown>,
  expected: readonly unknown[],
): void {
  // What is in windows would be compared window by window.
  const all = elements.window(`${name} (window)`, globalWindows());
  all.combineGlobally(`${name} (gathered)`, toList()).map(`${name} (compared)`, (actual, ctx) => {
    const { missing, unexpected } = compareBags(actual, expected);
    if (missing.length > 0 || unexpected.length > 0) {
      const message = `${missing.length} missing, ${unexpected.length} unexpected`;
      throw new BeamlineError("ELEMENTS_DIFFER", `Cannot accept the elements: ${message}`);
    }
    ctx.counter("compared").inc();
    return null;
  });
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let i = 0; i < items.length; i += size) chunks.push(items.slice(i, i + size));
  return chunks;
}
