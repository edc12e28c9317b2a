import { definePipeline, text } from "beamline";
import { z } from "zod";

/** WordCount as `examples/wordcount.ts` has it, but with a function that cuts lines into words. */
export default definePipeline({
  name: "wordcount",
  description: "Counts how often each word occurs, one `word: count` a line.",
  options: z.object({
    input: z.string().describe("Files to read: a path or a glob"),
    output: z.string().describe("Prefix of the files to write"),
  }),
  build(p, { input, output }) {
    p.apply(text.read(input))
      .flatMap("Split", (line) => line.match(/[A-Za-z']+/g) ?? [])
      .countPerElement()
      .map("Format", ([word, count]) => `${word}: ${count}`)
      .apply(text.write(output));
  },
});
