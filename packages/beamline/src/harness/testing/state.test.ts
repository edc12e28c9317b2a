import { afterEach, describe, expect, test } from "vitest";
import { Pipeline } from "../../pipeline/pipeline.js";
import { createMemoryNetwork } from "../../transport/memory/memory-network.js";
import { decodeErrorReport } from "../error-report.js";
import { type HarnessFixture, startHarness } from "./harness-fixture.js";
import { fixtureOf } from "./stage-fixture.js";
import { keepGroupsInState, pagesOf, stateBackedGroup } from "./state-fixture.js";

let open: HarnessFixture | undefined;
afterEach(async () => {
  await open?.close();
});

/** A stage behind a GroupByKey whose runner keeps long groups in state. */
async function start(): Promise<HarnessFixture> {
  const pipeline = new Pipeline("groups");
  const { id } = pipeline
    .create<[string, string]>([])
    .groupByKey()
    .map("Join", ([key, values]) => `${key}: ${[...values, "|", ...values].join("")}`);
  const fixture = fixtureOf(pipeline.toGraph(), "GroupByKey", id);
  open = await startHarness(fixture, { network: createMemoryNetwork(), address: "" });
  const descriptor = open.runner.descriptors.get("GroupByKey");
  if (descriptor !== undefined) keepGroupsInState(descriptor);
  return open;
}

// In worker threads: test/harness/threads.test.ts.
describe("iterables backed by state", () => {
  test.each([1, 5, 100])("go on where the element ends, in pages of %d bytes", async (size) => {
    const { runner, begin } = await start();
    runner.state.set("tail", pagesOf(["c", "long value", "e"], size));
    const bundle = begin();
    await bundle.sendBytes(stateBackedGroup("k", ["a", "b"], "tail"));
    await bundle.sendBytes(stateBackedGroup("m", [], "tail"), true);
    expect((await bundle.answer).error).toBe("");
    expect(await bundle.outputs()).toEqual([
      "k: abclong valuee|abclong valuee",
      "m: clong valuee|clong valuee",
    ]);
  });

  test("fail the bundle in words when the runner has lost the state", async () => {
    const { begin } = await start();
    const bundle = begin();
    await bundle.sendBytes(stateBackedGroup("k", ["a"], "gone"), true);
    const { error } = await bundle.answer;
    expect(decodeErrorReport(error)?.message).toContain(
      "Cannot read state from the runner: no such state",
    );
  });
});
