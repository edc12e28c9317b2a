import { expect, test } from "vitest";
import { planFixedShards, planShards } from "./plan-shards.js";
import type { TemporaryFile } from "./shard-file.js";

const MIB = 1 << 20;

function file(beginning: string, body: number): TemporaryFile {
  return { path: `${beginning}-${body}`, beginning, head: 0, body, size: body };
}

test("planShards makes one empty shard of nothing", () => {
  expect(planShards([])).toEqual([[]]);
});

test("planShards leaves large files alone and joins small ones", () => {
  const [a, b, c, d] = [file("a", 10), file("b", 2 * MIB), file("c", 20), file("d", 3 * MIB)];
  expect(planShards([d, c, b, a])).toEqual([[a, c], [b], [d]]);
});

test("planShards joins up to 64 MiB", () => {
  const files = Array.from({ length: 130 }, (_, i) => file(String(i).padStart(4, "0"), MIB - 1));
  const sizes = planShards(files).map((shard) => shard.reduce((sum, { body }) => sum + body, 0));
  expect(sizes).toHaveLength(3);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * MIB);
});

test("planShards gives the same for the same files in any order", () => {
  const files = [file("b", 1), file("a", 2 * MIB), file("a", 3 * MIB), file("c", 5), file("a", 7)];
  expect(planShards(files.toReversed())).toEqual(planShards(files));
});

test("planFixedShards has a place for every shard", () => {
  const [a, b] = [file("a", 1), file("b", 2)];
  expect(
    planFixedShards(4, [
      [3, b],
      [1, a],
    ]),
  ).toEqual([[], [a], [], [b]]);
});
