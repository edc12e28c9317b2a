import { describe, expect, test } from "vitest";
import { BundleProcessor } from "../../exec/bundle-processor.js";
import { DoFn } from "../../fn/do-fn.js";
import { IMPULSE_META } from "../../model/element-meta.js";
import type { BeamlineError } from "../../model/errors.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { generateSequence } from "../../transforms/generate-sequence.js";
import { planGraph } from "./plan.js";
import { runLocal } from "./run-local.js";

/** Runs a pipeline and cancels it as soon as `build` says so. */
async function cancelDuring(
  build: (p: Pipeline, cancel: () => void) => PCollection<unknown>,
): Promise<BeamlineError> {
  const controller = new AbortController();
  const pipeline = new Pipeline("test");
  build(pipeline, () => controller.abort());
  const run = runLocal(pipeline.toGraph(), { signal: controller.signal });
  return await run.then(
    () => {
      throw new Error("the run was not cancelled");
    },
    (error: BeamlineError) => error,
  );
}

const cancelled = {
  code: "CANCELLED",
  message: "Cannot finish the job: it was cancelled; run it again",
};

describe("runLocal", () => {
  test("rejects as cancelled, and runs nothing, when the signal is aborted before", async () => {
    let ran = false;
    const pipeline = new Pipeline("test");
    pipeline.impulse().map(() => {
      ran = true;
      return 0;
    });
    const run = runLocal(pipeline.toGraph(), { signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject(cancelled);
    expect(ran).toBe(false);
  });

  test("stops between the elements of a synchronous stage", async () => {
    let seen = 0;
    const error = await cancelDuring((p, cancel) =>
      p
        .create([3_000_000])
        .flatMap((n) => Array(n).keys())
        .reshuffle()
        .map((n) => {
          if (seen++ === 0) setImmediate(cancel);
          return n;
        }),
    );
    expect(error).toMatchObject(cancelled);
    expect(seen).toBeLessThan(3_000_000);
  });

  test("stops a source that emits without end", async () => {
    let seen = 0;
    const error = await cancelDuring((p, cancel) =>
      p.apply(generateSequence({ to: Number.MAX_SAFE_INTEGER })).filter(() => {
        if (seen++ === 0) setImmediate(cancel);
        return false;
      }),
    );
    expect(error).toMatchObject(cancelled);
  });

  test("stops between the elements of mapAsync, whose calls see the signal", async () => {
    let started = 0;
    let aborted = 0;
    const error = await cancelDuring((p, cancel) =>
      p
        .create([1000])
        .flatMap((n) => Array(n).keys())
        .mapAsync(
          async (n, { signal }) => {
            if (++started === 4) setImmediate(cancel);
            await new Promise<void>((resolve) => {
              signal.addEventListener("abort", () => {
                aborted++;
                resolve();
              });
            });
            return n;
          },
          { concurrency: 4 },
        ),
    );
    expect(error).toMatchObject(cancelled);
    expect({ started, aborted }).toEqual({ started: 4, aborted: 4 });
  });

  test.each(["setup", "startBundle", "process", "finishBundle"] as const)(
    "stops a DoFn that waits in %s, and tears it down once that has ended",
    async (method) => {
      const events: string[] = [];
      const error = await cancelDuring((p, cancel) => {
        const wait = async () => {
          setImmediate(cancel);
          await new Promise((resolve) => setTimeout(resolve, 20));
          events.push(`${method} ends`);
        };
        class Waits extends DoFn<number, number> {
          override process(): void | Promise<void> {}
          override teardown() {
            events.push("teardown");
          }
        }
        return p.create([1]).parDo(() => Object.assign(new Waits(), { [method]: wait }));
      });
      expect(error).toMatchObject(cancelled);
      expect(events).toEqual([`${method} ends`, "teardown"]);
    },
  );
});

describe("BundleProcessor", () => {
  test("waits for calls under way for graceMs, and no longer", async () => {
    const pipeline = new Pipeline("test");
    pipeline.impulse().mapAsync(() => new Promise<never>(() => {}));
    const [stage] = planGraph(pipeline.toGraph()).stages;
    if (stage === undefined) throw new Error("no stage");
    const processor = new BundleProcessor(stage, {
      openSink: () => ({ receive: () => {} }),
      graceMs: 5,
    });
    const controller = new AbortController();
    const run = processor.run(
      {
        feed(entries) {
          for (const receive of entries.values()) receive(new Uint8Array(), IMPULSE_META);
          controller.abort(new Error("enough"));
        },
      },
      controller.signal,
    );
    await expect(run).rejects.toThrow("enough");
  });
});
