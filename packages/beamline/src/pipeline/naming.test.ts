import { describe, expect, test } from "vitest";
import { sum } from "../combiners/sum.js";
import type { PCollection } from "./pcollection.js";
import { Pipeline } from "./pipeline.js";
import { composite } from "./ptransform.js";

function namesOf(build: (p: Pipeline) => void): string[] {
  const pipeline = new Pipeline("test");
  build(pipeline);
  return [...pipeline.toGraph().transforms.keys()];
}

const parse = (text: string) => Number(text);
const words = (p: Pipeline) => p.create("Words", ["1"]);

describe("transform names", () => {
  test("are the given ones, inside the names of their composites", () => {
    const names = namesOf((p) => {
      words(p).apply("Outer", (c) => c.map("Parse", parse).apply("Inner", (d) => d.count("N")));
    });
    expect(names.filter((name) => !name.startsWith("Words"))).toEqual([
      "Outer/Parse",
      "Outer/Inner/N/Key",
      "Outer/Inner/N/Precombine",
      "Outer/Inner/N/Empty",
      "Outer/Inner/N/EmptyAccumulator",
      "Outer/Inner/N/WithEmpty",
      "Outer/Inner/N/Group",
      "Outer/Inner/N/Merge",
      "Outer/Inner/N/Extract",
      "Outer/Inner/N/Values",
      "Outer/Inner/N",
      "Outer/Inner",
      "Outer",
    ]);
  });

  test("come from the verb, or from the verb and a named function", () => {
    const names = namesOf((p) => {
      const input = words(p);
      input.map(parse);
      input.map((word) => word);
      input.filter(Boolean);
      input.keyBy((word) => word).groupByKey();
      input.apply(function tidy(c: PCollection<string>) {
        return c.distinct();
      });
      input.keyBy(parse).combinePerKey({ ...sum(), add: (total) => total });
      input.count();
    });
    for (const name of [
      "Map(parse)",
      "Map",
      "Filter(Boolean)",
      "KeyBy",
      "GroupByKey",
      "tidy/Distinct",
      "KeyBy(parse)",
      "SumPerKey",
      "CountGlobally",
    ]) {
      expect(names).toContain(name);
    }
  });

  test("that nobody gave are numbered where they repeat", () => {
    const names = namesOf((p) => {
      const input = p.create(["1"]);
      input.map((word) => word);
      input.map((word) => word).map((word) => word);
      input.count();
      input.count();
      p.create(["2"]);
    });
    for (const name of ["Map", "Map2", "Map3", "CountGlobally", "CountGlobally2", "Create2"]) {
      expect(names).toContain(name);
    }
  });

  test("that nobody gave make way for given ones that came before", () => {
    const names = namesOf((p) => {
      const input = words(p);
      input.map("Map", parse).map((n) => n);
      input.map("Map3", parse).map((n) => n);
    });
    for (const name of ["Map", "Map2", "Map3", "Map4"]) expect(names).toContain(name);
  });

  test("may repeat in different composites", () => {
    const pass = composite("Pass", (c: PCollection<string>) => c.map("Same", (word) => word));
    const names = namesOf((p) => {
      words(p).apply("A", pass).apply("B", pass).map("Same", parse);
    });
    for (const name of ["A/Same", "B/Same", "Same"]) expect(names).toContain(name);
  });

  test("that are given twice are refused, saying where", () => {
    const build = (p: Pipeline) => {
      words(p).map("Parse", parse).map("Parse", String);
    };
    expect(() => namesOf(build)).toThrow(
      'Cannot add a transform named "Parse": this pipeline already has one; give each transform a name of its own',
    );
    const inside = (p: Pipeline) => {
      words(p).apply("Outer", (c) => c.map("Parse", parse).map("Parse", String));
    };
    expect(() => namesOf(inside)).toThrow(
      'Cannot add a transform named "Parse": "Outer" already has one',
    );
  });

  test.each(["", "a/b", "/"])("refuse %j", (name) => {
    expect(() => namesOf((p) => words(p).map(name, parse))).toThrow(
      `Cannot name a transform ${JSON.stringify(name)}: "/" separates composites from their parts and a name is never empty`,
    );
  });

  test("with a slash are refused in composites and combine functions, too", () => {
    const slashed = composite("a/b", (c: PCollection<string>) => c);
    expect(() => namesOf((p) => words(p).apply(slashed))).toThrow('name a transform "a/b"');
    expect(() =>
      namesOf((p) =>
        words(p)
          .keyBy(parse)
          .combinePerKey({ ...count, name: "a/b" }),
      ),
    ).toThrow('name a transform "a/bPerKey"');
  });

  test("that are no strings are refused", () => {
    const name = (() => 1) as unknown as string;
    expect(() => namesOf((p) => words(p).keyBy(parse).groupByKey(name))).toThrow(
      "Cannot name a transform function",
    );
  });

  test("leave the scope of a composite that throws", () => {
    const pipeline = new Pipeline("test");
    const input = pipeline.create("In", [1]);
    expect(() =>
      input.apply("Broken", () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    input.map("After", String);
    expect([...pipeline.toGraph().transforms.keys()]).toContain("After");
  });
});

const count = {
  create: () => 0,
  add: (total: number) => total + 1,
  merge: (a: number, b: number) => a + b,
  extract: (total: number) => total,
};
