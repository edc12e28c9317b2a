import { describe, expect, test } from "vitest";
import type { Block } from "./block.js";
import { type Bundle, bundleByPart, bundleByPartition, bundleGuided } from "./bundling.js";

const MIB = 1024 * 1024;

function block(weight: number, partition = 0): Block {
  return { bytes: new Uint8Array(0), records: 1, weight, partition };
}

function blocks(count: number, weight: number): Block[] {
  return Array.from({ length: count }, (_, i) => block(weight, i));
}

/** Every block is in exactly one bundle, and no bundle is empty or wrongly weighed. */
function expectAllOf(bundles: readonly Bundle[], given: readonly Block[]): void {
  const bundled = bundles.flatMap((bundle) => [...bundle.blocks]);
  expect(bundled.length).toBe(given.length);
  expect(new Set(bundled)).toEqual(new Set(given));
  for (const bundle of bundles) {
    expect(bundle.blocks.length).toBeGreaterThan(0);
    expect(bundle.weight).toBe(bundle.blocks.reduce((sum, { weight }) => sum + weight, 0));
  }
}

describe("bundleGuided", () => {
  test.each([
    [0, 1, 1],
    [1, 5, 2],
    [100, 1000, 1],
    [100, 1000, 8],
    [64, 4 * MIB, 2],
    [5, 0, 2],
  ])("bundles each of %i blocks of %i bytes once, for %i workers", (count, weight, parallelism) => {
    const given = blocks(count, weight);
    expectAllOf(bundleGuided(given, { parallelism }), given);
  });

  test("begins with large bundles and ends with small ones", () => {
    const weights = bundleGuided(blocks(100, 1000), { parallelism: 2 }).map(({ weight }) => weight);
    expect(weights[0]).toBe(25_000);
    expect(weights).toEqual([...weights].sort((a, b) => b - a));
    expect(weights.at(-1)).toBe(1000);
    expect(weights.length).toBeLessThan(25);
  });

  test("makes no bundle much larger than 64 MiB", () => {
    const bundles = bundleGuided(blocks(256, 4 * MIB), { parallelism: 1 });
    expect(Math.max(...bundles.map(({ weight }) => weight))).toBe(64 * MIB);
  });
});

describe("bundleByPart", () => {
  test("puts blocks of the same index together, whoever made them", () => {
    const given = [block(1, 0), block(2, 1), block(3, 0), block(4, 1), block(5, 2)];
    const bundles = bundleByPart(given);
    expectAllOf(bundles, given);
    expect(bundles.map(({ weight }) => weight)).toEqual([4, 6, 5]);
  });

  test("makes nothing of nothing", () => {
    expect(bundleByPart([])).toEqual([]);
  });
});

describe("bundleByPartition", () => {
  test("never divides a partition", () => {
    const given = [...blocks(32, MIB), ...blocks(32, MIB), ...blocks(5, 3 * MIB)];
    const bundles = bundleByPartition(given, { parallelism: 4 });
    expectAllOf(bundles, given);
    const seen = new Set<number>();
    for (const bundle of bundles) {
      for (const partition of new Set(bundle.blocks.map((each) => each.partition))) {
        expect(seen.has(partition)).toBe(false);
        seen.add(partition);
      }
    }
  });

  test("makes one bundle of little data", () => {
    expect(bundleByPartition(blocks(16, 1000), { parallelism: 4 }).length).toBe(1);
  });

  test("makes about three bundles a worker of much data", () => {
    const { length } = bundleByPartition(blocks(64, 2 * MIB), { parallelism: 4 });
    expect(length).toBeGreaterThanOrEqual(8);
    expect(length).toBeLessThanOrEqual(12);
  });

  test("makes nothing of nothing", () => {
    expect(bundleByPartition([], { parallelism: 2 })).toEqual([]);
  });
});
