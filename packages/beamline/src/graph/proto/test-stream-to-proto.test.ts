import { create, fromBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { stepsOf } from "../../harness/bundle/steps-of-transform.js";
import { MAX_TIMESTAMP } from "../../model/time.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { EnvironmentSchema } from "../../proto/gen/pipeline/environment_pb.js";
import { TestStreamPayloadSchema } from "../../proto/gen/pipeline/test-stream_pb.js";
import { testStream } from "../../testing/test-stream.js";
import { graphToProto } from "./graph-to-proto.js";

function translated() {
  const pipeline = new Pipeline("p");
  const stream = testStream<[string, number]>()
    .add([["ann", 1], 5], [["bob", -1], -7])
    .advanceWatermarkTo(9)
    .advanceProcessingTime({ seconds: 2 })
    .advanceWatermarkToInfinity();
  pipeline.apply("Script", stream);
  const graph = pipeline.toGraph();
  const { components } = graphToProto(graph, create(EnvironmentSchema));
  if (components === undefined) throw new Error("a pipeline without components");
  const { transforms } = components;
  const partOf = (part: string) =>
    Object.values(transforms).find(({ uniqueName }) => uniqueName.endsWith(`/${part}`));
  return { graph, components, events: partOf("Events"), decode: partOf("Decode") };
}

test("graphToProto plays a TestStream's events in milliseconds, with Beam's end of time", () => {
  const { events } = translated();
  expect(events?.spec?.urn).toBe("beam:transform:teststream:v1");
  expect(events?.environmentId).toBe("");
  const payload = fromBinary(TestStreamPayloadSchema, events?.spec?.payload ?? new Uint8Array());
  expect(payload.events.map(({ event }) => event)).toMatchObject([
    { case: "elementEvent", value: { elements: [{ timestamp: 5n }, { timestamp: -7n }] } },
    { case: "watermarkEvent", value: { newWatermark: 9n } },
    { case: "processingTimeEvent", value: { advanceDuration: 2000n } },
    { case: "watermarkEvent", value: { newWatermark: 9_223_372_036_854_775n } },
  ]);
  expect(Number(9_223_372_036_854_775n)).toBe(MAX_TIMESTAMP);
});

test("graphToProto plays a TestStream's elements in a coder that every runner knows", () => {
  const { components, events } = translated();
  const [output = ""] = Object.values(events?.outputs ?? {});
  const { coders, pcollections } = components;
  const coder = coders[pcollections[output]?.coderId ?? ""];
  expect(coder?.spec?.urn).toBe("beam:coder:kv:v1");
  expect(coder?.componentCoderIds.map((id) => coders[id]?.spec?.urn)).toEqual([
    "beam:coder:bytes:v1",
    "beam:coder:bool:v1",
  ]);
});

test("stepsOf decodes what a runner has played", () => {
  const { graph, events, decode } = translated();
  const payload = fromBinary(TestStreamPayloadSchema, events?.spec?.payload ?? new Uint8Array());
  const [first] = payload.events;
  if (first?.event.case !== "elementEvent" || decode === undefined) throw new Error("no elements");
  const [step] = stepsOf("d", decode, graph);
  if (step?.operation.kind !== "parDo" || step.operation.fn.kind !== "map")
    throw new Error("no map");
  const { fn } = step.operation.fn;
  const elements = first.event.value.elements.map(({ encodedElement }) => {
    // As the runner hands it over: the bytes, with their length before them, and the flag.
    const [length = 0] = encodedElement;
    expect(encodedElement.length).toBe(length + 2);
    return fn([encodedElement.subarray(1, 1 + length), true] as never, undefined as never);
  });
  expect(elements).toEqual([
    ["ann", 1],
    ["bob", -1],
  ]);
});
