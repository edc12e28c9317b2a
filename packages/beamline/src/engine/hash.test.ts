import { describe, expect, test } from "vitest";
import { hashBytes } from "./hash.js";

function hashText(text: string): number {
  const bytes = Buffer.from(text);
  return hashBytes(bytes, 0, bytes.length);
}

/** The largest distance of `counts` from an even spread, in the standard deviations of chance. */
function unevenness(counts: readonly number[], total: number): number {
  const expected = total / counts.length;
  return Math.max(...counts.map((n) => Math.abs(n - expected))) / Math.sqrt(expected);
}

const families: Readonly<Record<string, (i: number) => string>> = {
  "numbers in text": String,
  "a long common prefix": (i) => `customer/2024/europe/${i}`,
  "a long common suffix": (i) => `${i}.example.org/index.html`,
  "multiples of 1024": (i) => String(i * 1024),
  "single bits": (i) => String.fromCharCode(i & 0xff, i >> 8),
  "runs of one letter": (i) => "a".repeat(i % 3000) + (i / 3000).toFixed(0),
};

describe.each(Object.entries(families))("hashBytes of keys with %s", (_name, keyOf) => {
  const total = 20_000;
  const hashes = Array.from({ length: total }, (_, i) => hashText(keyOf(i)));

  test.each([4, 7, 64])("spreads evenly over %i partitions, by its upper bits", (partitions) => {
    const counts = Array<number>(partitions).fill(0);
    for (const hash of hashes) {
      const at = Math.floor((hash / 2 ** 32) * partitions);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    expect(unevenness(counts, total)).toBeLessThan(5);
  });

  test("spreads evenly over table slots, by its lower bits", () => {
    const counts = Array<number>(256).fill(0);
    for (const hash of hashes) counts[hash & 255] = (counts[hash & 255] ?? 0) + 1;
    expect(unevenness(counts, total)).toBeLessThan(5);
  });

  test("has lower bits that do not follow from the upper ones", () => {
    const counts = Array<number>(64).fill(0);
    const inFirstPartition = hashes.filter((hash) => hash < 2 ** 32 / 4);
    for (const hash of inFirstPartition) counts[hash & 63] = (counts[hash & 63] ?? 0) + 1;
    expect(unevenness(counts, inFirstPartition.length)).toBeLessThan(5);
  });
});

describe("hashBytes", () => {
  test("sees only the given range, and gives unsigned 32 bits", () => {
    const bytes = Buffer.from("--key--");
    expect(hashBytes(bytes, 2, 5)).toBe(hashText("key"));
    for (let i = 0; i < 1000; i++) {
      const hash = hashText(`k${i}`);
      expect(hash).toBe(hash >>> 0);
    }
  });

  test("never changes: every worker must choose the same partition", () => {
    expect([hashText(""), hashText("a"), hashText("beamline")]).toMatchInlineSnapshot(`
      [
        2872998923,
        444641715,
        2384435207,
      ]
    `);
  });
});
