import { definePipeline, text } from "beamline";
import { z } from "zod";

/** Bytes of a record's key, which it begins with. */
const KEY = 10;

/** Brings the records of each key together: as much reading, moving and writing as sorting them. */
export default definePipeline({
  name: "bench-group",
  options: z.object({
    input: z.string().describe("Records, one a line, which begin with a key of 10 characters"),
    output: z.string().describe("Prefix of the files that get them, those of a key together"),
  }),
  build(p, { input, output }) {
    p.apply(text.read(input))
      .map("Key", (line): [string, string] => [line.slice(0, KEY), line.slice(KEY)])
      .groupByKey()
      .flatMap("Records", ([key, rests]) => {
        const records: string[] = [];
        for (const rest of rests) records.push(key + rest);
        return records;
      })
      .apply(text.write(output));
  },
});
