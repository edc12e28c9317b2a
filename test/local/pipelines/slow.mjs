import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { threadId } from "node:worker_threads";
import { definePipeline, OffsetRangeTracker, offsetRangeCoder, SplittableDoFn } from "beamline";
import { elementsAre } from "beamline/testing";
import { z } from "zod";

const NUMBERS = 150;
const EACH_MS = 10;

/**
 * Emits numbers slowly and without a pause, from one restriction that nobody has split.
 *
 * @extends {SplittableDoFn<Uint8Array, import("beamline").OffsetRange, number, number>}
 */
class Slow extends SplittableDoFn {
  restrictionCoder = offsetRangeCoder;

  /** @param {{ log: string, failAt: number }} options */
  constructor(options) {
    super();
    this.options = options;
  }

  /** @returns {import("beamline").OffsetRange} */
  initialRestriction() {
    return [0, NUMBERS];
  }

  /** @param {Uint8Array} _element @param {import("beamline").OffsetRange} range */
  size(_element, [start, end]) {
    return end - start;
  }

  /** @param {import("beamline").OffsetRange} range */
  newTracker(range) {
    return new OffsetRangeTracker(range);
  }

  /**
   * @param {Uint8Array} _element
   * @param {import("beamline").RestrictionTracker<import("beamline").OffsetRange, number>} tracker
   * @param {import("beamline").SplittableContext<number>} ctx
   */
  process(_element, tracker, ctx) {
    const { log, failAt } = this.options;
    let [next] = tracker.currentRestriction();
    for (; tracker.tryClaim(next); next++) {
      const until = performance.now() + EACH_MS;
      while (performance.now() < until);
      appendFileSync(log, `${threadId} ${next}\n`);
      if (next === failAt && !existsSync(`${log}.failed`)) {
        writeFileSync(`${log}.failed`, "");
        throw new Error(`failure at ${next}`);
      }
      ctx.output(next);
    }
  }
}

export const pipeline = definePipeline({
  name: "slow",
  options: z.object({ log: z.string(), failAt: z.number() }),
  build(p, options) {
    p.impulse()
      .parDo("Slow", () => new Slow(options))
      .apply(elementsAre(Array.from({ length: NUMBERS }, (_, i) => i)));
  },
});
