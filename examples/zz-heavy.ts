import { definePipeline, text } from "beamline";
import { z } from "zod";
export default definePipeline({ name: "heavy", options: z.object({ input: z.string(), output: z.string() }),
  build(p, { input, output }) {
    p.apply(text.read(input)).flatMap("Split", (line) => line.match(/[A-Za-z']+/g) ?? [])
     .map("Spread", (w) => [w + Math.floor(Math.random()*50000), 1] as [string, number])
     .groupByKey().map("Format", ([k, v]) => `${k}: ${[...v].length}`).apply(text.write(output));
  } });
