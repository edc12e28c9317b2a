import { definePipeline, text } from "beamline";
import { z } from "zod";

/** Held for good, so that nothing is given back. */
const held: unknown[] = [];

/** A pipeline that takes more than it may have, of the kind that it is told. */
export default definePipeline({
  name: "misbehaves",
  options: z.object({
    output: z.string(),
    how: z.enum(["well", "buffers", "objects", "rows", "slowly"]).default("well"),
  }),
  build(p, { output, how }) {
    const lines = p
      .create("Numbers", [1, 2, 3, 4, 5, 6, 7, 8])
      .reshuffle()
      .map("Misbehave", (n) => {
        switch (how) {
          case "buffers":
            // Memory outside of any heap, and all of it touched.
            for (;;) held.push(Buffer.alloc(16_000_000, n));
          case "objects":
            for (;;) held.push(Array.from({ length: 1000 }, (_, i) => ({ i, n })));
          case "rows":
            return "x".repeat(60_000_000 + n);
          case "slowly":
            Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20_000);
            return `${n}`;
          default:
            return `${n}`;
        }
      });
    lines
      .keyBy("One", () => "all")
      .groupByKey("Together")
      .map("Count", ([key, all]) => `${key}: ${[...all].length}`)
      .apply(text.write(output));
  },
});
