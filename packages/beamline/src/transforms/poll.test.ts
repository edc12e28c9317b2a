import { expect, test } from "vitest";
import { Pipeline } from "../pipeline/pipeline.js";
import { LocalJob } from "../runners/local/local-job.js";
import { collect } from "../testing/collect.js";
import { generateSequence } from "./generate-sequence.js";
import { poll } from "./poll.js";

test("poll goes on from the cursor of the look before, until it is done", async () => {
  const cursors: number[] = [];
  const numbers = await collect((p) =>
    p.apply(
      poll<number, number>("Count", {
        start: 0,
        every: 1,
        async look(cursor) {
          cursors.push(cursor);
          return { elements: [cursor, cursor + 1], cursor: cursor + 2, isDone: cursor === 4 };
        },
      }),
    ),
  );
  expect(numbers).toEqual([0, 1, 2, 3, 4, 5]);
  expect(cursors).toEqual([0, 2, 4]);
});

test("poll looks again from the same cursor after a failure", async () => {
  let failures = 1;
  const numbers = await collect((p) =>
    p.apply(
      poll<number, number>("Count", {
        start: 0,
        every: 1,
        async look(cursor) {
          if (cursor === 1 && failures-- > 0) throw new Error("the service is down");
          return { elements: [cursor], cursor: cursor + 1, isDone: cursor === 2 };
        },
      }),
    ),
  );
  expect(numbers).toEqual([0, 1, 2]);
});

test("poll gives elements the event time that they have", async () => {
  const pipeline = new Pipeline("test");
  const { id } = pipeline.apply(
    poll<{ at: number }, null>("Once", {
      start: null,
      every: 1,
      look: async () => ({ elements: [{ at: 17 }], cursor: null, isDone: true }),
      timestampOf: ({ at }) => at,
    }),
  );
  const job = new LocalJob(pipeline.toGraph(), {}, [id]);
  await job.run();
  expect(job.readWithMeta(id).map(({ meta }) => meta.timestamp)).toEqual([17]);
});

test("generateSequence at a rate gives every number once, in steps of time", async () => {
  const pipeline = new Pipeline("test");
  const rate = { elements: 100, per: { seconds: 1 } };
  const { id } = pipeline.apply(generateSequence({ from: 3, to: 8, rate }));
  const job = new LocalJob(pipeline.toGraph(), { strictEncoding: true }, [id]);
  const { bundles } = await job.run();
  // It sleeps until the next number is due, rather than ask again and again.
  expect(bundles).toBeLessThan(20);
  const found = job.readWithMeta(id);
  expect(found.map(({ value }) => value)).toEqual([3, 4, 5, 6, 7]);
  const [first] = found;
  expect(found.map(({ meta }) => meta.timestamp - (first?.meta.timestamp ?? 0))).toEqual([
    0, 10, 20, 30, 40,
  ]);
});

test.each([
  [() => generateSequence({}), "leave `to` out and give a rate"],
  [() => generateSequence({ rate: { elements: 0, per: 1 } }), "a rate of 0 elements"],
  [() => poll("P", { start: 0, every: 0, look: async () => never() }), "`every` is 0"],
])("refuses what makes no stream", (make, problem) => {
  expect(make).toThrow(problem);
});

function never(): never {
  throw new Error("never called");
}
