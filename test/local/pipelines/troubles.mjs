// Pipelines that go wrong in a worker thread, each in its own way.
import { existsSync, writeFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";
import { DoFn, definePipeline } from "beamline";
import { z } from "zod";

let builds = 0;

/**
 * Fails once, over all threads: the first to come writes the file.
 * @param {string} file
 */
function failOnce(file) {
  if (existsSync(file)) return;
  writeFileSync(file, "");
  throw new Error("first attempt");
}

/** @extends {DoFn<number, number>} */
class Batches extends DoFn {
  /** @type {number[]} */
  buffer = [];

  /** @override */
  startBundle() {
    this.buffer = [];
  }

  /**
   * @override
   * @param {number} n
   */
  process(n) {
    this.buffer.push(n);
  }

  /**
   * @override
   * @param {import("beamline").BundleContext<number>} ctx
   */
  finishBundle(ctx) {
    for (const n of this.buffer) ctx.output(n);
    ctx.counter("finished").inc(this.buffer.length);
  }
}

export const pipeline = definePipeline({
  name: "troubles",
  options: z.object({ trouble: z.string(), file: z.string().default("") }),
  build(p, { trouble, file }) {
    const numbers = p.create("Numbers", [1, 2, 3, 4]);
    switch (trouble) {
      case "none":
        numbers
          .map("OffMain", () => isMainThread)
          .map("Check", (main) => {
            if (main) throw new Error("ran on the main thread");
            return null;
          });
        return;
      case "fails-once":
        numbers
          .map("Fail", (n, ctx) => {
            ctx.counter("seen").inc();
            if (n === 3) failOnce(file);
            return n;
          })
          .parDo("Batches", () => new Batches())
          .sum()
          .map("Check", (sum) => {
            if (sum !== 10) throw new Error(`the sum is ${sum}`);
            return null;
          });
        return;
      case "fails":
        numbers.map("Fail", (n) => {
          if (n === 3) throw new RangeError("no threes", { cause: new Error("because") });
          return n;
        });
        return;
      case "rejects":
        numbers.mapAsync("Reject", async (n) => {
          if (n === 3) throw new RangeError("no threes");
          return n;
        });
        return;
      case "exits":
        numbers.map("Exit", () => process.exit(7));
        return;
      case "throws-later":
        numbers.mapAsync("Later", async () => {
          setTimeout(() => {
            throw new TypeError("nobody catches this");
          }, 0);
          await new Promise((resolve) => setTimeout(resolve, 60_000));
          return null;
        });
        return;
      case "spins":
        numbers.map("Spin", (n) => {
          writeFileSync(file, "spinning");
          for (;;) if (n < 0) return n;
        });
        return;
      case "counts-builds":
        p.create("Builds", [builds++]).map("After", String);
        return;
      case "looks-around":
        p.create("Thread", [isMainThread]);
        return;
    }
  },
});

export const notAPipeline = 5;
