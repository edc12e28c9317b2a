import { describe, expect, test } from "vitest";
import type { PCollection } from "../pipeline/pcollection.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { composite } from "../pipeline/ptransform.js";
import { fingerprintOf, requireSameFingerprint } from "./fingerprint.js";
import { stableText } from "./stable-text.js";

function fingerprint(build: (p: Pipeline) => void) {
  const pipeline = new Pipeline("test");
  build(pipeline);
  return fingerprintOf(pipeline.toGraph());
}

function compare(submitted: (p: Pipeline) => void, rebuilt: (p: Pipeline) => void): void {
  requireSameFingerprint(fingerprint(submitted), fingerprint(rebuilt));
}

describe("requireSameFingerprint", () => {
  test("accepts a graph that is built again, with other functions objects", () => {
    const build = (p: Pipeline) =>
      p
        .create([{ a: 1, b: new Map([["k", 1n]]) }])
        .map("Map", (value) => value)
        .countPerElement();
    expect(() => compare(build, build)).not.toThrow();
  });

  test("accepts objects whose keys stand in another order", () => {
    const one = (p: Pipeline) => p.create([{ a: 1, b: 2 }]);
    const two = (p: Pipeline) => p.create([{ b: 2, a: 1 }]);
    expect(() => compare(one, two)).not.toThrow();
  });

  test("names the transform whose parameters depend on the clock, and the usual causes", () => {
    let now = 0;
    const build = (p: Pipeline) => {
      p.create("Same", [1]);
      p.create("Now", [now++]).map("After", String);
    };
    expect(() => compare(build, build)).toThrow(
      `Cannot run the pipeline in a worker: build() gave another graph there, and "Now" was made with other parameters in the worker; take what changes from run to run (the clock, random numbers, environment variables, files read in build()) out of build() and pass it as an option`,
    );
  });

  test("names a transform that is missing, or there only in the worker", () => {
    const less = (p: Pipeline) => p.create("In", [1]);
    const more = (p: Pipeline) => p.create("In", [1]).map("Extra", String);
    expect(() => compare(more, less)).toThrow(`"Extra" is missing from the worker's graph`);
    expect(() => compare(less, more)).toThrow(`"Extra" is only in the worker's graph`);
  });

  type Apply = (c: PCollection<number>) => void;

  test.each<[what: string, one: Apply, two: Apply]>([
    ["kind", (c) => c.map("X", Boolean), (c) => c.filter("X", Boolean)],
    ["input", (c) => c.map("X", String), (c) => c.filter("Y", Boolean).map("X", String)],
    ["number of parts", (c) => c.partition("X", 2, () => 0), (c) => c.partition("X", 3, () => 0)],
    [
      "concurrency",
      (c) => c.mapAsync("X", async (n) => n, { concurrency: 2 }),
      (c) => c.mapAsync("X", async (n) => n, { concurrency: 3 }),
    ],
    [
      "a composite's parameters",
      (c) => c.apply({ ...composite("X", (d: PCollection<number>) => d), parameters: [1] }),
      (c) => c.apply({ ...composite("X", (d: PCollection<number>) => d), parameters: [2] }),
    ],
  ])("sees another %s", (_what, one, two) => {
    const build = (apply: Apply) => (p: Pipeline) => {
      apply(p.create("In", [1]));
    };
    expect(() => compare(build(one), build(one))).not.toThrow();
    expect(() => compare(build(one), build(two))).toThrow("Cannot run the pipeline in a worker");
  });

  test("works for transforms that are called like properties of every object", () => {
    const less = (p: Pipeline) => p.create("In", [1]);
    const more = (p: Pipeline) => p.create("In", [1]).map("constructor", String);
    expect(() => compare(more, less)).toThrow(`"constructor" is missing from the worker's graph`);
    expect(() => compare(less, more)).toThrow(`"constructor" is only in the worker's graph`);
  });
});

describe("stableText", () => {
  class Named {
    readonly n = 1;
  }
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;

  test("differs for values that differ", () => {
    const values: readonly unknown[] = [
      0,
      -0,
      Number.NaN,
      1,
      "1",
      1n,
      true,
      "true",
      null,
      undefined,
      "null",
      [],
      {},
      [[]],
      [1, 2],
      ["1,2"],
      { a: 1 },
      { a: "1" },
      { a: undefined },
      new Map([["a", 1]]),
      new Set(["a", 1]),
      new Date(1),
      new Date(2),
      /a/,
      /a/g,
      new Uint8Array([1]),
      new Uint8Array([2]),
      new Int8Array([1]),
      new Named(),
      { n: 1 },
      cyclic,
      () => 1,
      "a".repeat(3),
    ];
    const texts = values.map((value) => stableText(value));
    expect(new Set(texts).size).toBe(values.length);
  });

  test("is the same for an object that occurs twice and for two equal ones", () => {
    const part = { a: 1 };
    expect(stableText([part, part])).toBe(stableText([{ a: 1 }, { a: 1 }]));
  });
});
