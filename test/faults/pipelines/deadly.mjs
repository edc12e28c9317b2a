// Pipelines whose functions end the worker thread that runs them, each in its own way.
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMainThread, threadId } from "node:worker_threads";
import { DoFn, definePipeline } from "beamline";
import { elementsAre } from "beamline/testing";
import { z } from "zod";
import { NumbersFn } from "../../support/numbers-fn.mjs";

const STATE = process.env.BEAMLINE_TEST_DEADLY ?? "";
if (!isMainThread && STATE !== "") {
  const isFirst = once(STATE, "module");
  if (isFirst || existsSync(join(STATE, "always"))) process.exit(3);
}

/**
 * Whether this is the first call with the name, over all threads and attempts.
 *
 * @param {string} folder
 * @param {string} name
 */
function once(folder, name) {
  try {
    writeFileSync(join(folder, name), "", { flag: "wx" });
    return true;
  } catch {
    return false;
  }
}

/** @param {number} ms */
function spin(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** Fills the heap until the thread is ended. */
function hoard() {
  const hoarded = [];
  for (;;) hoarded.push(new Array(1000).fill(Math.random()));
}

/** @type {Readonly<Record<string, () => unknown>>} */
const DEATHS = {
  exits: () => process.exit(7),
  hoards: hoard,
  throws: () =>
    setTimeout(() => {
      throw new TypeError("nobody catches this");
    }, 0),
  rejects: () => void Promise.reject(new TypeError("nobody awaits this")),
};

/** @extends {DoFn<number, number>} */
class ExitsInTeardown extends DoFn {
  /** @override @param {number} n */
  process(n) {
    return [n];
  }

  /** @override */
  teardown() {
    process.exit(4);
  }
}

/** @extends {DoFn<number, number>} */
class ExitsOnceCommitted extends DoFn {
  /** @override */
  finalizesBundles = true;

  /** @param {string} folder */
  constructor(folder) {
    super();
    this.folder = folder;
  }

  /**
   * @override
   * @param {number} n
   * @param {import("beamline").ProcessContext<number>} ctx
   */
  process(n, ctx) {
    ctx.afterCommit(() => {
      if (once(this.folder, "committed")) process.exit(5);
    });
    ctx.output(n);
  }
}

const NUMBERS = 150;

/** Slow numbers. The thread that was the first to give some of them away ends a little later. */
class ExitsAfterSplit extends NumbersFn {
  /** @param {string} folder */
  constructor(folder) {
    super(NUMBERS);
    this.folder = folder;
  }

  /**
   * @override
   * @param {number} _n
   * @param {import("../../support/numbers-fn.mjs").Tracker} tracker
   */
  before(_n, tracker) {
    spin(10);
    if (tracker.currentRestriction()[1] < this.count && once(this.folder, "split")) process.exit(6);
  }
}

export const pipeline = definePipeline({
  name: "deadly",
  options: z.object({ how: z.string(), folder: z.string(), always: z.boolean().default(false) }),
  build(p, { how, folder, always }) {
    const numbers = p.create("Numbers", [1, 2, 3, 4]);
    const death = DEATHS[how];
    if (death !== undefined) {
      numbers
        .mapAsync("Dies", async (n, ctx) => {
          ctx.counter("seen").inc();
          if (n === 3 && (always || once(folder, "died"))) {
            death();
            await new Promise((resolve) => setTimeout(resolve, 60_000));
          }
          return n;
        })
        .apply(elementsAre([1, 2, 3, 4]));
      return;
    }
    switch (how) {
      case "in-step":
        numbers
          .map("Before", (n) => n)
          .map("Dies", (n) => (n === 3 ? process.exit(7) : n))
          .map("After", (n) => n);
        return;
      case "each-thread":
        numbers
          .map("Dies", (n) => {
            appendFileSync(join(folder, "threads"), `${threadId}\n`);
            // Long enough for the other thread to be at it, too.
            spin(500);
            if (n <= 2 && once(folder, `died-${n}`)) process.exit(7);
            return n;
          })
          .apply(elementsAre([1, 2, 3, 4]));
        return;
      case "idle":
        p.create("Two", ["quick", "slow"])
          .map("Work", (what) => {
            if (what === "slow") {
              once(folder, "slow");
              spin(1500);
            } else {
              // The other thread is to be at work when this one has nothing to do.
              while (!existsSync(join(folder, "slow"))) spin(5);
              if (once(folder, "idle")) setTimeout(() => process.exit(8), 100);
            }
            return what;
          })
          .reshuffle()
          .map("More", (what) => what)
          .apply(elementsAre(["quick", "slow"]));
        return;
      case "split":
        p.impulse()
          .parDo("Slow", () => new ExitsAfterSplit(folder))
          .apply(elementsAre(Array.from({ length: NUMBERS }, (_, i) => i)));
        return;
      case "commit":
        numbers
          .parDo("Commits", () => new ExitsOnceCommitted(folder))
          .apply(elementsAre([1, 2, 3, 4]));
        return;
      case "teardown":
        numbers.parDo("Closes", () => new ExitsInTeardown());
        return;
      case "none":
        numbers.apply(elementsAre([1, 2, 3, 4]));
        return;
      default:
        throw new Error(`no death is called ${how}`);
    }
  },
});
