import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLocal } from "beamline/runners/local";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pipeline } from "./pipelines/slow.mjs";

const SLOW_URL = new URL("./pipelines/slow.mjs", import.meta.url).href;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-splits-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(failAt: number) {
  const options = { log: join(folder, "log"), failAt };
  const result = await runLocal(pipeline.toGraph(options), {
    code: { url: SLOW_URL, exportName: "pipeline", options },
    workers: 2,
    workerThreads: "always",
  });
  const lines = readFileSync(options.log, "utf8").trim().split("\n");
  const threads = new Set(lines.map((line) => line.split(" ")[0]));
  const source = result.stages.find(({ stage }) => stage === "Slow");
  return { result, threads: threads.size, bundles: source?.bundles ?? 0 };
}

test("a slow bundle is split while it runs, and idle threads take the rest", async () => {
  const { result, threads, bundles } = await run(-1);
  expect(result.retries).toBe(0);
  expect(threads).toBe(2);
  expect(bundles).toBeGreaterThan(1);
});

test("a bundle that fails after a split runs again without what it gave away", async () => {
  const { result, threads } = await run(60);
  expect(result.retries).toBe(1);
  expect(threads).toBe(2);
});
