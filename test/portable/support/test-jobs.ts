import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  cancelJob,
  type JobState,
  jobMetrics,
  listJobs,
  Pipeline,
  type RunnerName,
  runPortable,
  showJob,
  submitPortable,
  text,
  UserCodeError,
  waitJob,
} from "./beamline.js";
import type { UseServer } from "./use-server.js";

export interface JobsOptions {
  readonly runner: RunnerName;
  readonly server: UseServer;
  /** How it fails when a worker's process cannot be started. */
  readonly processFailure: { readonly code: string; readonly message: unknown };
}

/** The life of jobs on a runner: success, failure, cancellation, and what can be asked of it. */
export function testJobs({ runner, server, processFailure }: JobsOptions): void {
  describe(`jobs on ${runner}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "beamline-portable-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const options = () => ({ jobEndpoint: server.address(), runner });

    test("files are read, counted and written", async () => {
      const input = join(folder, "in.txt");
      const lines = Array.from({ length: 5_000 }, (_, i) => `line ${i % 10}`);
      writeFileSync(input, lines.join("\n"));
      const pipeline = new Pipeline("files");
      pipeline
        .apply(text.read(input))
        .map("Note", (line, ctx) => {
          ctx.counter("lines").inc();
          return line;
        })
        .countPerElement()
        .map("Format", ([line, count]) => `${line}: ${count}`)
        .apply(text.write(join(folder, "out")));
      const states: JobState[] = [];
      const result = await runPortable(pipeline.toGraph(), {
        ...options(),
        onState: (state) => states.push(state),
      });
      expect(states.at(-1)).toBe("done");
      expect(result.counters).toEqual([{ transform: "Note", name: "lines", value: 5_000 }]);
      const written = readdirSync(folder)
        .filter((name) => name.startsWith("out"))
        .flatMap((name) => readFileSync(join(folder, name), "utf8").trim().split("\n"));
      expect(written.filter((line) => line !== "").sort()).toEqual(
        Array.from({ length: 10 }, (_, i) => `line ${i}: 500`),
      );

      const summary = (await listJobs(server.address())).find(
        ({ jobId }) => jobId === result.jobId,
      );
      expect(summary).toMatchObject({ name: "files", state: "done" });
      const job = { jobEndpoint: server.address(), jobId: result.jobId };
      const details = await showJob(job);
      expect(details).toMatchObject({ state: "done", counters: result.counters });
      const { attempted, committed } = await jobMetrics(job);
      expect([...attempted, ...committed]).toContainEqual(result.counters[0]);
      expect(await waitJob(job)).toMatchObject({ state: "done", counters: result.counters });
      expect(await cancelJob(job)).toBe("done");
    });

    test("a missing input is reported before anything starts", async () => {
      const pipeline = new Pipeline("missing");
      pipeline.apply(text.read(join(folder, "nothing-*.txt")));
      const before = (await listJobs(server.address())).length;
      await expect(runPortable(pipeline.toGraph(), options())).rejects.toThrow("nothing-*.txt");
      expect((await listJobs(server.address())).length).toBe(before);
    });

    test("an error of the user's function comes back with its line, transform and element", async () => {
      const pipeline = new Pipeline("boom");
      pipeline
        .create(["a", "b", "c"])
        .reshuffle()
        .map("Boom", (letter) => {
          if (letter === "b") throw new RangeError("no b, please");
          return letter;
        });
      const error: unknown = await runPortable(pipeline.toGraph(), options()).catch((e) => e);
      expect(error).toBeInstanceOf(UserCodeError);
      expect(error).toMatchObject({
        code: "USER_CODE_FAILED",
        transform: "Boom",
        element: "'b'",
        reason: "RangeError: no b, please",
        message: `Cannot run "Boom" on the element 'b': RangeError: no b, please`,
      });
      expect((error as Error).stack).toContain("test-jobs");
      expect((error as Error).stack).not.toContain("java");
    });

    test("aborting the signal cancels the job", async () => {
      const abort = new AbortController();
      const pipeline = new Pipeline("endless");
      pipeline.create([1]).mapAsync("Wait", async (n, ctx) => {
        setTimeout(() => abort.abort(), 100);
        await new Promise((resolve) => {
          ctx.signal.addEventListener("abort", resolve, { once: true });
        });
        return n;
      });
      const states: JobState[] = [];
      const run = runPortable(pipeline.toGraph(), {
        ...options(),
        signal: abort.signal,
        onState: (state) => states.push(state),
      });
      await expect(run).rejects.toMatchObject({ code: "CANCELLED" });
      expect(states).toContain("running");
    });

    test("workers that do not start fail the job in one sentence, or are refused", async () => {
      const pipeline = new Pipeline("nowhere");
      pipeline.create([1]).map((n) => n);
      const run = submitPortable(pipeline.toGraph(), {
        ...options(),
        environment: { kind: "process", command: "/nowhere/boot" },
      }).then((submitted) => waitJob(submitted));
      const error: unknown = await run.catch((e) => e);
      expect(error).toMatchObject(processFailure);
      expect((error as Error).message).not.toContain("\n");
    });
  });
}
