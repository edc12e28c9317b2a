import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import type { StepOperation } from "../../exec/stage.js";
import { graphToProto } from "../../graph/proto/graph-to-proto.js";
import { windowFnToProto } from "../../graph/proto/window-fn-to-proto.js";
import type { IntervalWindow } from "../../model/window.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { functionSpec, unpackSpec } from "../../proto/function-spec.js";
import { EnvironmentSchema } from "../../proto/gen/pipeline/environment_pb.js";
import {
  type FunctionSpec,
  FunctionSpecSchema,
} from "../../proto/gen/pipeline/function-spec_pb.js";
import { PTransformSchema } from "../../proto/gen/pipeline/pipeline_pb.js";
import { ParDoPayloadSchema } from "../../proto/gen/pipeline/transforms_pb.js";
import { primitiveUrns } from "../../proto/urns.js";
import {
  calendarDays,
  customWindows,
  fixedWindows,
  interval,
  sessions,
} from "../../windowing/windows.js";
import { stepsOf } from "./steps-of-transform.js";

const NONCE = Uint8Array.of(1, 2, 3);

/** Windows of the same start unite. */
const byStart = customWindows({
  name: "by start",
  assign: (at) => [interval(at, at + 1)],
  merge: (windows) => {
    const groups = new Map<number, IntervalWindow[]>();
    for (const each of windows) groups.set(each.start, [...(groups.get(each.start) ?? []), each]);
    return groups.values();
  },
});

/** What a runner sends to have windows merged or mapped: a window function in a payload. */
function transformOf(urn: string, payload: FunctionSpec) {
  return create(PTransformSchema, {
    spec: functionSpec(urn, toBinary(FunctionSpecSchema, payload)),
    inputs: { in: "a" },
    outputs: { out: "b" },
  });
}

function graphOf(build: (numbers: PCollection<number>) => unknown) {
  const pipeline = new Pipeline("test");
  build(pipeline.create("In", [1]));
  return pipeline.toGraph();
}

function mapOf(operation: StepOperation | undefined): (value: unknown) => unknown {
  if (operation?.kind !== "parDo" || operation.fn.kind !== "map") throw new Error("no map");
  const { fn } = operation.fn;
  return (value) => fn(value as never, undefined as never);
}

describe("merge_windows", () => {
  const graph = graphOf((numbers) => numbers.window(byStart));

  test.each([
    { what: "the user's own", windowFn: byStart },
    { what: "sessions", windowFn: sessions(1) },
  ])("merges $what, and names what stays as it is", ({ windowFn }) => {
    const transform = transformOf(primitiveUrns.mergeWindows, windowFnToProto(windowFn, graph));
    const [step] = stepsOf("merge", transform, graph);
    expect(step).toMatchObject({ input: "a", outputs: { out: "b" } });
    const [one, other, alone] = [interval(0, 5), interval(0, 9), interval(20, 30)];
    expect(mapOf(step?.operation)([NONCE, [one, alone, other]])).toEqual([
      NONCE,
      [[alone], [[interval(0, 9), [one, other]]]],
    ]);
  });
});

describe("map_windows", () => {
  test("finds the side input's window by the payload of the ParDo that reads it", async () => {
    const graph = graphOf((numbers) => {
      const days = numbers.window("Days", calendarDays()).asIterable();
      const ten = numbers.window("Ten", fixedWindows(10)).asIterable();
      numbers
        .window("Main", sessions(5))
        .map("Read", (n, { side }) => n + [...side.days, ...side.ten].length, {
          side: { days, ten },
        });
    });
    const proto = graphToProto(graph, create(EnvironmentSchema)).components?.transforms.Read;
    const { sideInputs } = unpackSpec(proto?.spec ?? functionSpec(""), ParDoPayloadSchema);
    const mapped = async (name: string, main: IntervalWindow) => {
      const [, side] = Object.entries(sideInputs).find(([id]) => id.endsWith(name)) ?? [];
      const mapping = side?.windowMappingFn ?? functionSpec("");
      const [step] = stepsOf("map", transformOf(primitiveUrns.mapWindows, mapping), graph);
      if (step?.operation.kind !== "parDo" || step.operation.fn.kind !== "doFn") {
        throw new Error("no DoFn");
      }
      const doFn = step.operation.fn.make();
      await doFn.setup?.();
      const outputs: unknown[] = [];
      const ctx = { output: (value: unknown) => outputs.push(value) };
      await doFn.process([NONCE, main] as never, ctx as never);
      return outputs;
    };
    expect(await mapped("ten", interval(3, 15))).toEqual([[NONCE, interval(10, 20)]]);
    expect(await mapped("days", interval(3, 15))).toEqual([[NONCE, interval(0, 86_400_000)]]);
  });
});
