import { definePipeline } from "beamline";
import type { LocalRunResult } from "beamline/runners/local";
import { expect, test } from "vitest";
import { plain } from "../terminal/style.js";
import { summaryLines } from "./summary.js";
import { transformFlows } from "./transform-flows.js";

const graph = definePipeline({
  name: "numbers",
  build(p) {
    const numbers = p.create("Numbers", [1, 2, 3]);
    numbers.map("Double", (n) => n * 2);
    numbers.filter("Odd", (n) => n % 2 === 1).map("Show", String);
  },
}).toGraph();

const result: LocalRunResult = {
  state: "done",
  elapsedMs: 1234,
  workers: 2,
  bundles: 3,
  retries: 1,
  threadsLost: 1,
  memory: { budget: 1 << 30, peakRss: 123e6, spilledBytes: 4e9, runs: 40 },
  metrics: [],
  attemptedMetrics: [],
  stages: [],
  profiles: [],
  counters: [{ transform: "Odd", name: "seen", value: 1234 }],
  transforms: [
    { transform: "Numbers/Elements", elements: 1 },
    { transform: "Double", elements: 3 },
    { transform: "Odd", elements: 3 },
    { transform: "Show", elements: 2 },
  ],
};

test("transformFlows counts what crosses the borders of the outermost transforms", () => {
  expect(transformFlows(graph, result.transforms)).toEqual([
    { transform: "Numbers", read: undefined, made: 3, isSource: true },
    { transform: "Double", read: 3, made: undefined, isSource: false },
    { transform: "Odd", read: 3, made: 2, isSource: false },
    { transform: "Show", read: 2, made: undefined, isSource: false },
  ]);
});

test("summaryLines tells duration, elements, retries, transforms and counters", () => {
  const options = { width: 80, style: plain, everyStep: false };
  expect(summaryLines(graph, result, undefined, options)).toEqual([
    "Done in 1.23 s: numbers, 3 elements read, 2 workers, 3 bundles, 1 bundle run again after a failure, 123 MB peak memory, 4.00 GB spilled to disk, 1 worker thread died",
    "",
    "  transform  elements in  out",
    "  Numbers                   3",
    "  Double               3",
    "  Odd                  3    2",
    "  Show                 2",
    "",
    "  counter    value",
    "  Odd: seen  1,234",
  ]);
});

test("summaryLines lists every step when asked", () => {
  const options = { width: 80, style: plain, everyStep: true };
  expect(summaryLines(graph, result, undefined, options)).toContain(
    "  Numbers/Elements            1",
  );
});
