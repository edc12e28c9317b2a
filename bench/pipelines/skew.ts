import { definePipeline, generateSequence, text } from "beamline";
import { z } from "zod";

/** Numbers added up by key, combined or grouped; one key may have a large share of them. */
export default definePipeline({
  name: "bench-skew",
  options: z.object({
    elements: z.number().int().positive().describe("How many numbers"),
    keys: z.number().int().positive().default(100_000).describe("How many keys"),
    hot: z.number().int().min(0).max(100).describe("Percent of the numbers that key 0 has"),
    how: z.enum(["combine", "group"]).describe("Lifted, or all values brought together"),
    output: z.string().describe("Prefix of the files that get `key: count sum`"),
  }),
  build(p, { elements, keys, hot, how, output }) {
    const keyed = p
      .apply(generateSequence({ from: 0, to: elements }))
      .map("Key", (n): [number, number] => [n % 100 < hot ? 0 : n % keys, n]);
    if (how === "combine") {
      keyed
        .combinePerKey("Add", {
          create: () => ({ count: 0, sum: 0 }),
          add: (total, n: number) => {
            total.count++;
            total.sum += n;
            return total;
          },
          merge: (a, b) => ({ count: a.count + b.count, sum: a.sum + b.sum }),
          extract: ({ count, sum }) => `${count} ${sum}`,
        })
        .map("Format", ([key, total]) => `${key}: ${total}`)
        .apply(text.write(output));
      return;
    }
    keyed
      .groupByKey()
      .map("Add", ([key, values]) => {
        let count = 0;
        let sum = 0;
        for (const n of values) {
          count++;
          sum += n;
        }
        return `${key}: ${count} ${sum}`;
      })
      .apply(text.write(output));
  },
});
