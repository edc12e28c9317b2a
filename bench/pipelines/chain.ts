import { definePipeline, generateSequence, text } from "beamline";
import { z } from "zod";

/** Integers through three maps, a filter and a count: what an element costs in a fused chain. */
export default definePipeline({
  name: "bench-chain",
  options: z.object({
    elements: z.number().int().positive().default(10_000_000).describe("How many integers"),
    output: z.string().describe("Prefix of the file that gets the count"),
  }),
  build(p, { elements, output }) {
    p.apply(generateSequence({ from: 0, to: elements }))
      .map("Add", (value) => value + 1)
      .map("Multiply", (value) => value * 3)
      .map("Subtract", (value) => value - 2)
      .filter("Keep", (value) => value % 7 !== 0)
      .count("Count")
      .map("Format", (total) => `${total}`)
      .apply(text.write(output));
  },
});
