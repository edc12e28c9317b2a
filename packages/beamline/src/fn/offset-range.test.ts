import { describe, expect, test } from "vitest";
import { decodeFromBytes, encodeToBytes } from "../coders/contexts.js";
import {
  type OffsetRange,
  OffsetRangeTracker,
  offsetRangeCoder,
  splitOffsetRange,
} from "./offset-range.js";

describe("splitOffsetRange", () => {
  test.each<[OffsetRange, parts: number, minimum: number, lengths: number[]]>([
    [[0, 10], 3, 1, [3, 3, 4]],
    [[5, 10], 1, 1, [5]],
    [[0, 10], 100, 4, [5, 5]],
    [[0, 10], 100, 1, Array(10).fill(1)],
    [[0, 10], 4, 100, [10]],
    [[7, 7], 4, 1, [0]],
    [[0, 10], 0.5, 1, [10]],
    [[0, 10], 3, 0, [3, 3, 4]],
  ])("cuts %j into %d parts, none below %d", (range, parts, minimum, lengths) => {
    const cut = splitOffsetRange(range, parts, minimum);
    expect(cut.map(([start, end]) => end - start)).toEqual(lengths);
    expect(cut[0]?.[0]).toBe(range[0]);
    expect(cut.at(-1)?.[1]).toBe(range[1]);
    for (const [i, [start]] of cut.entries()) if (i > 0) expect(start).toBe(cut[i - 1]?.[1]);
  });

  test("is exact up to 2^53", () => {
    const cut = splitOffsetRange([0, Number.MAX_SAFE_INTEGER], 7, 1);
    for (const [i, [start]] of cut.entries()) if (i > 0) expect(start).toBe(cut[i - 1]?.[1]);
    expect(cut.at(-1)?.[1]).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe("OffsetRangeTracker", () => {
  test("says yes inside the range and no past it", () => {
    const tracker = new OffsetRangeTracker([2, 5]);
    expect([2, 4].map((at) => tracker.tryClaim(at))).toEqual([true, true]);
    expect(tracker.tryClaim(5)).toBe(false);
    expect(() => tracker.checkDone()).not.toThrow();
  });

  test("refuses offsets before the range and offsets that do not grow", () => {
    const tracker = new OffsetRangeTracker([2, 5]);
    expect(() => tracker.tryClaim(1)).toThrow("Cannot claim offset 1: the range starts at 2");
    tracker.tryClaim(3);
    expect(() => tracker.tryClaim(3)).toThrow("3 was claimed last; claim offsets in growing order");
  });

  test("checkDone() throws while part of the range was never claimed", () => {
    const tracker = new OffsetRangeTracker([0, 3]);
    expect(() => tracker.checkDone()).toThrow("only offsets up to none were claimed");
    tracker.tryClaim(1);
    expect(() => tracker.checkDone()).toThrow("only offsets up to 1 were claimed");
    tracker.tryClaim(2);
    expect(() => tracker.checkDone()).not.toThrow();
    expect(() => new OffsetRangeTracker([4, 4]).checkDone()).not.toThrow();
  });

  test.each([0, 0.25, 0.5, 0.99, 1])("loses nothing when split at %d", (fraction) => {
    for (const claimed of [undefined, 0, 50, 97, 98, 99]) {
      const tracker = new OffsetRangeTracker([0, 100]);
      if (claimed !== undefined) tracker.tryClaim(claimed);
      const split = tracker.trySplit(fraction);
      if (split === undefined) {
        expect(tracker.currentRestriction()).toEqual([0, 100]);
        continue;
      }
      expect(split.primary[0]).toBe(0);
      expect(split.primary[1]).toBe(split.residual[0]);
      expect(split.residual[1]).toBe(100);
      expect(split.residual[0]).toBeGreaterThan(claimed ?? -1);
      expect(split.residual[0]).toBeLessThan(100);
      expect(tracker.currentRestriction()).toEqual(split.primary);
      expect(tracker.tryClaim(split.residual[0])).toBe(false);
    }
  });

  test("can't be split once everything is claimed", () => {
    const tracker = new OffsetRangeTracker([0, 10]);
    tracker.tryClaim(9);
    expect(tracker.trySplit(0)).toBeUndefined();
    expect(new OffsetRangeTracker([3, 3]).trySplit(0.5)).toBeUndefined();
  });

  test("progress() adds up to the range", () => {
    const tracker = new OffsetRangeTracker([10, 20]);
    expect(tracker.progress()).toEqual({ completed: 0, remaining: 10 });
    tracker.tryClaim(14);
    expect(tracker.progress()).toEqual({ completed: 4, remaining: 6 });
    tracker.tryClaim(25);
    expect(tracker.progress()).toEqual({ completed: 10, remaining: 0 });
  });
});

describe("offsetRangeCoder", () => {
  test.each<[OffsetRange]>([[[0, 0]], [[1, 2 ** 40]], [[0, Number.MAX_SAFE_INTEGER]]])(
    "keeps %j",
    (range) => {
      expect(decodeFromBytes(offsetRangeCoder, encodeToBytes(offsetRangeCoder, range))).toEqual(
        range,
      );
    },
  );
});
