import { writeFileSync } from "node:fs";
import { definePipeline, text } from "beamline";
import { z } from "zod";

/** Writes many shards, each line with a mark; says by a file that it has begun to read. */
export default definePipeline({
  name: "lines",
  options: z.object({
    input: z.string(),
    output: z.string(),
    mark: z.string(),
    shards: z.coerce.number(),
    began: z.string().default(""),
    ends: z.enum(["well", "fails", "aborts"]).default("well"),
  }),
  build(p, { input, output, mark, shards, began, ends }) {
    p.apply(text.read(input))
      .map("Mark", (line) => {
        if (ends === "fails") throw new Error("this run is to fail");
        // What abort() in an addon does, and no thread survives.
        if (ends === "aborts" && line === "line 1000") process.kill(process.pid, "SIGABRT");
        if (began !== "") writeFileSync(began, "");
        return `${mark} ${line}`;
      })
      .apply(text.write(output, { shards }));
  },
});
