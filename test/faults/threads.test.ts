import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runLocal } from "beamline/runners/local";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pipeline } from "./pipelines/deadly.mjs";

const DEADLY = new URL("./pipelines/deadly.mjs", import.meta.url);

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-threads-"));
});
afterEach(() => {
  delete process.env.BEAMLINE_TEST_DEADLY;
  rmSync(folder, { recursive: true });
});

async function run(how: string, { always = false } = {}) {
  const options = { how, folder, always };
  return await runLocal(pipeline.toGraph(options), {
    code: { url: DEADLY.href, exportName: "pipeline", options },
    workers: 2,
    workerThreads: "always",
  });
}

describe("a worker thread that dies is replaced, and its bundle runs again,", () => {
  test.each(["exits", "throws", "rejects"])("when user code %s", async (how) => {
    const result = await run(how);
    expect(result).toMatchObject({ workers: 2, retries: 1, threadsLost: 1 });
    expect(result.counters).toEqual([{ transform: "Dies", name: "seen", value: 4 }]);
  });

  test("when all threads die at once", async () => {
    expect(await run("each-thread")).toMatchObject({ retries: 2, threadsLost: 2 });
    const threads = new Set(readFileSync(join(folder, "threads"), "utf8").trim().split("\n"));
    expect(threads.size).toBeGreaterThan(2);
  });

  test("when it has given a part of the bundle away", async () => {
    expect(await run("split")).toMatchObject({ retries: 1, threadsLost: 1 });
  });

  test("but not when it dies between bundles", async () => {
    expect(await run("idle")).toMatchObject({ retries: 0, threadsLost: 1 });
  });

  test("but not when its last bundle was committed", async () => {
    const result = await run("commit");
    expect(result.threadsLost).toBe(1);
    expect(result.counters).toEqual([]);
    expect(result.transforms).toContainEqual({ transform: "Commits", elements: 4 });
  });

  test("but not when all is done and it only has to close", async () => {
    const result = await run("teardown");
    expect(result.retries).toBe(0);
    expect(result.threadsLost).toBeGreaterThan(0);
  });

  test("also when it dies while it starts", async () => {
    process.env.BEAMLINE_TEST_DEADLY = folder;
    expect(await run("none")).toMatchObject({ retries: 0, threadsLost: 1 });
  });
});

describe("a job ends, with the reason,", () => {
  test("when a bundle calls process.exit() each time, naming the transform", async () => {
    await expect(run("in-step")).rejects.toMatchObject({
      code: "WORKER_DIED",
      message:
        'Cannot run "Dies": process.exit(7) was called there, which ends the worker thread; throw an error instead',
    });
  });

  test.each([
    ["throws", "TypeError: nobody catches this"],
    ["rejects", "TypeError: nobody awaits this"],
  ])("when a bundle each time %s where nobody catches it", async (how, thrown) => {
    await expect(run(how, { always: true })).rejects.toMatchObject({
      code: "WORKER_DIED",
      message: expect.stringContaining(
        `its worker thread was ended by an error that nobody caught, ${thrown}; catch what callbacks throw`,
      ),
      cause: expect.objectContaining({ name: "TypeError" }),
    });
  });

  test("when no thread gets as far as its first bundle", async () => {
    writeFileSync(join(folder, "always"), "");
    process.env.BEAMLINE_TEST_DEADLY = folder;
    await expect(run("none")).rejects.toMatchObject({
      code: "WORKER_DIED",
      message:
        "Cannot start a worker thread: process.exit(3) was called there, which ends the worker thread; throw an error instead",
    });
  });
});

describe("a worker thread whose heap is full", () => {
  /** In a process of its own, where the heaps of all threads are small. */
  async function hoard(always: boolean): Promise<unknown> {
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--max-old-space-size=96",
      fileURLToPath(new URL("./run-deadly.mjs", DEADLY)),
      JSON.stringify({ how: "hoards", folder, always }),
    ]);
    return JSON.parse(stdout);
  }

  test("is replaced, and its bundle runs again", async () => {
    expect(await hoard(false)).toMatchObject({ state: "done", retries: 1, threadsLost: 1 });
  });

  test("ends the job when it is the same again, naming transforms, the limit and what to do", async () => {
    expect(await hoard(true)).toMatchObject({
      code: "WORKER_OUT_OF_MEMORY",
      message: expect.stringMatching(
        /^Cannot run the steps "Dies", .*: its worker thread ran out of heap memory \(the limit is \d+ MiB for each thread\); .*--memory.*--workers.*NODE_OPTIONS=--max-old-space-size=\d+$/,
      ),
    });
  });
});
