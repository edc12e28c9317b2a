import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LocalRunResult } from "beamline/runners/local";
import { describe, expect, test } from "vitest";

const PIPELINE = new URL("./pipelines/lookups.mjs", import.meta.url).href;
const RUN = fileURLToPath(new URL("./pipelines/memory-of.mjs", import.meta.url));
const MIB = 2 ** 20;

interface Job {
  readonly by: "number" | "string" | "several";
  readonly users: number;
  readonly lookups: number;
}

/** In a process of its own, whose memory nobody else has used. */
async function memoryOf(options: Job, memory: number): Promise<LocalRunResult["memory"]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...[RUN, PIPELINE, JSON.stringify(options), String(memory)],
  ]);
  return JSON.parse(stdout);
}

describe("a side input of some 55 bytes a row", () => {
  // A tenth of the budget is for those in memory, with what threads keep to find their rows.
  test.each<{ job: Job; memory: number; isOnDisk: boolean }>([
    { job: { by: "number", users: 200_000, lookups: 400_000 }, memory: 256, isOnDisk: false },
    { job: { by: "string", users: 200_000, lookups: 400_000 }, memory: 256, isOnDisk: false },
    { job: { by: "number", users: 600_000, lookups: 1000 }, memory: 64, isOnDisk: true },
    { job: { by: "string", users: 600_000, lookups: 1000 }, memory: 64, isOnDisk: true },
    // Its rows would fit. What finds several rows of a key, in two threads, would not.
    { job: { by: "several", users: 100_000, lookups: 1000 }, memory: 128, isOnDisk: true },
  ])("gives the right rows within the budget and 200 MB: %j", async (given) => {
    const { job, memory, isOnDisk } = given;
    const { peakRss, spilledBytes } = await memoryOf(job, memory * MIB);
    expect(spilledBytes > 0).toBe(isOnDisk);
    expect(peakRss).toBeLessThan(memory * MIB + 200e6);
  });
});
