import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { elementsAre, PIPELINE_TABLE, Pipeline, type RunnerName, runPortable } from "./beamline.js";
import type { JobServer } from "./job-servers.js";

export interface TableOptions {
  readonly runner: RunnerName;
  readonly start: () => Promise<JobServer>;
  /** Rows that the runner must refuse at submit, and in which words. */
  readonly mustFail?: Readonly<Record<string, RegExp>>;
  /** Rows in one job: more than one where jobs are slow to start. Default: 1. */
  readonly rowsPerJob?: number;
}

/**
 * Runs the pipeline table on a runner, with workers in this process. What comes out is compared by
 * the pipeline itself, so that it does not matter where and how often it is run.
 */
export function testTable({ runner, start, mustFail = {}, rowsPerJob = 1 }: TableOptions): void {
  describe(`the pipeline table on ${runner}`, () => {
    let server: JobServer;
    let failed = false;
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server.stop(failed));

    const jobs = chunksOf(
      PIPELINE_TABLE.filter(({ name }) => mustFail[name] === undefined),
      rowsPerJob,
    ).map((rows) => ({ rows, title: rows.map(({ name }) => name).join(", ") }));

    test.each(jobs)("$title", async ({ rows }) => {
      const pipeline = new Pipeline("table");
      for (const { name, build, expected } of rows) {
        pipeline.apply(name, build).apply(`${name} (compared)`, elementsAre(expected));
      }
      const jobEndpoint = server.address;
      const result = await runPortable(pipeline.toGraph(), { jobEndpoint, runner }).catch(
        (error: unknown) => {
          failed = true;
          throw error;
        },
      );
      expect(result.state).toBe("done");
    });

    test.each(PIPELINE_TABLE.filter(({ name }) => mustFail[name] !== undefined))(
      "$name is refused",
      async ({ name, build }) => {
        const pipeline = new Pipeline("refused");
        build(pipeline);
        const run = runPortable(pipeline.toGraph(), { jobEndpoint: server.address, runner });
        await expect(run).rejects.toThrow(mustFail[name]);
      },
    );
  });
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  const chunks: T[][] = [];
  for (let i = 0; i < items.length; i += size) chunks.push(items.slice(i, i + size));
  return chunks;
}
