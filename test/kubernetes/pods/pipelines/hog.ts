import { definePipeline, text } from "beamline";
import { z } from "zod";

/** Holds on to a mebibyte for each of 3000 numbers, outside the JavaScript heap. */
export default definePipeline({
  name: "hog",
  options: z.object({ output: z.string() }),
  build(p, { output }) {
    const held: Buffer[] = [];
    p.create(
      "Numbers",
      Array.from({ length: 3000 }, (_, i) => i),
    )
      .reshuffle()
      .map("Hold", (n) => {
        held.push(Buffer.alloc(1 << 20, 1));
        return n;
      })
      .sum()
      .map("Format", String)
      .apply(text.write(output));
  },
});
