import { describe, expect, it } from "vitest";
import { splitPointOf } from "./split-input.js";

const INFINITE = Number.POSITIVE_INFINITY;

function point(
  position: Partial<Parameters<typeof splitPointOf>[0]>,
  fractionOfRemainder: number,
  estimatedElements: number,
  allowedSplitPoints: readonly number[] = [],
) {
  return splitPointOf(
    { index: 0, fractionDone: 1, stop: INFINITE, splittable: false, ...position },
    { transform: "source", fractionOfRemainder, estimatedElements, allowedSplitPoints },
  );
}

describe("splitPointOf", () => {
  it("cuts what is left in the wanted proportion", () => {
    expect(point({ index: 1 }, 0.5, 10)).toEqual({ kind: "between", at: 6 });
    expect(point({ index: -1 }, 0.25, 16)).toEqual({ kind: "between", at: 4 });
  });

  it("keeps everything that has been read", () => {
    expect(point({ index: 5 }, 0, 10)).toEqual({ kind: "between", at: 6 });
    expect(point({ index: 5, fractionDone: 0.5 }, 0, 10)).toEqual({ kind: "between", at: 6 });
  });

  it("splits nothing where nothing is left to give", () => {
    expect(point({ index: 9 }, 0.5, 10)).toBeUndefined();
    expect(point({ index: 3 }, 1, 10)).toBeUndefined();
    expect(point({ index: 3 }, 0.5, 0)).toBeUndefined();
  });

  it("never goes beyond an earlier split", () => {
    expect(point({ index: 1, stop: 4 }, 0.5, 10)).toEqual({ kind: "between", at: 3 });
    expect(point({ index: 3, stop: 4 }, 0.5, 10)).toBeUndefined();
  });

  it("splits the element in progress when the cut falls into it", () => {
    const running = { index: 2, fractionDone: 0.5, splittable: true };
    expect(point(running, 0.5, 3)).toEqual({ kind: "within", fraction: 0.5 });
    expect(point({ ...running, fractionDone: 0 }, 0.5, 4)).toEqual({ kind: "between", at: 3 });
    expect(point({ ...running, splittable: false }, 0.5, 3)).toBeUndefined();
  });

  it("takes the allowed point that is closest", () => {
    expect(point({ index: 1 }, 0.5, 10, [0, 3, 8])).toEqual({ kind: "between", at: 8 });
    expect(point({ index: 1 }, 0.5, 10, [0, 1])).toBeUndefined();
    const running = { index: 2, fractionDone: 0, splittable: true };
    expect(point(running, 0.1, 4, [2])).toBeUndefined();
    expect(point(running, 0.1, 4, [2, 3])).toMatchObject({ kind: "within" });
  });
});
