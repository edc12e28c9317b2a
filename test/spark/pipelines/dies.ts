import { existsSync, writeFileSync } from "node:fs";
import { definePipeline, text } from "beamline";
import { z } from "zod";

/** Sums numbers; the first worker that meets 700 is killed as by `kill -9`. */
export default definePipeline({
  name: "dies",
  options: z.object({ mark: z.string(), output: z.string() }),
  build(p, { mark, output }) {
    p.create(
      "Numbers",
      Array.from({ length: 1000 }, (_, i) => i),
    )
      .reshuffle()
      .map("Die", (n, ctx) => {
        if (n === 700 && !existsSync(mark)) {
          writeFileSync(mark, String(process.pid));
          process.kill(process.pid, "SIGKILL");
        }
        ctx.counter("survived").inc();
        return n;
      })
      .sum()
      .map("Format", String)
      .apply(text.write(output));
  },
});
