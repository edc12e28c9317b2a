import { describe, expect, test } from "vitest";
import type { LocalRunOptions } from "../../runners/local/run-options.js";
import { collect } from "../collect.js";
import { compareBags } from "../compare-bags.js";
import { elementsAre } from "../elements-are.js";
import { PIPELINE_TABLE } from "./index.js";
import { SIZE_ROWS } from "./size-rows.js";

test("PIPELINE_TABLE has names that are unique and fit for flags", () => {
  const names = PIPELINE_TABLE.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z0-9-]+$/.test(name))).toEqual([]);
});

const MODES: readonly (LocalRunOptions & { readonly mode: string })[] = [
  { mode: "as it is fast", strictEncoding: false },
  { mode: "with strict encoding" },
  { mode: "one element or key a bundle", bundling: "smallest" },
  { mode: "all in one bundle", bundling: "largest", strictEncoding: false },
  { mode: "without fusion", fusion: false },
  { mode: "with everything between stages on disk", spilling: "always", strictEncoding: false },
];

describe.each(MODES)("on the main thread, $mode", ({ mode: _mode, ...options }) => {
  test.each(PIPELINE_TABLE)(
    "$name gives its elements",
    async ({ name, build, expected }) => {
      // A bundle for each of many thousands of elements shows nothing that one for each of a few
      // does not.
      const isLarge = SIZE_ROWS.some((row) => row.name === name);
      const bundling = isLarge ? "auto" : (options.bundling ?? "auto");
      const elements = await collect(build, { ...options, bundling });
      expect(compareBags(elements, expected)).toEqual({ missing: [], unexpected: [] });
    },
    30_000,
  );
});

describe("elementsAre", () => {
  test.each(PIPELINE_TABLE.slice(0, 20))("accepts $name", async ({ build, expected }) => {
    await collect((p) => {
      const elements = build(p);
      elements.apply(elementsAre(expected));
      return elements;
    });
  });

  test.each([
    { what: "missing", actual: [1], expected: [1, 1], message: "1 missing (1), none unexpected" },
    {
      what: "unexpected",
      actual: [1, 2],
      expected: [1],
      message: "none missing, 1 unexpected (2)",
    },
    { what: "all", actual: [], expected: [0], message: "1 missing (0), none unexpected" },
    {
      what: "negative zero",
      actual: [-0],
      expected: [0],
      message: "1 missing (0), 1 unexpected (-0)",
    },
  ])("names $what elements", async ({ actual, expected, message }) => {
    const run = collect((p) => {
      const numbers = p.create<number>(actual);
      numbers.apply(elementsAre(expected));
      return numbers;
    });
    await expect(run).rejects.toThrow(message);
  });
});
