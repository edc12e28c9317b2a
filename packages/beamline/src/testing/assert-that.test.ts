import { describe, expect, test } from "vitest";
import { GLOBAL_WINDOW } from "../model/window.js";
import type { PCollection } from "../pipeline/pcollection.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { runLocal } from "../runners/local/run-local.js";
import { afterCount, afterWatermark } from "../windowing/triggers.js";
import { fixedWindows } from "../windowing/windows.js";
import { assertThat, interval } from "./assert-that.js";
import { testStream } from "./test-stream.js";

/** The error of a job with the statements that `state` makes; undefined where they hold. */
async function failureOf(state: (p: Pipeline) => void): Promise<string | undefined> {
  const pipeline = new Pipeline("test");
  state(pipeline);
  return await runLocal(pipeline.toGraph(), { strictEncoding: true }).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

const letters = (p: Pipeline) => p.create(["a", "b", "a"]);

describe("assertThat, of a batch", () => {
  test.each<[string, (letters: PCollection<string>) => void]>([
    ["containsInAnyOrder", (l) => assertThat(l).containsInAnyOrder(["b", "a", "a"])],
    ["contains", (l) => assertThat(l).contains(["a"])],
    ["hasCount", (l) => assertThat(l).hasCount(3)],
    ["isEmpty", (l) => assertThat(l.filter((letter) => letter > "b")).isEmpty()],
    ["satisfies", (l) => assertThat(l).satisfies((all) => expect(all).toContain("b"))],
    ["inWindow", (l) => assertThat(l).inWindow(GLOBAL_WINDOW).hasCount(3)],
  ])("%s holds", async (_name, state) => {
    expect(await failureOf((p) => state(letters(p)))).toBeUndefined();
  });

  test.each<[string, string, (letters: PCollection<string>) => void]>([
    [
      "containsInAnyOrder",
      "1 missing ('c'), 1 unexpected ('a')",
      (l) => assertThat(l).containsInAnyOrder(["a", "b", "c"]),
    ],
    ["contains", "1 missing ('c')", (l) => assertThat(l).contains(["c"])],
    ["hasCount", "3 elements, not 2", (l) => assertThat(l).hasCount(2)],
    ["isEmpty", "3 unexpected ('a', 'b', 'a')", (l) => assertThat(l).isEmpty()],
    [
      "satisfies",
      "no c there",
      (l) =>
        assertThat(l).satisfies((all) => {
          if (!all.includes("c")) throw new Error("no c there");
        }),
    ],
    [
      "inWindow",
      "in [0, 10): 1 missing ('a'), none unexpected",
      (l) => assertThat(l).inWindow(interval(0, 10)).containsInAnyOrder(["a"]),
    ],
  ])("%s fails the job where it does not hold", async (_name, how, state) => {
    expect(await failureOf((p) => state(letters(p)))).toContain(how);
  });
});

describe("assertThat, of a stream", () => {
  const sums = (p: Pipeline) =>
    p
      .apply(
        testStream<[string, number]>()
          .add([["a", 1], 1])
          .add([["a", 2], 2])
          .advanceWatermarkTo(10)
          .add([["a", 4], 3])
          .advanceWatermarkToInfinity(),
      )
      .window(fixedWindows(10), {
        trigger: afterWatermark({ early: afterCount(1), late: afterCount(1) }),
        allowedLateness: 100,
        accumulation: "accumulating",
      })
      .groupByKey()
      .map("Sum", ([, values]) => [...values].reduce((a, b) => a + b, 0));

  test("tells panes apart", async () => {
    const first = interval(0, 10);
    const failure = await failureOf((p) => {
      const all = sums(p);
      assertThat(all).inWindow(first).containsInAnyOrder([1, 3, 3, 7]);
      assertThat(all).inEarlyPanes(first).containsInAnyOrder([1, 3]);
      assertThat(all).inOnTimePane(first).containsInAnyOrder([3]);
      assertThat(all).inLatePanes(first).containsInAnyOrder([7]);
      assertThat(all).inOnlyPane(first).isEmpty();
      assertThat(all).inWindow(interval(10, 20)).isEmpty();
    });
    expect(failure).toBeUndefined();
  });

  test("says in which pane it does not hold", async () => {
    const failure = await failureOf((p) =>
      assertThat(sums(p)).inOnTimePane(interval(0, 10)).containsInAnyOrder([4]),
    );
    expect(failure).toContain("in the on-time pane of [0, 10): 1 missing (4), 1 unexpected (3)");
  });
});
