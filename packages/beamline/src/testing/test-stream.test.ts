import { describe, expect, test } from "vitest";
import { NO_FIRING } from "../model/pane.js";
import { GLOBAL_WINDOW } from "../model/window.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { LocalJob } from "../runners/local/local-job.js";
import { collect } from "./collect.js";
import { testStream } from "./test-stream.js";

describe("testStream", () => {
  test("gives its elements with their timestamps", async () => {
    const pipeline = new Pipeline("test");
    const { id } = pipeline.apply(testStream<string>().add(["a", 5], ["b", 7]));
    const job = new LocalJob(pipeline.toGraph(), {}, [id]);
    await job.run();
    expect(job.readWithMeta(id)).toEqual([
      { value: "a", meta: { timestamp: 5, windows: [GLOBAL_WINDOW], pane: NO_FIRING } },
      { value: "b", meta: { timestamp: 7, windows: [GLOBAL_WINDOW], pane: NO_FIRING } },
    ]);
  });

  test("ends, also when it is empty", async () => {
    expect(await collect((p) => p.apply(testStream<number>()))).toEqual([]);
  });

  test("is refused where the watermark goes back", () => {
    const stream = testStream<number>().advanceWatermarkTo(10);
    expect(() => stream.advanceWatermarkTo(9)).toThrow(
      "Cannot advance the watermark of a test stream to 9: it is at 10 already",
    );
    expect(() => stream.add([1, Number.NaN])).toThrow("NaN is no timestamp");
    expect(() => stream.advanceProcessingTime(-1)).toThrow("-1 is no duration");
  });
});
