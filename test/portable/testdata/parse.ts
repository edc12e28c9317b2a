import { definePipeline, text } from "beamline";
import { z } from "zod";

export default definePipeline({
  name: "parse",
  options: z.object({ output: z.string(), last: z.string().default("3") }),
  build(p, { output, last }) {
    p.create(["1", "2", last])
      .reshuffle()
      .map("Parse", (digits, ctx) => {
        ctx.counter("parsed").inc();
        return parse(digits);
      })
      .sum()
      .map("Format", String)
      .apply(text.write(output));
  },
});

function parse(digits: string): number {
  const value = Number(digits);
  if (Number.isNaN(value)) throw new RangeError(`${digits} is no number`);
  return value;
}
