import { definePipeline, text } from "beamline";
import { z } from "zod";

/** Writes the lines that it reads, in two large shards. */
export default definePipeline({
  name: "copy",
  options: z.object({ input: z.string(), output: z.string() }),
  build(p, { input, output }) {
    p.apply(text.read(input)).apply(text.write(output, { shards: 2 }));
  },
});
