import { describe, expect, test } from "vitest";
import { z } from "zod";
import { max } from "../combiners/max.js";
import { min } from "../combiners/min.js";
import { sample } from "../combiners/sample.js";
import { top } from "../combiners/top.js";
import { DoFn } from "../fn/do-fn.js";
import { runLocal } from "../runners/local/run-local.js";
import { collect } from "../testing/collect.js";
import { generateSequence } from "../transforms/generate-sequence.js";
import { definePipeline, isPipelineDefinition } from "./define-pipeline.js";
import { Pipeline } from "./pipeline.js";

class Pass extends DoFn<number, number> {
  override process(n: number): number[] {
    return [n];
  }
}

/** A caller that the compiler does not hold back. */
type Unchecked = (...args: readonly unknown[]) => unknown;

/** A verb of a PCollection or a Pipeline, or a function, as JavaScript sees it. */
function unchecked(target: unknown, verb?: string): Unchecked {
  const fn = verb === undefined ? target : (target as Record<string, unknown>)[verb];
  return (fn as Unchecked).bind(target);
}

const pass = () => new Pass();
const identity = (n: unknown) => n;

describe("arguments of PCollection's verbs that only JavaScript can get wrong", () => {
  test.each<[verb: string, args: readonly unknown[], says: string]>([
    [
      "map",
      [],
      'Cannot apply map(): it got undefined where a function belongs; write map(fn) or map("Name", fn)',
    ],
    ["map", ["Name"], "it got undefined where a function belongs"],
    ["map", ["Name", 5], "it got number where a function belongs"],
    ["map", [null], "it got null where a function belongs"],
    ["flatMap", [[1]], "Cannot apply flatMap(): it got object"],
    ["filter", [true], "Cannot apply filter(): it got boolean"],
    ["keyBy", ["id"], "Cannot apply keyBy(): it got undefined"],
    ["mapValues", ["id"], "Cannot apply mapValues(): it got undefined"],
    [
      "mapAsync",
      [identity, { concurrency: 0 }],
      "concurrency is 0; give a whole number of 1 or more",
    ],
    ["mapAsync", ["N", identity, { concurrency: "8" }], 'Cannot apply "N": concurrency is 8'],
    ["parDo", [new Pass()], "Cannot apply parDo(): it got object where a function belongs"],
    [
      "parDo",
      [Pass],
      "parDo() takes a function that makes the DoFn; write parDo(() => new MyDoFn())",
    ],
    ["parDo", ["N", identity], 'Cannot apply "N": parDo() takes a function that makes the DoFn'],
    ["parDo", [async () => new Pass()], "parDo() takes a function that makes the DoFn"],
    ["parDo", [pass, "errors"], 'the extra outputs are "errors"; give an array of their tags'],
    ["parDo", [pass, [1]], "the extra outputs are [1]; give an array of their tags"],
    ["parDo", [pass, ["a", "a"]], 'the output tag "a" is declared twice'],
    ["parDo", [pass, ["out"]], 'the output tag "out" is declared twice'],
    ["parDo", [pass, ["a.b"]], 'its output tag "a.b" is not a name'],
    ["parDo", [pass, [""]], 'its output tag "" is not a name'],
    ["parDo", [pass, ["__proto__"]], 'its output tag "__proto__" is not a name'],
    ["partition", [0, identity], "the count is 0; give a whole number of 1 or more"],
    ["partition", [identity], "the count is"],
    ["partition", ["N", 2], "Cannot apply partition(): it got undefined"],
    ["combinePerKey", [], "the combine function lacks create, add, merge, extract; pass an object"],
    [
      "combinePerKey",
      ["N", { create: identity }],
      'Cannot combine in "N": the combine function lacks add, merge, extract',
    ],
    ["combineGlobally", [identity], "the combine function lacks create"],
    ["top", [], "Cannot make top(undefined): the count must be a whole number of 1 or more"],
    ["top", [2.5], "Cannot make top(2.5)"],
    ["top", [2, "size"], "Cannot make top(): it got string where a compare function belongs"],
    ["sample", ["N", 0], "Cannot make sample(0)"],
    ["min", ["N", 5], "Cannot make min(): it got number where a compare function belongs"],
    ["max", ["N", 5], "Cannot make max(): it got number where a compare function belongs"],
    ["flatten", [[1]], 'Cannot apply "Flatten": it got 1 where a PCollection belongs'],
    ["flatten", ["N", undefined], 'Cannot apply "N": it got undefined where a PCollection belongs'],
    ["apply", [], "Cannot apply undefined: it is not a transform"],
    ["apply", ["N", {}], "it is not a transform; pass one such as text.read(...)"],
    ["withCoder", [undefined], "the coder undefined: it has no encode()"],
    ["withCoder", ["utf8"], "the coder utf8: it has no encode()"],
    ["groupByKey", [5], "Cannot name a transform 5"],
  ])("%s(...%j) says what is wrong", (verb, args, says) => {
    const numbers = new Pipeline("test").create([1]);
    expect(() => unchecked(numbers, verb)(...args)).toThrow(says);
  });

  test.each<[verb: string, args: readonly unknown[], says: string]>([
    ["create", [], "it got undefined where an array of elements belongs"],
    ["create", [new Set([1])], "spread other iterables: create([...iterable])"],
    ["create", ["N", 1], 'Cannot create "N": it got number'],
    ["create", [[1], { coder: "utf8" }], "it has no encode()"],
    ["flatten", [], "flatten() of a pipeline takes an array of PCollections"],
    ["flatten", [new Pipeline("other").create([1])], "takes an array of PCollections"],
    ["flatten", [["text"]], "it got text where a PCollection belongs"],
    ["apply", ["N"], "Cannot apply undefined: it is not a transform"],
    ["impulse", [7], "Cannot name a transform 7"],
  ])("%s(...%j) of a pipeline says what is wrong", (verb, args, says) => {
    expect(() => unchecked(new Pipeline("test"), verb)(...args)).toThrow(says);
  });

  test.each<[what: string, call: () => unknown, says: string]>([
    ["top", () => top(0), "Cannot make top(0)"],
    ["sample", () => sample(-1), "Cannot make sample(-1)"],
    ["min", () => unchecked(min)(null), "it got null where a compare function belongs"],
    ["max", () => unchecked(max)("a"), "it got string where a compare function belongs"],
    [
      "generateSequence",
      () => generateSequence({ from: 2, to: 1 }),
      "Cannot generate the sequence from 2 to 1",
    ],
    [
      "generateSequence",
      () => unchecked(generateSequence)(5),
      "Cannot generate the sequence from 0 to undefined",
    ],
    ["definePipeline", () => unchecked(definePipeline)({ name: "a" }), "it has no build function"],
    [
      "definePipeline",
      () => definePipeline({ name: "1a", build() {} }),
      "a name starts with a letter",
    ],
  ])("%s says what is wrong", (_what, call, says) => {
    expect(call).toThrow(says);
  });
});

describe("PCollections of another pipeline", () => {
  test("are refused by flatten, with both names", () => {
    const foreign = new Pipeline("other").create("Theirs", [1]);
    const pipeline = new Pipeline("test");
    const own = pipeline.create("Ours", [1]);
    const says =
      'Cannot apply "Join": "Theirs/Elements.out" belongs to another pipeline; build both sides with the same Pipeline';
    expect(() => own.flatten("Join", foreign)).toThrow(says);
    expect(() => pipeline.flatten("Join", [own, foreign])).toThrow(says);
  });

  test("are refused as the result of collect()", async () => {
    const foreign = new Pipeline("other").create([1]);
    await expect(collect(() => foreign)).rejects.toThrow("belongs to another pipeline");
    await expect(unchecked(collect)(() => undefined)).rejects.toThrow(
      "it got undefined where a PCollection belongs",
    );
  });
});

describe("definePipeline", () => {
  const definition = definePipeline({
    name: "sized",
    options: z.object({ size: z.number().int().default(3), unit: z.enum(["m", "ft"]) }),
    build(p, { size, unit }) {
      p.create("Size", [`${size}${unit}`]);
    },
  });

  test("validates options, fills in defaults and names every wrong one", () => {
    expect(definition.toGraph({ unit: "m" }).transforms.get("Size")?.parameters).toEqual(["3m"]);
    const wrong = { size: 1.5, unit: "inch" } as unknown as { unit: "m" };
    expect(() => definition.toGraph(wrong)).toThrow(
      /^Cannot build "sized": size: .*; unit: .*; correct the options$/,
    );
  });

  test("builds a new graph each time", () => {
    const first = definition.toGraph({ unit: "m" });
    expect(definition.toGraph({ unit: "m" })).not.toBe(first);
    expect([...definition.toGraph({ unit: "m" }).transforms.keys()]).toEqual([
      ...first.transforms.keys(),
    ]);
  });

  test("refuses an asynchronous build()", () => {
    const late = definePipeline({
      name: "late",
      async build(p) {
        await Promise.resolve();
        p.create([1]);
      },
    });
    expect(() => late.toGraph()).toThrow(
      'Cannot build "late": build() is asynchronous, and what it applies after an await would be missing',
    );
  });

  test("makes what isPipelineDefinition() knows, and nothing else is that", () => {
    expect(isPipelineDefinition(definition)).toBe(true);
    for (const other of [undefined, null, "x", {}, () => definition, { kind: "graph" }]) {
      expect(isPipelineDefinition(other)).toBe(false);
    }
  });
});

describe("runLocal", () => {
  test("says what it takes when it gets a definition", async () => {
    const definition = definePipeline({ name: "empty", build() {} });
    await expect(unchecked(runLocal)(definition)).rejects.toThrow(
      "runLocal() takes a graph; pass definition.toGraph(options)",
    );
    await expect(unchecked(runLocal)()).rejects.toThrow("runLocal() takes a graph");
  });

  test("runs a pipeline without transforms", async () => {
    const graph = definePipeline({ name: "empty", build() {} }).toGraph();
    expect(await runLocal(graph)).toMatchObject({ state: "done", bundles: 0 });
  });
});
