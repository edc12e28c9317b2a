import { expect, test } from "vitest";
import type { ProcessContext } from "../fn/context.js";
import { DoFn } from "../fn/do-fn.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { runLocal } from "../runners/local/run-local.js";
import { generateSequence } from "../transforms/generate-sequence.js";
import { fixedWindows } from "../windowing/windows.js";

test("a run that is drained takes in nothing more, closes its windows, and ends well", async () => {
  const seen: number[] = [];
  const sums: number[] = [];
  const pipeline = new Pipeline("test");
  const drain = new AbortController();
  pipeline
    .apply(generateSequence({ rate: { elements: 200, per: { seconds: 1 } } }))
    .map("See", (n) => {
      seen.push(n);
      if (n === 20) drain.abort();
      return n;
    })
    .window(fixedWindows({ hours: 1 }))
    .map("Key", (n): [string, number] => ["all", n])
    .groupByKey()
    .map("Sum", ([, values]) => sums.push([...values].reduce((a, b) => a + b, 0)));
  const { state } = await runLocal(pipeline.toGraph(), { drain: drain.signal });
  expect(state).toBe("done");
  expect(seen.length).toBeGreaterThan(20);
  // An hour may begin while the test runs.
  expect(sums.reduce((a, b) => a + b, 0)).toBe(seen.reduce((a, b) => a + b, 0));
});

test("afterCommit is called once the bundle is committed, and not for one that fails", async () => {
  const calls: string[] = [];
  let failures = 1;
  class Acknowledge extends DoFn<number, number> {
    override readonly finalizesBundles = true;

    override process(n: number, ctx: ProcessContext<number>): void {
      ctx.afterCommit(() => void calls.push(`ack ${n}`));
      if (failures-- > 0) throw new Error("not yet");
      calls.push(`done ${n}`);
    }
  }
  const pipeline = new Pipeline("test");
  pipeline.create([1]).parDo(() => new Acknowledge());
  await runLocal(pipeline.toGraph());
  expect(calls).toEqual(["done 1", "ack 1"]);
});
