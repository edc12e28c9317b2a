import { csv, definePipeline, jsonl, schema } from "beamline";
import { z } from "zod";

const Reading = schema(
  z.object({ sensor: z.string(), at: z.date(), value: z.number().nullable(), run: z.bigint() }),
);

/** JSON lines to CSV and back to JSON lines, with what is no reading beside it. */
export const pipeline = definePipeline({
  name: "convert",
  options: z.object({ input: z.string(), output: z.string() }),
  build(p, { input, output }) {
    const { out, failures } = p.apply(jsonl.read(input, Reading, { onError: "collect" }));
    out.apply("Rows", csv.write(`${output}/rows`, { compression: "zstd" }));
    out.apply("Lines", jsonl.write(`${output}/lines`, { compression: "gzip" }));
    failures.apply("Failures", jsonl.write(`${output}/bad`, { shards: 1 }));
  },
});

/** What `convert` has written, read again: fails unless both are the same. */
export const compare = definePipeline({
  name: "compare",
  options: z.object({ output: z.string() }),
  build(p, { output }) {
    const rows = p.apply("Rows", csv.read(`${output}/rows-*`, Reading));
    const lines = p.apply("Lines", jsonl.read(`${output}/lines-*`, Reading));
    rows
      .map((row) => [JSON.stringify({ ...row, run: String(row.run) }), 1])
      .flatten(lines.map((row) => [JSON.stringify({ ...row, run: String(row.run) }), -1]))
      .groupByKey()
      .map("Same", ([row, counts]) => {
        const [one = 0, other = 0, ...more] = counts;
        if (one + other === 0 && more.length === 0) return row;
        throw new Error(`${row} is there ${[...counts]}`);
      })
      .count()
      .map((n) => ({ n }))
      .apply("Count", csv.write(`${output}/count`, { columns: ["n"] }));
  },
});
