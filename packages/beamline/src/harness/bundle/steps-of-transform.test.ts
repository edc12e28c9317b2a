import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { sum } from "../../combiners/sum.js";
import { BundleProcessor } from "../../exec/bundle-processor.js";
import type { Graph } from "../../graph/nodes.js";
import { graphToProto } from "../../graph/proto/graph-to-proto.js";
import { type ElementMeta, IMPULSE_META } from "../../model/element-meta.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { functionSpec, packSpec } from "../../proto/function-spec.js";
import { EnvironmentSchema } from "../../proto/gen/pipeline/environment_pb.js";
import { type PTransform, PTransformSchema } from "../../proto/gen/pipeline/pipeline_pb.js";
import { ParDoPayloadSchema } from "../../proto/gen/pipeline/transforms_pb.js";
import { combineComponentUrns, primitiveUrns, unlistedUrns } from "../../proto/urns.js";
import { stepsOf } from "./steps-of-transform.js";

function built(build: (p: Pipeline) => void): {
  readonly graph: Graph;
  readonly transforms: Readonly<Record<string, PTransform>>;
} {
  const pipeline = new Pipeline("test");
  build(pipeline);
  const graph = pipeline.toGraph();
  const proto = graphToProto(graph, create(EnvironmentSchema));
  return { graph, transforms: proto.components?.transforms ?? {} };
}

function transformOf(transforms: Readonly<Record<string, PTransform>>, name: string): PTransform {
  const transform = transforms[name];
  if (transform === undefined) throw new Error(`no ${name} among ${Object.keys(transforms)}`);
  return transform;
}

/** The function of a step that is a map or flatMap. */
function functionOf(
  steps: ReturnType<typeof stepsOf>,
): (value: unknown, ctx?: { readonly timestamp: number }) => unknown {
  const [step] = steps;
  if (step?.operation.kind !== "parDo") throw new Error(`a ${step?.operation.kind}`);
  const { fn } = step.operation;
  if (fn.kind !== "map" && fn.kind !== "flatMap") throw new Error(`a ${fn.kind}`);
  return (value, ctx) => fn.fn(value as never, ctx as never);
}

const NOTHING = built(() => undefined).graph;

describe("stepsOf", () => {
  it("finds a function by the payload, whatever the runner calls transform and output", () => {
    const { graph, transforms } = built((p) => p.create([1]).map("Double", (n) => n * 2));
    const { spec } = transformOf(transforms, "Double");
    const renamed = create(PTransformSchema, {
      uniqueName: "fused/17",
      ...(spec === undefined ? {} : { spec }),
      inputs: { i0: "a" },
      outputs: { i0: "b" },
    });
    const steps = stepsOf("t", renamed, graph);
    expect(steps).toMatchObject([{ name: "Double", input: "a", outputs: { out: "b" } }]);
    expect(functionOf(steps)(4)).toBe(8);
  });

  it("lets an output that the runner has pruned lead nowhere", () => {
    const { graph, transforms } = built((p) => {
      p.create([1]).partition("Part", 3, (n) => n);
    });
    const transform = transformOf(transforms, "Part");
    const [pruned = "", ...tags] = Object.keys(transform.outputs);
    delete transform.outputs[pruned];
    const [step] = stepsOf("Part", transform, graph);
    expect(Object.keys(step?.outputs ?? {}).sort()).toEqual([pruned, ...tags].sort());
  });

  it("makes a step of each input of a flatten, and of an identity", () => {
    const flatten = create(PTransformSchema, {
      uniqueName: "All",
      spec: functionSpec(primitiveUrns.flatten),
      inputs: { a: "x", b: "y" },
      outputs: { out: "z" },
    });
    const identity = create(PTransformSchema, {
      spec: packSpec(primitiveUrns.parDo, ParDoPayloadSchema, {
        doFn: functionSpec(unlistedUrns.identityDoFn),
      }),
      inputs: { a: "x" },
      outputs: { o: "z" },
    });
    expect(stepsOf("f", flatten, NOTHING)).toMatchObject([
      { name: "All", operation: { kind: "flatten" }, input: "x", outputs: { out: "z" } },
      { name: "All", operation: { kind: "flatten" }, input: "y", outputs: { out: "z" } },
    ]);
    expect(stepsOf("i", identity, NOTHING)).toMatchObject([
      { name: "i", operation: { kind: "flatten" }, input: "x", outputs: { out: "z" } },
    ]);
  });

  it("runs both ends of a reshuffle's expansion, which keeps timestamps", async () => {
    const { graph, transforms } = built((p) => p.create([1]).reshuffle("Spread"));
    const addKey = functionOf(stepsOf("k", transformOf(transforms, "Spread/Key"), graph));
    const pairs = Array.from(
      { length: 1000 },
      (_, i) => addKey(`e${i}`, { timestamp: i }) as [number, [number, string]],
    );
    expect(pairs.map(([, stamped]) => stamped)).toEqual(pairs.map((_, i) => [i, `e${i}`]));
    expect(new Set(pairs.map(([key]) => key)).size).toBe(1000);
    for (const [key] of pairs) expect(key).toBe(key >>> 0);

    const steps = stepsOf("u", transformOf(transforms, "Spread/Ungroup"), graph);
    const [{ input, outputs } = { input: "", outputs: {} }] = steps;
    const found: [unknown, number][] = [];
    const sinks = [{ id: "sink", pcollection: Object.values(outputs)[0] ?? "" }];
    const stage = { id: "s", inputs: [input], steps, sinks, coders: new Map() };
    const receive = (value: unknown, { timestamp }: ElementMeta) => found.push([value, timestamp]);
    const processor = new BundleProcessor(stage, { openSink: () => ({ receive }) });
    const group: unknown = [5, pairs.slice(0, 3).map(([, stamped]) => stamped)];
    await processor.run({ feed: (entries) => entries.get(input)?.(group, IMPULSE_META) });
    expect(found).toEqual([
      ["e0", 0],
      ["e1", 1],
      ["e2", 2],
    ]);
  });

  it("combines values that are grouped already, and turns single values into accumulators", () => {
    const { graph, transforms } = built((p) =>
      p.create<[string, number]>([["a", 1]]).combinePerKey("Sum", sum()),
    );
    const precombine = transformOf(transforms, "Sum/Precombine");
    const as = (urn: string) => {
      const spec = functionSpec(urn, precombine.spec?.payload);
      return functionOf(stepsOf("t", create(PTransformSchema, { ...precombine, spec }), graph));
    };
    expect(as(combineComponentUrns.combineGroupedValues)(["a", [1, 2, 3]])).toEqual(["a", 6]);
    const convert = as(combineComponentUrns.combinePerKeyConvertToAccumulators);
    const [key, accumulator] = convert(["a", 5]) as [string, unknown];
    expect(key).toBe("a");
    expect(sum().extract(accumulator as number)).toBe(5);
  });

  it.each([
    ["a URN", functionSpec("beam:transform:new:v1"), "beam:transform:new:v1"],
    [
      "another SDK's function",
      packSpec(primitiveUrns.parDo, ParDoPayloadSchema, {
        doFn: functionSpec("beam:dofn:javasdk:0.1"),
      }),
      "beam:dofn:javasdk:0.1",
    ],
  ])("refuses %s that it does not know, with the transform's name", (_what, spec, urn) => {
    const transform = create(PTransformSchema, { uniqueName: "My/Step", spec });
    expect(() => stepsOf("t1", transform, NOTHING)).toThrow(
      `Cannot run the transform "My/Step" (t1): this worker does not know ${urn};`,
    );
  });

  it("refuses a function that the worker's graph lacks", () => {
    const { transforms } = built((p) => p.create([1]).map("Double", (n) => n * 2));
    expect(() => stepsOf("t", transformOf(transforms, "Double"), NOTHING)).toThrow(
      'Cannot run "Double": the pipeline that this worker has built has no DoFn of that name',
    );
  });
});
