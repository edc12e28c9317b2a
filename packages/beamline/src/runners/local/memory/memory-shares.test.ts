import { expect, test } from "vitest";
import { defaultMemory, LEAST_MEMORY, memoryShares } from "./memory-shares.js";

const MIB = 2 ** 20;

test.each([
  [LEAST_MEMORY, 1],
  [64 * MIB, 2],
  [1024 * MIB, 2],
  [1024 * MIB, 64],
  [256 * 1024 * MIB, 8],
])("memoryShares of %d bytes over %d threads stay within the budget", (budget, parallelism) => {
  const shares = memoryShares(budget, parallelism);
  const { arenaBytes, pageBytes, waitingBytes, gatherBytes, tableBytes } = shares;
  const { loadBytes, mostLoadBytes } = shares;
  expect(arenaBytes + parallelism * (1.5 * mostLoadBytes + tableBytes)).toBeLessThan(budget);
  expect(waitingBytes + parallelism * gatherBytes).toBeLessThanOrEqual(arenaBytes);
  expect(pageBytes * 8).toBeLessThanOrEqual(arenaBytes);
  expect(Math.log2(pageBytes) % 1).toBe(0);
  expect(loadBytes).toBeLessThanOrEqual(mostLoadBytes / 2);
  expect(shares.frameBytes).toBeLessThanOrEqual(loadBytes);
});

test("memoryShares come to no more than the budget with all that each is for", () => {
  for (const parallelism of [1, 2, 64]) {
    const budget = 1024 * MIB;
    const shares = memoryShares(budget, parallelism);
    const { arenaBytes, mostLoadBytes, tableBytes, sideBytes } = shares;
    // Two loads at once, and half as much again as tables for decoded side inputs.
    const ofThreads = parallelism * (2 * mostLoadBytes + 1.5 * tableBytes);
    expect(arenaBytes + sideBytes + ofThreads).toBeLessThanOrEqual(budget);
  }
});

test.each([0, -1, LEAST_MEMORY - 1, Number.NaN, Number.POSITIVE_INFINITY])(
  "memoryShares refuses %d bytes",
  (memory) => {
    expect(() => memoryShares(memory, 2)).toThrow(/^Cannot run with .* bytes of memory: give/);
  },
);

test("memoryShares without a budget are those of half of what there is", () => {
  expect(memoryShares(undefined, 2).budget).toBe(defaultMemory());
  expect(defaultMemory()).toBeGreaterThanOrEqual(LEAST_MEMORY);
});
