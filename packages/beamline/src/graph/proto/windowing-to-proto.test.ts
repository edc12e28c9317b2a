import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { Pipeline } from "../../pipeline/pipeline.js";
import { EnvironmentSchema } from "../../proto/gen/pipeline/environment_pb.js";
import { IsBounded_Enum } from "../../proto/gen/pipeline/pipeline_pb.js";
import { MergeStatus_Enum } from "../../proto/gen/pipeline/windowing_pb.js";
import { testStream } from "../../testing/test-stream.js";
import type { Trigger } from "../../windowing/trigger.js";
import {
  afterAll,
  afterCount,
  afterEach,
  afterFirst,
  afterProcessingTime,
  afterWatermark,
  defaultTrigger,
  never,
  orFinally,
  repeatedly,
} from "../../windowing/triggers.js";
import type { WindowFn } from "../../windowing/window-fn.js";
import { GLOBAL_WINDOWING, type WindowingStrategy } from "../../windowing/windowing-strategy.js";
import {
  calendarMonths,
  customWindows,
  fixedWindows,
  globalWindows,
  interval,
  sessions,
  slidingWindows,
} from "../../windowing/windows.js";
import type { Graph } from "../nodes.js";
import { graphToProto } from "./graph-to-proto.js";
import { triggerFromProto, triggerToProto } from "./trigger-to-proto.js";
import { windowFnFromProto } from "./window-fn-to-proto.js";
import { windowingFromProto } from "./windowing-to-proto.js";

/** A pipeline in which `windowing` stands, and the components of its proto. */
function translated(windowing: WindowingStrategy) {
  const pipeline = new Pipeline("test");
  const source = pipeline.create([1]);
  const outputs = source.builder.addPrimitive(
    { kind: "windowInto", input: source.id, windowing },
    { name: "Into", given: true },
  );
  const graph = pipeline.toGraph();
  const { components } = graphToProto(graph, create(EnvironmentSchema));
  if (components === undefined) throw new Error("no components");
  const pcollection = components.pcollections[outputs.out ?? ""];
  const proto = components.windowingStrategies[pcollection?.windowingStrategyId ?? ""];
  if (proto === undefined) throw new Error("no windowing strategy");
  return { graph, components, proto };
}

const windowFns: readonly WindowFn[] = [
  globalWindows(),
  fixedWindows(10_500, { offset: 250 }),
  slidingWindows({ size: { days: 1 }, every: { hours: 1 }, offset: 7 }),
  sessions({ minutes: 5 }),
  calendarMonths({ timeZone: "Asia/Tokyo", count: 2 }),
  customWindows({ name: "mine", assign: (at) => [interval(at, at + 1)], merge: () => [] }),
];

const triggers: readonly Trigger[] = [
  defaultTrigger(),
  never(),
  { kind: "always" },
  { kind: "afterSynchronizedProcessingTime" },
  afterWatermark(),
  afterWatermark({ early: afterCount(3), late: afterProcessingTime({ delay: 5, alignTo: 60 }) }),
  repeatedly(afterEach(afterCount(1), afterFirst(afterCount(2), never()))),
  orFinally(repeatedly(afterAll(afterCount(2), afterCount(3))), afterCount(100)),
];

describe("windowing strategies survive the way to a proto and back", () => {
  test.each(windowFns)("$kind windows", (windowFn) => {
    const { graph, components, proto } = translated({ ...GLOBAL_WINDOWING, windowFn });
    expect(windowingFromProto(proto, graph)).toEqual({ ...GLOBAL_WINDOWING, windowFn });
    const into = components.transforms.Into;
    expect(into?.spec?.urn).toBe("beam:transform:window_into:v1");
    const coder = components.coders[proto.windowCoderId]?.spec?.urn;
    const kind = windowFn.kind === "global" ? "global" : "interval";
    expect(coder).toBe(`beam:coder:${kind}_window:v1`);
  });

  test.each(triggers)("the trigger $kind", (trigger) => {
    expect(triggerFromProto(triggerToProto(trigger))).toEqual(trigger);
  });

  test.each<Partial<WindowingStrategy>>([
    { accumulation: "accumulating" },
    { allowedLateness: 86_400_000_000 },
    { timestampCombiner: "earliest" },
    { timestampCombiner: "latest" },
    { closing: "emit-always" },
    { onTime: "fire-if-nonempty" },
    { windowFn: sessions(1) },
  ])("%j", (part) => {
    const windowing = { ...GLOBAL_WINDOWING, ...part };
    const { graph, proto } = translated(windowing);
    expect(windowingFromProto(proto, graph)).toEqual(windowing);
  });

  test("windows that merge say so until they have merged, and are plain intervals then", () => {
    const merging = { ...GLOBAL_WINDOWING, windowFn: sessions(1) };
    expect(translated(merging).proto.mergeStatus).toBe(MergeStatus_Enum.NEEDS_MERGE);
    const merged = translated({ ...merging, alreadyMerged: true }).proto;
    expect(merged.mergeStatus).toBe(MergeStatus_Enum.NON_MERGING);
    expect(merged.windowFn?.urn).toBe("beam:window_fn:fixed_windows:v1");
    expect(translated(GLOBAL_WINDOWING).proto.mergeStatus).toBe(MergeStatus_Enum.NON_MERGING);
  });
});

describe("graphToProto", () => {
  function protoOf(build: (p: Pipeline) => void): { graph: Graph; components: Components } {
    const pipeline = new Pipeline("test");
    build(pipeline);
    const graph = pipeline.toGraph();
    const { components } = graphToProto(graph, create(EnvironmentSchema));
    if (components === undefined) throw new Error("no components");
    return { graph, components };
  }

  type Components = NonNullable<ReturnType<typeof graphToProto>["components"]>;

  test("writes equal strategies once, and one that was never windowed as ever", () => {
    const { components } = protoOf((p) => {
      const numbers = p.create([1]);
      numbers.window("A", fixedWindows(5)).count("CountA");
      numbers.window("B", fixedWindows(5)).count("CountB");
    });
    const ids = Object.keys(components.windowingStrategies);
    expect(ids).toContain("global");
    const fixed = ids.filter((id) => {
      return components.windowingStrategies[id]?.windowFn?.urn.includes("fixed");
    });
    expect(fixed).toHaveLength(1);
  });

  test("says which PCollections end", () => {
    const { components } = protoOf((p) => {
      p.create("Few", [1]);
      p.apply("Many", (q: Pipeline) => testStream<number>().expand(q)).map("Below", (n) => n);
    });
    const boundedness = (id: string) => components.pcollections[id]?.isBounded;
    expect(boundedness("Few/Elements.out")).toBe(IsBounded_Enum.BOUNDED);
    expect(boundedness("Below.out")).toBe(IsBounded_Enum.UNBOUNDED);
  });

  test("keeps windows and timestamps through a reshuffle's expansion", () => {
    const { graph, components } = protoOf((p) => {
      p.create([1]).window(sessions(5)).reshuffle("Spread");
    });
    const inner = components.pcollections["Spread/Key.out"];
    const proto = components.windowingStrategies[inner?.windowingStrategyId ?? ""];
    if (proto === undefined) throw new Error("no strategy");
    expect(windowingFromProto(proto, graph)).toMatchObject({
      trigger: { kind: "always" },
      timestampCombiner: "earliest",
    });
    expect(proto.mergeStatus).toBe(MergeStatus_Enum.NON_MERGING);
  });

  test("refuses a timestamp combiner that the protocol lacks", () => {
    expect(() =>
      translated({ ...GLOBAL_WINDOWING, timestampCombiner: "earliestTransformed" }),
    ).toThrow("earliestTransformed, which Beam's protocol lacks");
  });

  test("names a window function of another pipeline, or of another SDK", () => {
    const { components } = translated({ ...GLOBAL_WINDOWING, windowFn: calendarMonths() });
    const into =
      components.windowingStrategies[components.pcollections["Into.out"]?.windowingStrategyId ?? ""]
        ?.windowFn;
    const other = protoOf(() => undefined).graph;
    expect(() => windowFnFromProto(into, other)).toThrow('Cannot find the windows of "Into"');
    expect(() => windowFnFromProto(undefined, other)).toThrow("a window function without a URN");
  });
});
