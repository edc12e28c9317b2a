import { describe, expect, test } from "vitest";
import type { ProcessContext } from "../../fn/context.js";
import { DoFn } from "../../fn/do-fn.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { LocalJob } from "./local-job.js";
import type { LocalRunOptions, LocalRunResult } from "./run-options.js";

/** Throws a different error on each of its first `times` calls, so that each deserves another try. */
function failing(times: number): () => void {
  let calls = 0;
  return () => {
    calls++;
    if (calls <= times) throw new Error(`failure ${calls}`);
  };
}

async function runJob<T>(
  build: (p: Pipeline) => PCollection<T>,
  options: LocalRunOptions = {},
): Promise<{ elements: unknown[]; result: LocalRunResult }> {
  const pipeline = new Pipeline("test");
  const { id } = build(pipeline);
  const job = new LocalJob(pipeline.toGraph(), options, [id]);
  const result = await job.run();
  return { elements: job.read(id), result };
}

const modes: readonly LocalRunOptions[] = [{ strictEncoding: false }, { strictEncoding: true }];

describe.each(modes)("LocalJob, strictEncoding $strictEncoding", (options) => {
  test.each([1, 2, 3])("emits nothing twice when a bundle fails %i times first", async (times) => {
    const fail = failing(times);
    const { elements, result } = await runJob(
      (p) =>
        p
          .create([[1, 2, 3, 4]])
          .flatMap((list) => [...list])
          .map("Count", (n, ctx) => {
            ctx.counter("seen").inc();
            if (n === 3) fail();
            return n;
          }),
      options,
    );
    expect(elements.sort()).toEqual([1, 2, 3, 4]);
    expect(result.retries).toBe(times);
    expect(result.counters).toEqual([{ transform: "Count", name: "seen", value: 4 }]);
    expect(result.transforms).toContainEqual({ transform: "Count", elements: 4 });
  });

  test("shuffles nothing twice when a bundle fails after it has emitted", async () => {
    const failBefore = failing(1);
    const failAfter = failing(1);
    const { elements, result } = await runJob(
      (p) =>
        p
          .create([[..."abca"]])
          .flatMap((letters) => [...letters])
          .map((letter) => {
            if (letter === "c") failBefore();
            return letter;
          })
          .countPerElement()
          .map("After", ([letter, n]) => {
            if (letter === "b") failAfter();
            return `${letter}${n}`;
          }),
      options,
    );
    expect(elements.sort()).toEqual(["a2", "b1", "c1"]);
    expect(result.retries).toBe(2);
  });

  test("retries a failed asynchronous call", async () => {
    const fail = failing(2);
    const { elements } = await runJob(
      (p) =>
        p
          .create([[1, 2, 3]])
          .flatMap((list) => [...list])
          .mapAsync(async (n) => {
            await Promise.resolve();
            if (n === 2) fail();
            return n;
          }),
      options,
    );
    expect(elements.sort()).toEqual([1, 2, 3]);
  });
});

describe("LocalJob", () => {
  test("gives up on a failure that happens the same way twice", async () => {
    let calls = 0;
    const run = runJob((p) =>
      p.create([1]).map("Fail", () => {
        calls++;
        throw new Error("always");
      }),
    );
    await expect(run).rejects.toThrow('Cannot run "Fail" on the element 1: Error: always');
    expect(calls).toBe(2);
  });

  test.each([
    [undefined, 4],
    [1, 1],
    [2, 2],
    [7, 7],
  ])("tries at most maxAttempts times: %s gives %i", async (maxAttempts, attempts) => {
    let calls = 0;
    const fail = failing(1000);
    const run = runJob(
      (p) =>
        p.create([1]).map(() => {
          calls++;
          fail();
          return 0;
        }),
      maxAttempts === undefined ? {} : { maxAttempts },
    );
    await expect(run).rejects.toThrow(`failure ${attempts}`);
    expect(calls).toBe(attempts);
  });

  test.each([0, -1, 1.5, Number.NaN])("refuses maxAttempts %d", async (maxAttempts) => {
    await expect(runJob((p) => p.create([1]), { maxAttempts })).rejects.toThrow(
      `Cannot run with maxAttempts ${maxAttempts}: give a whole number of 1 or more`,
    );
  });

  test.each([0, -1, 1.5])("refuses %d workers", async (workers) => {
    await expect(runJob((p) => p.create([1]), { workers })).rejects.toThrow(
      `Cannot run with ${workers} workers`,
    );
  });

  test("runs the next attempt on a new DoFn, after the teardown of the failed one", async () => {
    const events: string[] = [];
    const fail = failing(1);
    let made = 0;
    class Fragile extends DoFn<number, number> {
      private readonly id = made++;

      override setup() {
        events.push(`setup ${this.id}`);
      }

      override startBundle() {
        events.push(`start ${this.id}`);
      }

      override process(n: number, ctx: ProcessContext<number>) {
        events.push(`process ${this.id}`);
        ctx.output(n);
        fail();
      }

      override finishBundle() {
        events.push(`finish ${this.id}`);
      }

      override async teardown() {
        await Promise.resolve();
        events.push(`teardown ${this.id}`);
      }
    }
    const { elements } = await runJob((p) => p.create([5]).parDo(() => new Fragile()));
    expect(elements).toEqual([5]);
    // Number 0 was made while the pipeline was built.
    expect(events).toEqual([
      "setup 1",
      "start 1",
      "process 1",
      "teardown 1",
      "setup 2",
      "start 2",
      "process 2",
      "finish 2",
      "teardown 2",
    ]);
  });

  test("lets calls under way end before the next attempt and before teardown", async () => {
    const events: string[] = [];
    const fail = failing(1);
    const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const { elements } = await runJob((p) =>
      p
        .create([["slow", "fails"]])
        .flatMap((list) => [...list])
        .mapAsync(async (what) => {
          if (what === "fails") {
            events.push("attempt");
            fail();
          } else {
            await sleep(20);
            events.push("slow call ends");
          }
          return what;
        }),
    );
    expect(elements.sort()).toEqual(["fails", "slow"]);
    expect(events).toEqual(["attempt", "slow call ends", "attempt", "slow call ends"]);
  });

  test("uses one DoFn for many bundles of a stage", async () => {
    const made = new Set<unknown>();
    class Once extends DoFn<number, number> {
      override process(n: number) {
        made.add(this);
        return [n];
      }
    }
    const { result } = await runJob((p) => p.create([1, 2, 3]).parDo(() => new Once()));
    expect(result.bundles).toBeGreaterThan(2);
    expect(made.size).toBe(1);
  });

  test("counts the elements of a splittable DoFn and of a flatten once", async () => {
    const { generateSequence } = await import("../../transforms/generate-sequence.js");
    const { result } = await runJob((p) => {
      const numbers = p.apply(generateSequence({ to: 10 }));
      return numbers.flatten(
        "Both",
        numbers.map("Same", (n) => n),
      );
    });
    expect(result.transforms).toEqual([
      { transform: "GenerateSequence/Range", elements: 1 },
      { transform: "GenerateSequence/Numbers", elements: 1 },
      { transform: "Same", elements: 10 },
      { transform: "Both", elements: 20 },
    ]);
  });

  test("reports progress that ends with everything done", async () => {
    const reports: { stagesDone: number; stagesTotal: number; elements: number }[] = [];
    await runJob((p) => p.create([1, 2, 3]).countPerElement(), {
      onProgress: (progress) => reports.push(progress),
    });
    const last = reports.at(-1);
    expect(last?.stagesDone).toBe(last?.stagesTotal);
    expect(last?.elements).toBeGreaterThan(0);
  });
});
