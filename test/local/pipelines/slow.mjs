import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { threadId } from "node:worker_threads";
import { definePipeline } from "beamline";
import { elementsAre } from "beamline/testing";
import { z } from "zod";
import { NumbersFn } from "../../support/numbers-fn.mjs";

const NUMBERS = 150;
const EACH_MS = 10;

/** Emits numbers slowly and without a pause, from one restriction that nobody has split. */
class Slow extends NumbersFn {
  /** @param {{ log: string, failAt: number }} options */
  constructor(options) {
    super(NUMBERS);
    this.options = options;
  }

  /** @override @param {number} n */
  before(n) {
    const { log, failAt } = this.options;
    const until = performance.now() + EACH_MS;
    while (performance.now() < until);
    appendFileSync(log, `${threadId} ${n}\n`);
    if (n === failAt && !existsSync(`${log}.failed`)) {
      writeFileSync(`${log}.failed`, "");
      throw new Error(`failure at ${n}`);
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
