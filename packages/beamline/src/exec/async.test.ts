import { describe, expect, test } from "vitest";
import type { ProcessContext } from "../fn/context.js";
import { DoFn } from "../fn/do-fn.js";
import { collect } from "../testing/collect.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each([{ strictEncoding: true }, { strictEncoding: false }])("mapAsync, %j", (options) => {
  test.each([1, 3, 16])("has at most %i calls under way", async (concurrency) => {
    let running = 0;
    let most = 0;
    const elements = await collect(
      (p) =>
        p
          .create([100])
          .flatMap((n) => Array(n).keys())
          .mapAsync(
            async (n) => {
              most = Math.max(most, ++running);
              await turn();
              running--;
              return n;
            },
            { concurrency },
          ),
      options,
    );
    expect(most).toBe(concurrency);
    expect(elements.length).toBe(100);
  });

  test("keeps the order when it is asked to, however long each call takes", async () => {
    const order: number[] = [];
    await collect(
      (p) =>
        p
          .create([50])
          .flatMap((n) => Array(n).keys())
          .mapAsync(
            async (n) => {
              for (let i = 0; i < (n * 7) % 5; i++) await turn();
              return n;
            },
            { ordered: true, concurrency: 8 },
          )
          .map((n) => {
            order.push(n);
            return n;
          }),
      options,
    );
    expect(order).toEqual([...Array(50).keys()]);
  });

  test("holds its source back: what waits is bounded by one element's outputs", async () => {
    let produced = 0;
    let done = 0;
    let ahead = 0;
    await collect(
      (p) =>
        p
          .create([[...Array(500).keys()]])
          .flatMap((list) => [...list])
          .keyBy((n) => n)
          .groupByKey()
          .map(([n]) => {
            ahead = Math.max(ahead, ++produced - done);
            return n;
          })
          .mapAsync(
            async (n) => {
              await turn();
              done++;
              return n;
            },
            { concurrency: 4 },
          ),
      options,
    );
    expect(done).toBe(500);
    expect(ahead).toBeLessThanOrEqual(6);
  });

  test("is held back itself by a slower one below", async () => {
    let first = 0;
    let second = 0;
    let ahead = 0;
    await collect(
      (p) =>
        p
          // One element, so that only the steps themselves can hold each other back.
          .create([200])
          .flatMap((n) => Array(n).keys())
          .mapAsync(
            async (n) => {
              ahead = Math.max(ahead, ++first - second);
              return n;
            },
            { concurrency: 8 },
          )
          .mapAsync(
            async (n) => {
              await turn();
              await turn();
              second++;
              return n;
            },
            { concurrency: 1 },
          ),
      options,
    );
    expect(second).toBe(200);
    expect(ahead).toBeLessThanOrEqual(20);
  });

  test("gives each call the context of its own element", async () => {
    const elements = await collect(
      (p) =>
        p
          .create([[1, 2, 3]])
          .flatMap((list) => [...list])
          .mapAsync(async (n, ctx) => {
            const { counter, window } = ctx;
            await turn();
            ctx.counter("n").inc(n);
            return [typeof counter, window.kind, ctx.window === window];
          }),
      options,
    );
    expect(elements).toEqual(Array(3).fill(["function", "global", true]));
  });
});

describe("an asynchronous DoFn", () => {
  class Slow extends DoFn<number, number> {
    static running = 0;
    static most = 0;
    private bundle: number[] = [];

    override startBundle() {
      this.bundle = [];
    }

    override async process(n: number, ctx: ProcessContext<number>) {
      Slow.most = Math.max(Slow.most, ++Slow.running);
      await turn();
      this.bundle.push(n);
      ctx.output(n);
      Slow.running--;
    }

    override finishBundle() {
      if (Slow.running > 0) throw new Error("finishBundle() came before process() ended");
    }
  }

  test("sees one element at a time, and the end of the bundle last", async () => {
    const elements = await collect((p) =>
      p
        .create([20])
        .flatMap((n) => Array(n).keys())
        .parDo(() => new Slow()),
    );
    expect(Slow.most).toBe(1);
    expect(elements.sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
  });

  test("lets the event loop turn while it emits without end", async () => {
    let turned = false;
    class Endless extends DoFn<number, number> {
      override async process(_n: number, ctx: ProcessContext<number>) {
        setImmediate(() => {
          turned = true;
        });
        while (!turned) {
          ctx.output(1);
          await ctx.ready();
        }
      }
    }
    const counts = await collect((p) =>
      p
        .create([1])
        .parDo(() => new Endless())
        .count(),
    );
    expect(counts[0]).toBeGreaterThan(0);
  });

  test("waits in ready() until there is room below", async () => {
    let ahead = 0;
    let emitted = 0;
    let done = 0;
    class Bursts extends DoFn<number, number> {
      override async process(n: number, ctx: ProcessContext<number>) {
        for (let i = 0; i < n; i++) {
          ctx.output(i);
          ahead = Math.max(ahead, ++emitted - done);
          await ctx.ready();
        }
      }
    }
    await collect((p) =>
      p
        .create([300])
        .parDo(() => new Bursts())
        .mapAsync(
          async (n) => {
            await turn();
            done++;
            return n;
          },
          { concurrency: 2 },
        ),
    );
    expect(done).toBe(300);
    expect(ahead).toBeLessThanOrEqual(4);
  });
});
