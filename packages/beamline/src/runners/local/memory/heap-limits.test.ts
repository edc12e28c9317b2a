import { expect, test } from "vitest";
import { heapLimits } from "./heap-limits.js";

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
