import { definePipeline, sum, text } from "beamline";
import { z } from "zod";

/** Sums 0 to 399 by their last digit, at its leisure: there is time to break something meanwhile. */
export default definePipeline({
  name: "slow-sums",
  options: z.object({
    output: z.string(),
    millis: z.number().default(0).describe("How long each number takes"),
  }),
  build(p, { output, millis }) {
    p.create(
      "Numbers",
      Array.from({ length: 400 }, (_, i) => i),
    )
      .reshuffle()
      .map("Wait", (n) => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis);
        return n;
      })
      .keyBy((n) => n % 10)
      .combinePerKey("Sum", sum())
      .map("Format", ([digit, total]) => `${digit}: ${total}`)
      .apply(text.write(output));
  },
});
