import { writeFileSync } from "node:fs";
import { definePipeline } from "beamline";
import { z } from "zod";

/** Does nothing for ten minutes, and says so in a file. */
export default definePipeline({
  name: "sleeps",
  options: z.object({ mark: z.string() }),
  build(p, { mark }) {
    p.create([1]).mapAsync("Sleep", async (n, ctx) => {
      writeFileSync(mark, "asleep");
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 600_000);
        ctx.signal.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve(undefined);
        });
      });
      return n;
    });
  },
});
