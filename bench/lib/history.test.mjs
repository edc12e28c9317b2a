import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readHistory, regressions, withResult, writeHistory } from "./history.mjs";
import { summarize } from "./stats.mjs";

/**
 * A result in which Beamline took these multiples of the reference's time.
 *
 * @param {number[]} ratios
 * @param {{ equal?: boolean, failure?: string }} [state]
 * @returns {import("./analyze.mjs").JobResult}
 */
function resultOf(ratios, { equal = true, failure } = {}) {
  return {
    job: "wordcount",
    title: "WordCount",
    parameters: { size: "14mb" },
    reference: "loop",
    contenders: [
      {
        id: "beamline-2",
        label: "Beamline",
        ours: true,
        samples: ratios.map((wallSeconds, index) => ({
          ...{ round: index + 1, wallSeconds, cpuSeconds: 1, peakRssBytes: 1 },
        })),
        ratio: summarize(ratios),
        ...(failure === undefined ? {} : { failure }),
      },
    ],
    outputs: { equal, lines: 1, differing: [] },
    targets: [],
  };
}

const recorded = withResult({}, resultOf([0.6, 0.61, 0.62]), "2024-01-01");

test("regressions names a median that is over 15% worse, outside both spreads", () => {
  expect(regressions(recorded, resultOf([0.8, 0.81, 0.82]))).toEqual([
    "WordCount: Beamline takes 0.81x the reference's time, 33% more than 0.61x on 2024-01-01",
  ]);
});

test("regressions lets pass what is within 15%", () => {
  expect(regressions(recorded, resultOf([0.68, 0.69, 0.7]))).toEqual([]);
});

test("regressions lets pass a worse median whose spread reaches into the recorded one", () => {
  expect(regressions(recorded, resultOf([0.6, 0.605, 0.8, 0.9, 1]))).toEqual([]);
});

test("regressions has nothing to say where nothing was recorded", () => {
  expect(regressions({}, resultOf([9, 9, 9]))).toEqual([]);
});

test("withResult keeps the record where outputs differ, a contender failed or rounds were few", () => {
  for (const result of [
    resultOf([1, 1, 1], { equal: false }),
    resultOf([1, 1, 1], { failure: "it exited with 1" }),
    resultOf([1, 1]),
  ]) {
    expect(withResult(recorded, result, "2024-01-02")).toBe(recorded);
  }
});

test("readHistory gives back what writeHistory wrote, and an empty one before that", async () => {
  const folder = await mkdtemp(join(tmpdir(), "beamline-bench-test-"));
  try {
    const path = join(folder, "a", "history.json");
    expect(await readHistory(path)).toEqual({});
    await writeHistory(path, recorded);
    expect(await readHistory(path)).toEqual(recorded);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
