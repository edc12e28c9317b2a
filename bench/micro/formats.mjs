// What one core reads and writes of each file format: rows of six fields, some 90 bytes as CSV, through
// whole pipelines on the main thread. MB of what is not packed, as CSV for the binary formats, and rows,
// a second of processor time. "parquet, two" reads two of the six columns.
// Run it: npm run build && node bench/micro/formats.mjs [name ...]
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { avro, csv, definePipeline, jsonl, parquet, schema, text } from "beamline";
import { runLocal } from "beamline/runners/local";
import { z } from "zod";
import { below, randomIntegers } from "../lib/random.mjs";

const ROWS = 500_000;
/** Rows that differ; they come again and again, which only packing notices. */
const DISTINCT = 20_000;
const ROUNDS = 3;

const shape = z.object({
  id: z.int(),
  user: z.string(),
  amount: z.number(),
  at: z.date(),
  ok: z.boolean(),
  note: z.string(),
});
const Row = schema(shape);

const next = randomIntegers(7);
const word = () => below(next, 2 ** 21).toString(36) + below(next, 2 ** 21).toString(36);
const rows = Array.from({ length: DISTINCT }, (_, id) => ({
  id,
  user: word(),
  amount: below(next, 1_000_000) / 100,
  at: new Date(1.6e12 + below(next, 2 ** 21) * 4001),
  ok: below(next, 2) === 1,
  note: `${word()} ${word()} ${word()}`,
}));
const lines = rows.map((row) => JSON.stringify(row));

/** Elements of which each makes so many rows: what a step emits in one go waits in memory. */
const PART = 2_000;
const parts = Array.from({ length: ROWS / PART }, (_, i) => (i * PART) % DISTINCT);

/** @typedef {import("beamline").Pipeline} Pipeline */
/** @typedef {import("beamline").PCollection<unknown>} Read */

/**
 * @typedef {object} Format
 * @property {string} name
 * @property {string} [bytesOf] the format whose files are as long as this one's are without packing
 * @property {(p: Pipeline, prefix: string) => unknown} write
 * @property {(p: Pipeline, files: string) => Read} read
 */

/** @param {Pipeline} p */
const someLines = (p) => p.create(parts).flatMap((start) => lines.slice(start, start + PART));
/** @param {Pipeline} p */
const someRows = (p) =>
  p
    .create(parts)
    .flatMap((start) => rows.slice(start, start + PART))
    .withSchema(Row);

/** @type {readonly Format[]} */
const FORMATS = [
  {
    name: "text",
    write: (p, prefix) => someLines(p).apply(text.write(prefix)),
    read: (p, files) => p.apply(text.read(files)),
  },
  {
    name: "text, gzip",
    bytesOf: "text",
    write: (p, prefix) => someLines(p).apply(text.write(prefix, { compression: "gzip" })),
    read: (p, files) => p.apply(text.read(files)),
  },
  {
    name: "text, zstd",
    bytesOf: "text",
    write: (p, prefix) => someLines(p).apply(text.write(prefix, { compression: "zstd" })),
    read: (p, files) => p.apply(text.read(files)),
  },
  {
    name: "jsonl",
    write: (p, prefix) => someRows(p).apply(jsonl.write(prefix)),
    read: (p, files) => p.apply(jsonl.read(files)),
  },
  {
    name: "jsonl, rows",
    write: (p, prefix) => someRows(p).apply(jsonl.write(prefix)),
    read: (p, files) => p.apply(jsonl.read(files, Row)),
  },
  {
    name: "csv",
    write: (p, prefix) => someRows(p).apply(csv.write(prefix)),
    read: (p, files) => p.apply(csv.read(files)),
  },
  {
    name: "csv, rows",
    write: (p, prefix) => someRows(p).apply(csv.write(prefix)),
    read: (p, files) => p.apply(csv.read(files, Row)),
  },
  {
    name: "avro",
    bytesOf: "csv",
    write: (p, prefix) => someRows(p).apply(avro.write(prefix, { schema: Row })),
    read: (p, files) => p.apply(avro.read(files, Row)),
  },
  {
    name: "avro, snappy",
    bytesOf: "csv",
    write: (p, prefix) =>
      someRows(p).apply(avro.write(prefix, { schema: Row, compression: "snappy" })),
    read: (p, files) => p.apply(avro.read(files, Row)),
  },
  {
    name: "parquet",
    bytesOf: "csv",
    write: (p, prefix) => someRows(p).apply(parquet.write(prefix, { schema: Row })),
    read: (p, files) => p.apply(parquet.read(files, Row)),
  },
  {
    name: "parquet, two",
    bytesOf: "csv",
    write: (p, prefix) => someRows(p).apply(parquet.write(prefix, { schema: Row })),
    read: (p, files) => p.apply(parquet.read(files, shape.pick({ id: true, amount: true }))),
  },
];

/** @param {(p: Pipeline) => void} build */
async function secondsOf(build) {
  const graph = await definePipeline({ name: "formats", build }).toGraph();
  const before = process.cpuUsage();
  await runLocal(graph, { workers: 1 });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const wanted = process.argv.slice(2);
const chosen = FORMATS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const folder = mkdtempSync(join(tmpdir(), "beamline-formats-"));
try {
  const figures = chosen.map((format) => ({
    format,
    /** @type {number[]} */ written: [],
    /** @type {number[]} */ read: [],
    bytes: 0,
  }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, figure] of figures.entries()) {
      const { format, written, read } = figure;
      const prefix = join(folder, `${i}`);
      written.push(
        await secondsOf((p) => {
          format.write(p, prefix);
        }),
      );
      read.push(
        await secondsOf((p) => {
          format.read(p, `${prefix}-*`).count();
        }),
      );
      const own = readdirSync(folder).filter((name) => name.startsWith(`${i}-`));
      figure.bytes = own.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    }
  }
  const titles = ["read MB/s", "write MB/s", "k rows/s", "k rows/s"];
  console.log("format".padEnd(14), titles.map((title) => title.padStart(11)).join(""));
  for (const { format, written, read, bytes } of figures) {
    const plain = figures.find((other) => other.format.name === format.bytesOf)?.bytes ?? bytes;
    const rate = (/** @type {readonly number[]} */ all) => (plain / 1e6 / median(all)).toFixed(0);
    const packed = plain === bytes ? "" : `  packed to ${((bytes / plain) * 100).toFixed(0)}%`;
    const rows = (/** @type {readonly number[]} */ all) => (ROWS / 1e3 / median(all)).toFixed(0);
    const cells = [rate(read), rate(written), rows(read), rows(written)];
    console.log(format.name.padEnd(14), cells.map((cell) => cell.padStart(11)).join(""), packed);
  }
} finally {
  rmSync(folder, { recursive: true });
}
