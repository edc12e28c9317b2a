import { definePipeline, text } from "beamline";
import { z } from "zod";

/** Holds on to 64 MiB for each of 400 numbers, outside the JavaScript heap. */
export default definePipeline({
  name: "hog",
  options: z.object({ output: z.string() }),
  build(p, { output }) {
    const held: Buffer[] = [];
    p.create(
      "Numbers",
      Array.from({ length: 400 }, (_, i) => i),
    )
      .reshuffle()
      .map("Hold", (n) => {
        held.push(Buffer.alloc(64 << 20, 1));
        return n;
      })
      .sum()
      .map("Format", String)
      .apply(text.write(output));
  },
});
