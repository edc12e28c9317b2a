import { create } from "@bufbuild/protobuf";
import { afterEach, describe, expect, test } from "vitest";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { bytes } from "../../coders/bytes.js";
import { globalWindow } from "../../coders/global-window.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { windowedValue } from "../../coders/windowed-value.js";
import { IMPULSE_META } from "../../model/element-meta.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { functionSpec } from "../../proto/function-spec.js";
import { CoderSchema } from "../../proto/gen/pipeline/coder_pb.js";
import { coderUrns } from "../../proto/urns.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { decodeErrorReport } from "../error-report.js";
import { type HarnessFixture, startHarness } from "./harness-fixture.js";
import { fixtureOf } from "./stage-fixture.js";

let open: HarnessFixture | undefined;
afterEach(async () => {
  await open?.close();
});

/** A stage behind a GroupByKey whose runner keeps long groups in state. */
async function start() {
  const pipeline = new Pipeline("groups");
  const { id } = pipeline
    .create<[string, string]>([])
    .keyBy(([key]) => key)
    .groupByKey()
    .map("Join", ([key, values]) => `${key}: ${[...values, "|", ...values].join("")}`);
  const fixture = fixtureOf(pipeline.toGraph(), "GroupByKey", id);
  const harness = await startHarness(fixture, { network: createMemoryNetwork(), address: "" });
  open = harness;
  const descriptor = harness.runner.descriptors.get("GroupByKey");
  if (descriptor === undefined) throw new Error("no descriptor");
  // KV<string, state backed iterable of strings>, where the local plan has its own coders.
  const coder = (urn: string, componentCoderIds: string[] = []) =>
    create(CoderSchema, { spec: functionSpec(urn), componentCoderIds });
  descriptor.coders.text = coder(coderUrns.stringUtf8);
  descriptor.coders.values = coder(coderUrns.stateBackedIterable, ["text"]);
  const old = Object.entries(descriptor.coders).find(([, { spec }]) => spec?.urn === coderUrns.kv);
  descriptor.coders[old?.[0] ?? ""] = coder(coderUrns.kv, ["text", "values"]);

  /** `[key, values]` with the rest of the values in state. */
  const element = (key: string, inline: readonly string[], state: string) => {
    const out = new ByteWriter();
    windowedValue(bytes, globalWindow).encodeMeta(IMPULSE_META, out);
    stringUtf8.encode(key, out);
    out.writeInt32(-1);
    if (inline.length > 0) out.writeVarint(inline.length);
    for (const value of inline) stringUtf8.encode(value, out);
    out.writeVarint(-1);
    bytes.encode(Buffer.from(state), out);
    return out.toBytes();
  };
  return { harness, element };
}

function encoded(...values: readonly string[]): Uint8Array {
  const out = new ByteWriter();
  for (const value of values) stringUtf8.encode(value, out);
  return out.toBytes();
}

describe("iterables backed by state", () => {
  test("go on where the element ends, page by page, as often as they are iterated", async () => {
    const { harness, element } = await start();
    const rest = encoded("c", "long value", "e");
    // A value may go on in the next page.
    const pages = [rest.slice(0, 5), rest.slice(5, 6), rest.slice(6)];
    harness.runner.state.set("tail", pages);
    const bundle = harness.begin();
    await bundle.sendBytes(element("k", ["a", "b"], "tail"));
    await bundle.sendBytes(element("m", [], "tail"), true);
    expect((await bundle.answer).error).toBe("");
    expect(await bundle.outputs()).toEqual([
      "k: abclong valuee|abclong valuee",
      "m: clong valuee|clong valuee",
    ]);
  });

  test("fail the bundle in words when the runner has lost the state", async () => {
    const { harness, element } = await start();
    const bundle = harness.begin();
    await bundle.sendBytes(element("k", ["a"], "gone"), true);
    const { error } = await bundle.answer;
    expect(decodeErrorReport(error)?.message).toContain(
      "Cannot read state from the runner: no such state",
    );
  });
});
