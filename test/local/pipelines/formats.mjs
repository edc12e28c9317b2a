// Rows from one format into another, for tests of the formats on worker threads and on s3://.
import { avro, definePipeline, parquet, schema } from "beamline";
import { z } from "zod";

const Reading = schema(
  z.object({
    id: z.int(),
    sensor: z.string().nullable(),
    at: z.date(),
    values: z.array(z.number()),
  }),
);

export const pipeline = definePipeline({
  name: "formats",
  options: z.object({
    make: z.number().int().default(0).describe("Makes so many rows in place of reading them"),
    input: z.string().default(""),
    output: z.string(),
  }),
  build(p, { make, input, output }) {
    const made = () =>
      p
        .create(Array.from({ length: make }, (_, i) => i))
        .map("Make", (id) => ({
          id,
          sensor: id % 3 === 0 ? null : `sensor ${id % 10}`,
          at: new Date(id * 1000),
          values: [id, id / 2],
        }))
        .withSchema(Reading);
    const read = () =>
      input.endsWith(".avro")
        ? p.apply(avro.read(input, Reading))
        : p.apply(parquet.read(input, Reading));
    const rows = make > 0 ? made() : read();
    if (output.endsWith("avro")) rows.apply(avro.write(output, { schema: Reading }));
    else rows.apply(parquet.write(output, { schema: Reading, rowGroupSize: 1000 }));
  },
});
