import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type BundleContext, DoFn, Pipeline, runPortable, text } from "./support/beamline.js";
import { startSpark } from "./support/java-job-servers.js";
import { everyStream, mergingWindowRows } from "./support/refused-rows.js";
import { testExternalWorkers } from "./support/test-external-workers.js";
import { testJobs } from "./support/test-jobs.js";
import { testProcessWorkers } from "./support/test-process-workers.js";
import { testStreams } from "./support/test-streams.js";
import { testTable } from "./support/test-table.js";
import { useServer } from "./support/use-server.js";

const server = useServer(startSpark);
testJobs({
  runner: "spark",
  server,
  processFailure: { code: "JOB_FAILED", message: expect.stringContaining("/nowhere/boot") },
});
testProcessWorkers("spark", server, { retries: true });
testExternalWorkers("spark", server);
testTable({ mustFail: mergingWindowRows, runner: "spark", server, rowsPerJob: 6 });
testStreams({ mustFail: everyStream, runner: "spark", server });

test("a source is read by several tasks of Spark", async () => {
  const folder = mkdtempSync(join(tmpdir(), "beamline-spark-read-"));
  try {
    const input = join(folder, "in.txt");
    writeFileSync(input, `${"x".repeat(99)}\n`.repeat(60_000));
    const pipeline = new Pipeline("spread");
    pipeline.apply(text.read(input)).parDo("CountBundles", () => new CountBundles());
    const { counters } = await runPortable(pipeline.toGraph(), {
      jobEndpoint: server.address(),
      runner: "spark",
    });
    const counterOf = (wanted: string) => counters.find(({ name }) => name === wanted)?.value;
    expect(counterOf("lines")).toBe(60_000);
    // Each task is a bundle; without the shuffle after the split there is one.
    expect(counterOf("bundles with lines")).toBe(2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

class CountBundles extends DoFn<string, never> {
  private lines = 0;

  override startBundle(): void {
    this.lines = 0;
  }

  override process(): void {
    this.lines++;
  }

  override finishBundle(ctx: BundleContext<never>): void {
    ctx.counter("lines").inc(this.lines);
    if (this.lines > 0) ctx.counter("bundles with lines").inc();
  }
}
