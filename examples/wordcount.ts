import { definePipeline, regex, text } from "beamline";
import { z } from "zod";

/** Counts the words of a text: the pipeline that every Beam guide begins with. */
export default definePipeline({
  name: "wordcount",
  description: "Counts how often each word occurs, one `word: count` a line.",
  options: z.object({
    input: z.string().describe("Files to read: a path or a glob"),
    output: z.string().describe("Prefix of the files to write"),
  }),
  build(p, { input, output }) {
    p.apply(text.read(input))
      .apply("Split", regex.findAll(/[A-Za-z']+/))
      .countPerElement()
      .map("Format", ([word, count]) => `${word}: ${count}`)
      .apply(text.write(output));
  },
});
