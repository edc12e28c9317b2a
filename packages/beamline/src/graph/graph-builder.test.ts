import { describe, expect, test } from "vitest";
import type { Coder } from "../coders/coder.js";
import { iterable } from "../coders/iterable.js";
import { js } from "../coders/js.js";
import { jsKey } from "../coders/js-key.js";
import { kv } from "../coders/kv.js";
import { stringUtf8 } from "../coders/string-utf8.js";
import { varint } from "../coders/varint.js";
import { count } from "../combiners/count.js";
import { sum } from "../combiners/sum.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { type Graph, inputsOf, outputsOf, primitivesOf } from "./nodes.js";

function graphOf(build: (p: Pipeline) => void): Graph {
  const pipeline = new Pipeline("test");
  build(pipeline);
  return pipeline.toGraph();
}

/** One line a primitive: name, kind, inputs and outputs. */
function shapeOf(graph: Graph): string[] {
  return primitivesOf(graph).map((node) => {
    const kind = node.kind === "combineStep" ? node.step : node.kind;
    const outputs = Object.values(outputsOf(node));
    return `${node.name} ${kind}: ${[...inputsOf(node)].join(" + ")} -> ${outputs.join(" + ")}`;
  });
}

function coderText(coder: Coder<unknown> | undefined): string {
  if (coder === undefined) return "none";
  const name = coder.urn.split(":").at(-2) ?? coder.urn;
  const parts = coder.components.map(coderText);
  return parts.length === 0 ? name : `${name}(${parts.join(", ")})`;
}

const PAIRS: readonly [string, number][] = [["a", 1]];

describe("Pipeline.toGraph", () => {
  test("lifts a combine per key", () => {
    const graph = graphOf((p) => p.create("In", PAIRS).combinePerKey("Sum", sum()));
    expect(shapeOf(graph)).toEqual([
      "In/Impulse impulse:  -> In/Impulse.out",
      "In/Elements parDo: In/Impulse.out -> In/Elements.out",
      "Sum/Precombine precombine: In/Elements.out -> Sum/Precombine.out",
      "Sum/Group groupByKey: Sum/Precombine.out -> Sum/Group.out",
      "Sum/Merge merge: Sum/Group.out -> Sum/Merge.out",
      "Sum/Extract extract: Sum/Merge.out -> Sum/Extract.out",
    ]);
    expect(graph.roots).toEqual(["In", "Sum"]);
    expect(graph.transforms.get("Sum")).toMatchObject({
      kind: "composite",
      urn: "beam:transform:combine_per_key:v1",
      inputs: ["In/Elements.out"],
      outputs: ["Sum/Extract.out"],
    });
  });

  test("lifts a global combine, and adds an accumulator of nothing", () => {
    const graph = graphOf((p) => p.create("In", [1]).sum("Sum"));
    expect(shapeOf(graph).slice(2)).toEqual([
      "Sum/Key parDo: In/Elements.out -> Sum/Key.out",
      "Sum/Precombine precombine: Sum/Key.out -> Sum/Precombine.out",
      "Sum/Empty impulse:  -> Sum/Empty.out",
      "Sum/EmptyAccumulator parDo: Sum/Empty.out -> Sum/EmptyAccumulator.out",
      "Sum/WithEmpty flatten: Sum/Precombine.out + Sum/EmptyAccumulator.out -> Sum/WithEmpty.out",
      "Sum/Group groupByKey: Sum/WithEmpty.out -> Sum/Group.out",
      "Sum/Merge merge: Sum/Group.out -> Sum/Merge.out",
      "Sum/Extract extract: Sum/Merge.out -> Sum/Extract.out",
      "Sum/Values parDo: Sum/Extract.out -> Sum/Values.out",
    ]);
  });

  test("puts producers before consumers", () => {
    const graph = graphOf((p) => {
      const a = p.create("A", [1, 2]);
      const b = a.map("B", String);
      a.map("C", String).flatten(b).countPerElement();
    });
    const known = new Set<string>();
    for (const node of primitivesOf(graph)) {
      for (const input of inputsOf(node)) expect(known).toContain(input);
      for (const output of Object.values(outputsOf(node))) known.add(output);
    }
    expect([...graph.pcollections.keys()].sort()).toEqual([...known].sort());
  });

  test("names the outputs of a parDo by tag, and their producer", () => {
    const graph = graphOf((p) => p.create("In", [1]).partition("Split", 2, () => 0));
    expect(graph.transforms.get("Split")).toMatchObject({
      outputs: { out: "Split.out", "0": "Split.0", "1": "Split.1" },
    });
    expect(graph.pcollections.get("Split.1")).toMatchObject({ producer: "Split", tag: "1" });
  });

  test("freezes everything, and later transforms don't reach it", () => {
    const pipeline = new Pipeline("test");
    const numbers = pipeline.create("In", [1, 2]);
    numbers.partition("Split", 2, () => 0);
    const graph = pipeline.toGraph();
    const before = graph.transforms.size;
    numbers.map("Later", String);
    expect(graph.transforms.size).toBe(before);
    expect(pipeline.toGraph().transforms.size).toBe(before + 1);
    expect(Object.isFrozen(graph)).toBe(true);
    expect(Object.isFrozen(graph.roots)).toBe(true);
    for (const node of graph.transforms.values()) {
      expect(Object.isFrozen(node)).toBe(true);
      if (node.kind === "composite") expect(Object.isFrozen(node.children)).toBe(true);
      if (node.kind === "parDo") expect(Object.isFrozen(node.outputs)).toBe(true);
    }
    for (const node of graph.pcollections.values()) expect(Object.isFrozen(node)).toBe(true);
  });

  test("copies the elements of create()", () => {
    const elements = ["a"];
    const pipeline = new Pipeline("test");
    pipeline.create("In", elements);
    elements.push("b");
    expect(pipeline.toGraph().transforms.get("In")?.parameters).toEqual(["a"]);
  });
});

describe("coders of a graph", () => {
  const codersOf = (build: (p: Pipeline) => void): Record<string, string> => {
    const { pcollections } = graphOf(build);
    return Object.fromEntries([...pcollections].map(([id, { coder }]) => [id, coderText(coder)]));
  };

  test("are the ones for any value by default, and for keys where they group", () => {
    const coders = codersOf((p) => p.create("In", PAIRS).groupByKey("Group").map("Last", String));
    expect(coders).toEqual({
      "In/Impulse.out": "bytes",
      "In/Elements.out": "kv(js_key, js)",
      "Group.out": "kv(js_key, iterable(js))",
      "Last.out": "js",
    });
  });

  test("keep given components through grouping and combining", () => {
    const coders = codersOf((p) => {
      const pairs = p.create("In", PAIRS, { coder: kv(stringUtf8, varint) });
      pairs.groupByKey("Group");
      pairs.combinePerKey("Count", count());
    });
    expect(coders).toMatchObject({
      "Group.out": "kv(string_utf8, iterable(varint))",
      "Count/Precombine.out": "kv(string_utf8, varint)",
      "Count/Group.out": "kv(string_utf8, iterable(varint))",
      "Count/Merge.out": "kv(string_utf8, varint)",
      "Count/Extract.out": "kv(string_utf8, varint)",
    });
  });

  test("follow elements through filter, partition, reshuffle, flatten and distinct", () => {
    const coders = codersOf((p) => {
      const words = p.create("In", ["a"], { coder: stringUtf8 });
      const same = words.reshuffle("Reshuffle").filter("Filter", Boolean);
      same.flatten("Flatten", words).distinct("Distinct");
      words.partition("Partition", 1, () => 0);
      words.flatten("Mixed", words.map("Map", String));
    });
    expect(coders).toMatchObject({
      "Reshuffle.out": "string_utf8",
      "Filter.out": "string_utf8",
      "Flatten.out": "string_utf8",
      "Distinct/Once.out": "string_utf8",
      "Partition.0": "string_utf8",
      "Mixed.out": "js",
    });
  });

  test("of accumulators are the combine function's, also in a global combine", () => {
    const coders = codersOf((p) => p.create("In", ["a"]).count("Count"));
    expect(coders).toMatchObject({
      "Count/Precombine.out": "kv(js, varint)",
      "Count/EmptyAccumulator.out": "kv(js, varint)",
      "Count/WithEmpty.out": "kv(js_key, varint)",
      "Count/Values.out": "varint",
    });
  });

  test("that don't encode pairs are refused where pairs are needed", () => {
    const build = () =>
      codersOf((p) => {
        const pairs = p.create("In", PAIRS);
        pairs.withCoder(stringUtf8 as unknown as Coder<[string, number]>).groupByKey("Group");
      });
    expect(build).toThrow(
      'Cannot group in "Group": its input has the coder beam:coder:string_utf8:v1, which does not encode [K, V] pairs',
    );
  });

  test("that are not deterministic are refused for keys", () => {
    const loose: Coder<string> = {
      ...codable(stringUtf8),
      urn: "beamline:test:loose:v1",
      deterministic: false,
    };
    const build = () =>
      codersOf((p) => p.create("In", PAIRS, { coder: kv(loose, varint) }).groupByKey("Group"));
    expect(build).toThrow(
      'Cannot group in "Group": Cannot use the coder beamline:test:loose:v1 for keys',
    );
  });

  test("for any value become the ones for keys, inside given coders as well", () => {
    const coders = codersOf((p) =>
      p
        .create<[[unknown, Iterable<unknown>], number]>("In", [], {
          coder: kv(kv(js, iterable(js)), varint),
        })
        .groupByKey("Group"),
    );
    expect(coders["Group.out"]).toBe("kv(kv(js_key, iterable(js_key)), iterable(varint))");
    expect(coderText(jsKey)).toBe("js_key");
  });
});

function codable<T>(coder: Coder<T>): Pick<Coder<T>, "components" | "encode" | "decode"> {
  return {
    components: coder.components,
    encode: (value, out) => coder.encode(value, out),
    decode: (input) => coder.decode(input),
  };
}
