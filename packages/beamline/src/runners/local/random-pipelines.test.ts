import { describe, expect, test } from "vitest";
import { sum } from "../../combiners/sum.js";
import type { PCollection } from "../../pipeline/pcollection.js";
import { Pipeline } from "../../pipeline/pipeline.js";
import { compareBags } from "../../testing/compare-bags.js";
import { LocalJob } from "./local-job.js";

// Pipelines made at random, each beside the same computation over plain arrays.

type Random = (below: number) => number;

/** Mulberry32: the same numbers on every run. */
function randomFrom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** A PCollection of integers, and its elements as plain JavaScript computes them. */
interface Both {
  readonly pipeline: PCollection<number>;
  readonly plain: readonly number[];
}

function groups(plain: readonly number[], keyOf: (n: number) => number): Map<number, number[]> {
  const all = new Map<number, number[]>();
  for (const n of plain) all.set(keyOf(n), [...(all.get(keyOf(n)) ?? []), n]);
  return all;
}

const total = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

type Operation = (a: Both, b: Both, random: Random) => Both;

const OPERATIONS: readonly Operation[] = [
  ({ pipeline, plain }) => ({
    pipeline: pipeline.map((n) => n + 1),
    plain: plain.map((n) => n + 1),
  }),
  ({ pipeline, plain }) => ({
    pipeline: pipeline.filter((n) => n % 3 !== 0),
    plain: plain.filter((n) => n % 3 !== 0),
  }),
  ({ pipeline, plain }) => {
    const fan = (n: number) => Array.from({ length: Math.abs(n) % 3 }, (_, i) => n - i);
    return { pipeline: pipeline.flatMap(fan), plain: plain.flatMap(fan) };
  },
  ({ pipeline, plain }, _b, random) => ({
    pipeline: pipeline.mapAsync(async (n) => n * 2, {
      concurrency: 1 + random(4),
      ordered: random(2) === 0,
    }),
    plain: plain.map((n) => n * 2),
  }),
  (a, b) => ({ pipeline: a.pipeline.flatten(b.pipeline), plain: [...a.plain, ...b.plain] }),
  (a) => ({ pipeline: a.pipeline.flatten(a.pipeline), plain: [...a.plain, ...a.plain] }),
  ({ pipeline, plain }) => ({ pipeline: pipeline.reshuffle(), plain }),
  ({ pipeline, plain }) => ({ pipeline: pipeline.distinct(), plain: [...new Set(plain)] }),
  ({ pipeline, plain }) => ({ pipeline: pipeline.count(), plain: [plain.length] }),
  ({ pipeline, plain }) => ({ pipeline: pipeline.sum(), plain: [total(plain)] }),
  ({ pipeline, plain }, _b, random) => {
    const modulus = 1 + random(5);
    const keyOf = (n: number) => n % modulus;
    return {
      pipeline: pipeline
        .keyBy(keyOf)
        .groupByKey()
        .map(([key, values]) => key + total(values)),
      plain: [...groups(plain, keyOf)].map(([key, values]) => key + total(values)),
    };
  },
  ({ pipeline, plain }, _b, random) => {
    const modulus = 1 + random(5);
    const keyOf = (n: number) => n % modulus;
    return {
      pipeline: pipeline.keyBy(keyOf).combinePerKey(sum()).values(),
      plain: [...groups(plain, keyOf).values()].map(total),
    };
  },
  ({ pipeline, plain }, _b, random) => {
    const part = random(2);
    const partOf = (n: number) => Math.abs(n) % 2;
    const parts = pipeline.partition(2, partOf);
    return {
      pipeline: parts[part] ?? pipeline,
      plain: plain.filter((n) => partOf(n) === part),
    };
  },
  ({ pipeline, plain }) => ({
    pipeline: pipeline.countPerElement().map(([n, times]) => n * 31 + times),
    plain: [...groups(plain, (n) => n)].map(([n, { length }]) => n * 31 + length),
  }),
];

/** Elements beyond these would make the numbers, or the test, too large. */
function tame({ pipeline, plain }: Both): Both {
  const small = (n: number) => n % 1009;
  return { pipeline: pipeline.map(small), plain: plain.map(small) };
}

function randomPipeline(seed: number): { pipeline: Pipeline; results: readonly Both[] } {
  const random = randomFrom(seed);
  const pipeline = new Pipeline("random");
  const made: Both[] = [[], [5], Array.from({ length: 1 + random(30) }, () => random(20))].map(
    (plain) => ({ pipeline: pipeline.create(plain), plain }),
  );
  const pick = (): Both => made[random(made.length)] as Both;
  for (let i = 0; i < 12; i++) {
    const operation = OPERATIONS[random(OPERATIONS.length)] as Operation;
    const next = tame(operation(pick(), pick(), random));
    if (next.plain.length < 5000) made.push(next);
  }
  return { pipeline, results: made };
}

describe.each([
  { strictEncoding: false, failures: 0 },
  { strictEncoding: true, failures: 0 },
  { strictEncoding: false, failures: 5 },
])("LocalJob, %j", ({ strictEncoding, failures }) => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed))(
    "computes what plain arrays do, pipeline %i",
    async (seed) => {
      const { pipeline, results } = randomPipeline(seed);
      const random = randomFrom(seed + 1000);
      let left = failures;
      const watched = results.map((each) => ({
        ...each,
        pipeline: each.pipeline.map((n) => {
          if (left > 0 && random(10) === 0) throw new Error(`failure ${left--}`);
          return n;
        }),
      }));
      const ids = watched.map((each) => each.pipeline.id);
      const job = new LocalJob(pipeline.toGraph(), { strictEncoding, maxAttempts: 10 }, ids);
      const { retries } = await job.run();
      expect(retries).toBe(failures - left);
      for (const { pipeline: collection, plain } of watched) {
        expect(compareBags(job.read(collection.id), plain)).toEqual({
          missing: [],
          unexpected: [],
        });
      }
    },
  );
});
