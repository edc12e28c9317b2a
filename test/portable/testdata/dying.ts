import { mkdirSync } from "node:fs";
import { definePipeline, text } from "beamline";
import { z } from "zod";

/** Its first worker dies without a word, in the middle of a bundle. */
export default definePipeline({
  name: "dying",
  options: z.object({ output: z.string(), mark: z.string() }),
  build(p, { output, mark }) {
    p.create(Array.from({ length: 100 }, (_, i) => i))
      .reshuffle()
      .map("Die", (n) => {
        if (n === 50 && isFirst(mark)) process.kill(process.pid, "SIGKILL");
        return n;
      })
      .sum()
      .map("Format", String)
      .apply(text.write(output));
  },
});

function isFirst(mark: string): boolean {
  try {
    mkdirSync(mark);
    return true;
  } catch {
    return false;
  }
}
