import { definePipeline } from "beamline";
import { z } from "zod";

export default definePipeline({
  name: "upper",
  options: z.object({ last: z.string().default("c") }),
  build(p, { last }) {
    p.create("Words", ["a", "b", last])
      .reshuffle()
      .map("Upper", (word, ctx) => {
        ctx.counter("words").inc();
        if (word === "bad") throw new RangeError(`no such word: ${word}`);
        return word.toUpperCase();
      });
  },
});
