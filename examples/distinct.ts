import { definePipeline, regex, text } from "beamline";
import { z } from "zod";

/** The vocabulary of a text: what `tr -s '[:space:]' '\n' | sort -u` does, on all cores. */
export default definePipeline({
  name: "distinct",
  description: "Writes each whitespace-separated word once, one a line, in no particular order.",
  options: z.object({
    input: z.string().describe("Files to read: a path or a glob"),
    output: z.string().describe("Prefix of the files to write"),
  }),
  build(p, { input, output }) {
    p.apply(text.read(input))
      .apply("Split", regex.findAll(/\S+/))
      .distinct()
      .apply(text.write(output));
  },
});
