import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLocal } from "beamline/runners/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pipeline as table } from "./pipelines/table.mjs";
import { pipeline as troubles } from "./pipelines/troubles.mjs";

const TABLE_URL = new URL("./pipelines/table.mjs", import.meta.url).href;
const TROUBLES_URL = new URL("./pipelines/troubles.mjs", import.meta.url).href;

describe("the pipeline table", () => {
  test.each([
    { strictEncoding: false, workers: 3 },
    { strictEncoding: true, workers: 2 },
  ])("gives its elements on worker threads: %j", async (options) => {
    const result = await runLocal(table.toGraph({}), {
      ...options,
      code: { url: TABLE_URL, exportName: "pipeline", options: {} },
      workerThreads: "always",
    });
    expect(result).toMatchObject({ state: "done", retries: 0, workers: options.workers });
  });

  test("gives its elements on the main thread, as one job", async () => {
    const result = await runLocal(table.toGraph({}), { strictEncoding: true });
    expect(result).toMatchObject({ state: "done", retries: 0, workers: 1 });
  });
});

describe("runLocal on worker threads", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "beamline-workers-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function run(trouble: string, signal?: AbortSignal) {
    const options = { trouble, file: join(folder, "state") };
    return await runLocal(troubles.toGraph(options), {
      code: { url: TROUBLES_URL, exportName: "pipeline", options },
      workers: 2,
      workerThreads: "always",
      ...(signal === undefined ? {} : { signal }),
    });
  }

  test("runs every bundle there", async () => {
    expect(await run("none")).toMatchObject({ workers: 2, retries: 0 });
  });

  test("stays on the calling thread while there is little to do", async () => {
    const options = { trouble: "none" };
    const small = runLocal(troubles.toGraph(options), {
      code: { url: TROUBLES_URL, exportName: "pipeline", options },
      workers: 2,
    });
    await expect(small).rejects.toThrow("ran on the main thread");
  });

  test("retries a failed bundle; nothing is emitted or counted twice", async () => {
    const result = await run("fails-once");
    expect(result.retries).toBe(1);
    expect(result.counters).toEqual([
      { transform: "Fail", name: "seen", value: 4 },
      { transform: "Batches", name: "finished", value: 4 },
    ]);
  });

  test("brings errors of user functions over with all that people need", async () => {
    const error = await run("fails").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: "UserCodeError",
      code: "USER_CODE_FAILED",
      message: 'Cannot run "Fail" on the element 3: RangeError: no threes',
      transform: "Fail",
      element: "3",
      cause: { name: "RangeError", message: "no threes", cause: { message: "because" } },
    });
    expect((error as Error).stack).toContain("troubles.mjs");
  });

  test("brings rejections over", async () => {
    await expect(run("rejects")).rejects.toThrow(
      'Cannot run "Reject" on the element 3: RangeError: no threes',
    );
  });

  test("says so when user code ends the thread", async () => {
    await expect(run("exits")).rejects.toMatchObject({
      code: "WORKER_DIED",
      message: expect.stringContaining(
        "process.exit(7) was called there, which ends the worker thread",
      ),
    });
  });

  test("says so when a callback throws and nobody catches it", async () => {
    await expect(run("throws-later")).rejects.toMatchObject({
      code: "WORKER_DIED",
      message: expect.stringContaining("TypeError: nobody catches this"),
    });
  });

  test("stops a thread that never lets go", async () => {
    const controller = new AbortController();
    const spinning = run("spins", controller.signal);
    const timer = setInterval(() => {
      if (existsSync(join(folder, "state"))) controller.abort();
    }, 20);
    await expect(spinning).rejects.toMatchObject({ code: "CANCELLED" });
    clearInterval(timer);
  });

  test.each([
    ["counts-builds", "Builds"],
    ["looks-around", "Thread"],
  ])("refuses a build that %s, naming the transform and the causes", async (trouble, transform) => {
    // The module in a worker starts counting anew.
    troubles.toGraph({ trouble });
    await expect(run(trouble)).rejects.toMatchObject({
      code: "GRAPH_MISMATCH",
      message: expect.stringContaining(
        `"${transform}" was made with other parameters in the worker; take what changes from run to run (the clock,`,
      ),
    });
  });

  test("names an export that is no pipeline, and a module that is not there", async () => {
    const options = { trouble: "none" };
    const runFrom = (code: { url: string; exportName?: string }) =>
      runLocal(troubles.toGraph(options), {
        code: { ...code, options },
        workers: 2,
        workerThreads: "always",
      });
    await expect(runFrom({ url: TROUBLES_URL, exportName: "notAPipeline" })).rejects.toMatchObject({
      code: "NOT_A_PIPELINE",
    });
    await expect(runFrom({ url: new URL("./gone.mjs", TROUBLES_URL).href })).rejects.toThrow(
      "gone.mjs",
    );
  });
});
