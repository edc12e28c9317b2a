// Reads a file that its own functions change in the midst of it.
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { definePipeline, text } from "beamline";
import { elementsAre } from "beamline/testing";
import { z } from "zod";

/** @type {Readonly<Record<string, (input: string, size: number) => void>>} */
const CHANGES = {
  shrinks: (input, size) => truncateSync(input, size / 2),
  grows: (input) => appendFileSync(input, "a line\n".repeat(100_000)),
  "is deleted": (input) => rmSync(input),
  "is replaced": (input, size) => {
    writeFileSync(`${input}.new`, "x".repeat(size));
    renameSync(`${input}.new`, input);
  },
  "is written anew": (input, size) => writeFileSync(input, "x".repeat(size)),
};

export const pipeline = definePipeline({
  name: "changing",
  options: z.object({ how: z.string(), input: z.string(), lines: z.number(), size: z.number() }),
  build(p, { how, input, lines, size }) {
    p.apply(text.read(input))
      .map("Change", (line) => {
        if (line === "line 1") {
          try {
            // One thread and attempt does it.
            writeFileSync(`${input}.changed`, "", { flag: "wx" });
            CHANGES[how]?.(input, size);
          } catch (error) {
            if (!(error instanceof Error && "code" in error && error.code === "EEXIST"))
              throw error;
          }
        }
        return line;
      })
      .count("Count")
      .apply(elementsAre([lines]));
  },
});
