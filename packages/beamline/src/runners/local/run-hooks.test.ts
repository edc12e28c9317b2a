import { describe, expect, test } from "vitest";
import type { RunHooks } from "../../graph/run-hooks.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import type { PTransform } from "../../pipeline/ptransform.js";
import { runLocal } from "./run-local.js";

type Numbers = PCollection<number>;

/** A transform with hooks that notes when they are called. */
function noting(
  name: string,
  events: string[],
  hooks: RunHooks = {},
): PTransform<Numbers, Numbers> {
  const note = (hook: keyof RunHooks) => async () => {
    await Promise.resolve();
    events.push(`${hook} ${name}`);
    await hooks[hook]?.();
  };
  return {
    name,
    expand: (numbers) =>
      numbers.map((n) => {
        events.push(`run ${name}`);
        return n;
      }),
    hooks: { check: note("check"), prepare: note("prepare"), abandon: note("abandon") },
  };
}

async function fail(message: string): Promise<never> {
  throw new Error(message);
}

function graphOf(...transforms: PTransform<Numbers, Numbers>[]) {
  const pipeline = new Pipeline("test");
  let numbers: Numbers = pipeline.create([1]);
  for (const transform of transforms) numbers = numbers.apply(transform);
  return pipeline.toGraph();
}

describe("runLocal", () => {
  test("checks, then prepares, then runs, and abandons nothing that succeeded", async () => {
    const events: string[] = [];
    await runLocal(graphOf(noting("A", events), noting("B", events)));
    expect(events.slice(0, 2).sort()).toEqual(["check A", "check B"]);
    expect(events.slice(2)).toEqual(["prepare A", "prepare B", "run A", "run B"]);
  });

  test("calls the hooks of transforms inside transforms", async () => {
    const events: string[] = [];
    await runLocal(
      graphOf({ name: "Outer", expand: (numbers) => numbers.apply(noting("Inner", events)) }),
    );
    expect(events).toEqual(["check Inner", "prepare Inner", "run Inner"]);
  });

  test("throws a failed check as it is, and touches nothing", async () => {
    const events: string[] = [];
    const run = runLocal(graphOf(noting("A", events, { check: () => fail("no input") })));
    await expect(run).rejects.toThrow(/^no input$/);
    expect(events).toEqual(["check A"]);
  });

  test("reports all failed checks at once", async () => {
    const run = runLocal(
      graphOf(
        noting("A", [], { check: () => fail("no input") }),
        noting("B", []),
        noting("C", [], {
          check() {
            throw new Error("no output");
          },
        }),
      ),
    );
    await expect(run).rejects.toMatchObject({
      code: "CHECKS_FAILED",
      message: "Cannot start the job: 2 checks failed\n  - no input\n  - no output",
    });
  });

  test("abandons everything after a failure, whatever the other hooks do", async () => {
    const events: string[] = [];
    const abandon = () => {
      throw new Error("cannot clean up");
    };
    const run = runLocal(
      graphOf(noting("A", events, { abandon }), noting("B", events), {
        name: "Fails",
        expand: (numbers) =>
          numbers.map((): number => {
            throw new Error("the job failed");
          }),
      }),
    );
    await expect(run).rejects.toThrow("the job failed");
    expect(events.slice(-2).sort()).toEqual(["abandon A", "abandon B"]);
  });

  test("abandons after a cancellation, once user code has ended", async () => {
    const events: string[] = [];
    const controller = new AbortController();
    const slow: PTransform<Numbers, Numbers> = {
      name: "Slow",
      expand: (numbers) =>
        numbers.mapAsync(async (n) => {
          controller.abort();
          await new Promise((resolve) => setTimeout(resolve, 20));
          events.push("slow call ends");
          return n;
        }),
    };
    const run = runLocal(graphOf(noting("A", events), slow), { signal: controller.signal });
    await expect(run).rejects.toMatchObject({ code: "CANCELLED" });
    expect(events.slice(-2)).toEqual(["slow call ends", "abandon A"]);
  });

  test("bears hooks that throw before they return a promise", async () => {
    const events: string[] = [];
    const throwing = (message: string) => (): Promise<void> => {
      throw new Error(message);
    };
    const broken = (name: string, hooks: RunHooks): PTransform<Numbers, Numbers> => ({
      name,
      expand: (numbers) => numbers.map((n) => n),
      hooks,
    });
    const checks = runLocal(
      graphOf(
        broken("A", { check: throwing("no input") }),
        broken("B", { check: throwing("no output") }),
      ),
    );
    await expect(checks).rejects.toMatchObject({ code: "CHECKS_FAILED" });
    const abandoned = runLocal(
      graphOf(broken("A", { abandon: throwing("stuck") }), noting("B", events), {
        name: "Fails",
        expand: (numbers) =>
          numbers.map((): number => {
            throw new Error("the job failed");
          }),
      }),
    );
    await expect(abandoned).rejects.toThrow("the job failed");
    expect(events).toContain("abandon B");
  });

  test("is cancelled by a signal that comes during the checks", async () => {
    const controller = new AbortController();
    const events: string[] = [];
    const check = async () => controller.abort();
    const run = runLocal(graphOf(noting("A", events, { check })), { signal: controller.signal });
    await expect(run).rejects.toMatchObject({ code: "CANCELLED" });
    expect(events).not.toContain("run A");
  });
});
