import { syncBuiltinESMExports } from "node:module";
import v8 from "node:v8";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Pipeline } from "../../../pipeline/pipeline.js";
import { runLocal } from "../run-local.js";
import type { LocalRunOptions } from "../run-options.js";
import { heapLimits, limitGarbage } from "./heap-limits.js";

const MIB = 2 ** 20;

test("heapLimits keeps what is new small in small jobs, and leaves other jobs alone", () => {
  for (const budget of [16, 128, 511]) {
    expect(heapLimits(budget * MIB, [])).toEqual({ maxYoungGenerationSizeMb: 12 });
  }
  expect(heapLimits(512 * MIB, [])).toEqual({});
});

test("heapLimits leaves what somebody has set for Node", () => {
  for (const arg of [
    "--max-semi-space-size=64",
    "--max_semi_space_size=64",
    "--x --max-semi-space-size=64",
  ]) {
    expect(heapLimits(16 * MIB, [arg])).toEqual({});
  }
});

const LIMITED = "--heap-growing-percent=60";
const AS_EVER = "--heap-growing-percent=0";

/** What V8 has been told, which it does not tell again. */
let flags: string[] = [];

beforeEach(() => {
  flags = [];
  const set = v8.setFlagsFromString;
  vi.spyOn(v8, "setFlagsFromString").mockImplementation((flag) => {
    flags.push(flag);
    set(flag);
  });
  syncBuiltinESMExports();
});

afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

describe("limitGarbage", () => {
  test("holds until the last of the jobs that run at once has ended", () => {
    const [endFirst, endSecond] = [limitGarbage(64 * MIB, []), limitGarbage(32 * MIB, [])];
    expect(flags).toEqual([LIMITED]);
    endFirst();
    endFirst();
    expect(flags).toEqual([LIMITED]);
    endSecond();
    expect(flags).toEqual([LIMITED, AS_EVER]);
    limitGarbage(64 * MIB, [])();
    expect(flags).toEqual([LIMITED, AS_EVER, LIMITED, AS_EVER]);
  });

  test("leaves large jobs alone, and what somebody has set for Node", () => {
    limitGarbage(512 * MIB, [])();
    limitGarbage(64 * MIB, ["--heap-growing-percent=20"])();
    limitGarbage(64 * MIB, ["--heap_growing_percent=20"])();
    limitGarbage(64 * MIB, ["--title=x --heap-growing-percent=20"])();
    expect(flags).toEqual([]);
  });

  test("takes NODE_OPTIONS for set", () => {
    vi.stubEnv("NODE_OPTIONS", "--heap-growing-percent=20");
    limitGarbage(64 * MIB)();
    vi.unstubAllEnvs();
    expect(flags).toEqual([]);
  });
});

describe("runLocal with little memory", () => {
  const run = async (options: LocalRunOptions = {}, check = async () => {}) => {
    const pipeline = new Pipeline("test");
    const numbers = pipeline.create([1]);
    numbers.apply({ name: "Checked", expand: (all: typeof numbers) => all, hooks: { check } });
    await runLocal(pipeline.toGraph(), { memory: 64 * MIB, ...options });
  };

  test("limits garbage while it runs", async () => {
    await run();
    expect(flags).toEqual([LIMITED, AS_EVER]);
  });

  test("leaves no limit behind where it fails before it begins", async () => {
    await expect(run({ signal: AbortSignal.abort() })).rejects.toThrow("it was cancelled");
    await expect(run({}, () => Promise.reject(new Error("no such table")))).rejects.toThrow(
      "no such table",
    );
    expect(flags).toEqual([]);
    await run();
    expect(flags.slice(-2)).toEqual([LIMITED, AS_EVER]);
  });
});
