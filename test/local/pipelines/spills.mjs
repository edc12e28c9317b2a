import { existsSync, writeFileSync } from "node:fs";
import {
  combineFn,
  DoFn,
  definePipeline,
  fixedWindows,
  generateSequence,
  sessions,
} from "beamline";
import { elementsAre } from "beamline/testing";
import { z } from "zod";

/**
 * Some 130 characters that begin with the number: words, which can be compressed, and digits, which
 * cannot.
 *
 * @param {number} n
 */
function textOf(n) {
  let text = `${n} to be or not to be, that is the question whether it `;
  for (let i = 1; i <= 12; i++) text += (Math.imul(n, 0x9e3779b1 * i) >>> 0).toString(36);
  return text;
}

/** @typedef {[key: string, value: string]} Pair */

/** Adds numbers up, and says how many there were. */
const tally = combineFn({
  create: () => ({ count: 0, sum: 0 }),
  add: (total, /** @type {[count: number, sum: number]} */ [count, sum]) => ({
    count: total.count + count,
    sum: total.sum + sum,
  }),
  merge: (a, b) => ({ count: a.count + b.count, sum: a.sum + b.sum }),
  extract: ({ count, sum }) => `${count} values, sum ${sum}`,
});

/**
 * Passes on how many values of a key there were, and their sum, when its window ends.
 *
 * @extends {DoFn<Pair, unknown>}
 */
class Totals extends DoFn {
  last = this.valueState();

  /**
   * @override
   * @param {Pair} pair
   */
  process([, value]) {
    const [count, sum] = this.last.read() ?? [0, 0];
    this.last.write([count + 1, sum + numberOf(value)]);
  }

  /**
   * @override
   * @param {import("beamline").ExpirationContext<string, unknown>} ctx
   */
  onWindowExpiration(ctx) {
    ctx.output(this.last.read() ?? [0, 0]);
  }
}

/** @param {string} value */
function numberOf(value) {
  return Number(value.slice(0, value.indexOf(" ")));
}

/**
 * How many values there are, and their sum: read twice at once, one behind the other.
 *
 * @param {Iterable<string>} values
 * @returns {[count: number, sum: number]}
 */
function twice(values) {
  const second = values[Symbol.iterator]();
  let count = 0;
  let sum = 0;
  for (const value of values) {
    if (numberOf(second.next().value ?? "") !== numberOf(value)) throw new Error("not the same");
    count++;
    sum += numberOf(value);
  }
  return [count, sum];
}

/** Brings large values together in all the ways that there are, and checks what comes out. */
export const pipeline = definePipeline({
  name: "spills",
  options: z.object({
    how: z.enum(["group", "windows", "sessions", "state", "reshuffle", "side", "combine"]),
    rows: z.number().int(),
    keys: z.number().int(),
    /** Percent of the rows that have the first key. */
    hot: z.number().int().default(0),
    /** A file that the first bundle to see it missing makes, and fails. */
    failOnce: z.string().default(""),
    /** Milliseconds that each of a thousand values takes. */
    slowly: z.number().default(0),
  }),
  build(p, { how, rows, keys, hot, failOnce, slowly }) {
    const numbers = p.apply(generateSequence({ from: 0, to: rows }));
    const pairs = numbers
      .map("Key", (n) => /** @type {Pair} */ ([`key ${n % 100 < hot ? 0 : n % keys}`, textOf(n)]))
      .withTimestamps(([, value]) => numberOf(value));
    const totals = () => {
      switch (how) {
        case "group":
          return pairs.groupByKey().map("Twice", ([, values]) => twice(values));
        case "windows":
          return pairs
            .window(fixedWindows(rows / 10))
            .groupByKey()
            .map("Twice", ([, values]) => twice(values));
        case "sessions":
          return pairs
            .window(sessions(rows))
            .groupByKey()
            .map("Twice", ([, values]) => twice(values));
        case "state":
          return pairs.parDo("Totals", () => new Totals());
        case "reshuffle":
          return pairs.reshuffle().map("Count", ([, value]) => [1, numberOf(value)]);
        case "combine":
          return pairs
            .combinePerKey("Longest", {
              create: () => "",
              add: (longest, value) => (value.length > longest.length ? value : longest),
              merge: (a, b) => (a.length > b.length ? a : b),
              extract: (longest) => longest,
            })
            .map("Count", () => [1, 0]);
        case "side": {
          const texts = pairs
            .map("By number", ([, value]) => [numberOf(value) % rows, value])
            .asMap();
          return p
            .apply("Some", generateSequence({ from: 0, to: 200 }))
            .map("Look up", (n, { side }) => [1, numberOf(side.texts.get(n * 7) ?? "")], {
              side: { texts },
            });
        }
      }
    };
    const expected = {
      combine: `${keys} values, sum 0`,
      side: `200 values, sum ${(7 * 200 * 199) / 2}`,
    };
    totals()
      .map("Check", (total) => {
        if (failOnce !== "" && !existsSync(failOnce)) {
          writeFileSync(failOnce, "");
          throw new Error("failed once");
        }
        if (slowly > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, slowly);
        return /** @type {[number, number]} */ (total);
      })
      .window("All", { kind: "global" })
      .combineGlobally("Tally", tally)
      .apply(
        elementsAre([
          expected[/** @type {keyof typeof expected} */ (how)] ??
            `${rows} values, sum ${(rows * (rows - 1)) / 2}`,
        ]),
      );
  },
});
