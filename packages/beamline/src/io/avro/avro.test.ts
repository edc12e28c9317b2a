import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { rowsOf } from "../../schema/rows-of.js";
import { collect } from "../../testing/collect.js";
import { avro } from "./avro.js";
import { fastavro, pythonWithAvro } from "./testdata/fastavro.js";
import type { WriteAvroOptions } from "./write.js";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-avro-"));
  path = join(folder, "in.avro");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const python = pythonWithAvro();
const bytes = z.custom<Uint8Array>().meta({ beam: "bytes" });
const decimal = z.string().meta({ beam: "decimal" });

const Row = z.object({
  i: z.int(),
  small: z.int32(),
  big: z.bigint(),
  d: z.number().nullable(),
  f: z.float32(),
  b: z.boolean(),
  s: z.string().nullable(),
  raw: bytes,
  at: z.date(),
  price: decimal,
  list: z.array(z.int().nullable()),
  record: z.record(z.string(), z.number()),
  inner: z.object({ x: z.string(), at: z.date().nullable() }).nullable(),
});
type Row = z.infer<typeof Row>;

const rowOf = (i: number): Row => ({
  ...{ i: i * 1_000_003, small: 50 - i, big: BigInt(i) * 1_000_000_007n * 1_000_003n },
  ...{ d: i % 3 === 0 ? null : i / 7, f: Math.fround(i / 3), b: i % 2 === 0 },
  ...{ s: i % 4 === 0 ? null : `ä€😀${i % 100}`, raw: new Uint8Array([i & 255, 7]) },
  ...{ at: new Date(i * 1000 - 5), price: `${-i}.250000000`, list: i % 2 === 0 ? [] : [i, null] },
  record: { a: i, b: -1 },
  inner: i % 3 === 0 ? null : { x: `${i}`, at: i % 2 === 0 ? null : new Date(i) },
});

async function writeAll<T extends object>(
  rows: readonly T[],
  options: WriteAvroOptions<T>,
): Promise<string> {
  const prefix = join(folder, "out");
  await collect(
    (p) => {
      const elements = p.create(rows);
      const typed =
        options.schema === undefined ? elements : elements.withCoder(rowsOf(options.schema).coder);
      return typed.apply(avro.write(prefix, options));
    },
    { strictEncoding: options.schema !== undefined },
  );
  return `${prefix}-*.avro`;
}

describe("avro.write", () => {
  test.each(["deflate", "snappy", "zstandard", "none"] as const)(
    "what it writes with %s it reads",
    async (compression) => {
      const rows = Array.from({ length: 3000 }, (_, i) => rowOf(i));
      const glob = await writeAll(rows, { schema: Row, compression, blockSize: 2000 });
      const read = await collect((p) => p.apply(avro.read(glob, Row)));
      expect(read.toSorted((a, b) => a.i - b.i)).toEqual(rows);
    },
  );

  test("joins the files of small bundles, and writes one of no records", async () => {
    await writeAll([{ i: 1 }, { i: 2 }, { i: 3 }], { schema: z.object({ i: z.int() }) });
    expect(readdirSync(folder)).toEqual(["out-00000-of-00001.avro"]);
    const glob = await writeAll([], { schema: Row });
    expect(await collect((p) => p.apply(avro.read(glob, Row)))).toEqual([]);
  });

  test("writes as many files as asked for", async () => {
    const One = z.object({ i: z.int() });
    const glob = await writeAll([{ i: 1 }, { i: 2 }], { schema: One, shards: 3 });
    expect(readdirSync(folder)).toHaveLength(3);
    const read = await collect((p) => p.apply(avro.read(glob, One)));
    expect(read.map(({ i }) => i).sort()).toEqual([1, 2]);
  });

  test("says of a record all that does not fit", async () => {
    const bad = [{ a: "x", b: { c: [1] } }];
    const avroSchema = {
      ...{ type: "record", name: "Bad" },
      fields: [
        { name: "a", type: "int" },
        {
          name: "b",
          type: {
            type: "record",
            name: "B",
            fields: [{ name: "c", type: { type: "array", items: "string" } }],
          },
        },
      ],
    };
    await expect(writeAll(bad, { avroSchema })).rejects.toThrow(
      /"a" is "x", and the schema has "int"; "b\.c\.0" is 1, and the schema has "string"/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("refuses schemas that Avro does not have before the pipeline starts", async () => {
    const Keyed = z.object({ map: z.map(z.int(), z.string()) });
    expect(() => avro.write("x", { schema: Keyed })).toThrow(/"map".*not strings/);
    expect(() => avro.write("x", {})).toThrow(/neither a schema nor an avroSchema/);
    const unknown = avro.write(join(folder, "x"), { avroSchema: { type: "no such type" } });
    await expect(unknown.hooks?.check?.()).rejects.toMatchObject({ code: "BAD_SCHEMA" });
  });
});

describe("avro.read", () => {
  test("reads a large file in ranges, each block once", async () => {
    const One = z.object({ i: z.int(), text: z.string() });
    const rows = Array.from({ length: 60_000 }, (_, i) => ({
      i,
      text: `row number ${i}, ${"x".repeat(40)}`,
    }));
    const glob = await writeAll(rows, {
      schema: One,
      compression: "none",
      shards: 1,
      blockSize: 5000,
    });
    const total = await collect(
      (p) =>
        p
          .apply(avro.read(glob, One))
          .map(({ i }) => i)
          .sum(),
      { workers: 2 },
    );
    expect(total).toEqual([(60_000 * 59_999) / 2]);
  });

  test("reads only the fields of the schema, and gives those that are missing their defaults", async () => {
    const glob = await writeAll([rowOf(1)], { schema: Row });
    const Part = z.object({
      s: z.string(),
      extra: z.string().default("none"),
      absent: z.int().nullable(),
      left: z.int().optional(),
      inner: z.object({ x: z.string() }),
    });
    expect(await collect((p) => p.apply(avro.read(glob, Part)))).toEqual([
      { s: "ä€😀1", extra: "none", absent: null, inner: { x: "1" } },
    ]);
  });

  test("reads without a schema, as the file has it", async () => {
    const glob = await writeAll([rowOf(1)], { schema: Row });
    const { big: _big, ...row } = rowOf(1);
    const [read] = await collect((p) => p.apply(avro.read(glob)));
    expect(read).toEqual({ ...row, big: 1_000_000_007 * 1_000_003 });
  });

  test("says of all fields at once what does not fit", async () => {
    const glob = await writeAll([rowOf(1)], { schema: Row });
    const Other = z.object({
      i: z.string(),
      s: z.int(),
      inner: z.object({ y: z.int() }),
      none: z.int(),
    });
    await expect(avro.read(glob, Other).hooks?.check?.()).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
      message: expect.stringContaining(
        'field "i" is long, and the schema has a string; field "s" is string, and the schema has int64; ' +
          'field "inner.y" is missing; the file has x, at; field "none" is missing; the file has i, small,',
      ),
    });
  });

  test("tells files that are cut off or of another format", async () => {
    const glob = await writeAll([rowOf(1)], { schema: Row });
    const whole = readFileSync(join(folder, "out-00000-of-00001.avro"));
    const check = () => avro.read(path, Row).hooks?.check?.();
    writeFileSync(path, "PAR1 and more");
    await expect(check()).rejects.toThrow(/in\.avro" as Avro: it does not begin/);
    writeFileSync(path, whole.subarray(0, 50));
    await expect(check()).rejects.toThrow(/it ends within its header/);
    writeFileSync(path, "");
    await expect(check()).rejects.toMatchObject({ code: "BAD_AVRO" });
    writeFileSync(path, whole.toString("latin1").replace("deflate", "xxflate"), "latin1");
    await expect(check()).rejects.toThrow(/packed with xxflate/);
    expect(await collect((p) => p.apply(avro.read(glob, Row)))).toHaveLength(1);
  });

  test("collects blocks that are damaged or cut off, and reads the others", async () => {
    const One = z.object({ i: z.int(), s: z.string() });
    const rows = Array.from({ length: 2000 }, (_, i) => ({ i, s: `text ${i}` }));
    const options = { schema: One, blockSize: 1000, shards: 1 };
    await writeAll(rows, options);
    const file = join(folder, "out-00000-of-00001.avro");
    const damaged = readFileSync(file);
    const middle = Math.floor(damaged.length / 2);
    damaged.fill(0xff, middle, middle + 20);
    writeFileSync(path, damaged.subarray(0, damaged.length - 30));
    const run = collect((p) => p.apply(avro.read(path, One)));
    await expect(run).rejects.toThrow(
      /Cannot read the block at byte \d+ of ".*in\.avro", at byte \d+: /,
    );
    const results = await collect((p) => {
      const { out, failures } = p.apply(avro.read(path, One, { onError: "collect" }));
      return out
        .map(({ i }) => i as unknown)
        .flatten(failures.map((failure) => failure as unknown));
    });
    const failures = results.filter((result) => typeof result === "object");
    expect(failures).toHaveLength(2);
    expect(failures).toContainEqual({
      ...{ file: path, raw: "", offset: expect.any(Number) },
      reason: expect.stringMatching(/^the block at byte \d+: the file ends in the midst of it$/),
    });
    expect(results.length).toBeGreaterThan(1800);
  });
});

// Other codecs need packages that Beam's environment lacks.
describe.skipIf(python === undefined)("Avro of fastavro", () => {
  const run = (program: string) => fastavro(python ?? "", program);

  test.each(["null", "deflate"])("is read with the codec %s, all types", async (codec) => {
    run(`
schema = {"type": "record", "name": "shop.Order", "fields": [
  {"name": "id", "type": "long"},
  {"name": "n", "type": "int"},
  {"name": "amount", "type": ["null", "double"], "default": None},
  {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
  {"name": "other", "type": "Kind"},
  {"name": "raw", "type": {"type": "fixed", "name": "Four", "size": 4}},
  {"name": "day", "type": {"type": "int", "logicalType": "date"}},
  {"name": "ms", "type": {"type": "long", "logicalType": "timestamp-millis"}},
  {"name": "us", "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]},
  {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}},
  {"name": "any", "type": ["null", "string", "long", "boolean"]},
  {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}},
  {"name": "counts", "type": {"type": "map", "values": "int"}},
  {"name": "tree", "type": {"type": "record", "name": "Node", "fields": [
    {"name": "value", "type": "string"}, {"name": "next", "type": ["null", "Node"]}]}}]}
utc = datetime.timezone.utc
def row(i):
  return {"id": i * 2**33, "n": i, "amount": None if i % 2 else i / 4, "kind": "AB"[i % 2], "other": "B",
    "raw": b"abcd", "day": datetime.date(1969, 12, 31), "ms": datetime.datetime(2024, 2, 29, 12, 0, 0, 5000, utc),
    "us": datetime.datetime(1960, 1, 1, 0, 0, 0, 1500, utc), "price": decimal.Decimal("-12.50"),
    "any": [None, "text", i, True][i % 4], "tags": ["a", None], "counts": {"x": i},
    "tree": {"value": "v", "next": {"value": "w", "next": None}}}
with open(${JSON.stringify(path)}, "wb") as out:
  fastavro.writer(out, schema, [row(i) for i in range(1000)], codec=${JSON.stringify(codec)}, sync_interval=3000)
`);
    const Order = z.object({
      id: z.int(),
      n: z.int32(),
      amount: z.number().nullable(),
      kind: z.enum(["A", "B"]),
      other: z.string(),
      raw: bytes,
      day: z.date(),
      ms: z.date(),
      us: z.date().nullable(),
      price: decimal,
      tags: z.array(z.string().nullable()),
      counts: z.record(z.string(), z.int()),
      tree: z.object({ value: z.string(), next: z.object({ value: z.string() }).nullable() }),
    });
    const rows = await collect((p) => p.apply(avro.read(path, Order)));
    expect(rows).toHaveLength(1000);
    const expected = {
      ...{ amount: null, kind: "B", other: "B", raw: new Uint8Array([97, 98, 99, 100]) },
      ...{ day: new Date("1969-12-31"), ms: new Date("2024-02-29T12:00:00.005Z") },
      ...{ us: new Date("1960-01-01T00:00:00.001Z"), price: "-12.50", tags: ["a", null] },
      tree: { value: "v", next: { value: "w" } },
    };
    expect(rows.find(({ n }) => n === 7)).toEqual({
      ...expected,
      id: 7 * 2 ** 33,
      n: 7,
      counts: { x: 7 },
    });
    const natural = await collect((p) => p.apply(avro.read(path)));
    const values = natural.map(({ any }) => any);
    expect(new Set(values.map((value) => typeof value))).toEqual(
      new Set(["object", "string", "number", "boolean"]),
    );
    expect(natural.find(({ n }) => n === 7)).toMatchObject({
      ...expected,
      tree: { value: "v", next: { value: "w", next: null } },
    });
  });

  test.each(["deflate", "none"] as const)("reads what is written with %s", async (compression) => {
    const rows = Array.from({ length: 500 }, (_, i) => rowOf(i));
    const glob = await writeAll(rows, { schema: Row, compression, shards: 1 });
    const read = run(`
found = []
for name in glob.glob(${JSON.stringify(glob)}):
  with open(name, "rb") as file:
    found += list(fastavro.reader(file))
found.sort(key=lambda row: row["i"])
print(json.dumps([len(found), found[7]], default=str))
`);
    expect(read).toEqual([
      500,
      {
        ...{
          i: 7_000_021,
          small: 43,
          big: 7 * 1_000_000_007 * 1_000_003,
          d: 1,
          f: rowOf(7).f,
          b: false,
        },
        ...{ s: "ä€😀7", raw: "b'\\x07\\x07'", at: "1970-01-01 00:00:06.995000+00:00" },
        ...{ price: "-7.250000000", list: [7, null], record: { a: 7, b: -1 } },
        inner: { x: "7", at: "1970-01-01 00:00:00.007000+00:00" },
      },
    ]);
  });

  test("reads integers that no number is exact for, and writes them", async () => {
    const Big = z.object({ big: z.bigint() });
    const rows = [{ big: 2n ** 63n - 1n }, { big: -(2n ** 63n) }, { big: 5n }];
    const glob = await writeAll(rows, { schema: Big, shards: 1 });
    const read = await collect((p) => p.apply(avro.read(glob, Big)));
    expect(read.map(({ big }) => big).sort()).toEqual([-(2n ** 63n), 5n, 2n ** 63n - 1n].sort());
    const printed = run(`
with open(glob.glob(${JSON.stringify(glob)})[0], "rb") as file:
  print(json.dumps(sorted(str(row["big"]) for row in fastavro.reader(file))))
`);
    expect(printed).toEqual(["-9223372036854775808", "5", "9223372036854775807"]);
  });

  test("takes a schema that is given, with its logical types", async () => {
    const avroSchema = {
      ...{ type: "record", name: "Given" },
      fields: [
        { name: "day", type: { type: "int", logicalType: "date" } },
        { name: "us", type: { type: "long", logicalType: "timestamp-micros" } },
        { name: "kind", type: { type: "enum", name: "Kind", symbols: ["A", "B"] } },
        {
          name: "price",
          type: {
            type: "fixed",
            name: "P",
            size: 8,
            logicalType: "decimal",
            precision: 12,
            scale: 3,
          },
        },
        { name: "note", type: ["null", "string"], default: null },
      ],
    };
    const rows = [{ day: new Date("2024-02-29"), us: new Date(1), kind: "B", price: "-1.5" }];
    const glob = await writeAll(rows, { avroSchema });
    const printed = run(`
with open(glob.glob(${JSON.stringify(glob)})[0], "rb") as file:
  print(json.dumps(list(fastavro.reader(file)), default=str))
`);
    expect(printed).toEqual([
      {
        ...{ day: "2024-02-29", us: "1970-01-01 00:00:00.001000+00:00" },
        ...{ kind: "B", price: "-1.500", note: null },
      },
    ]);
  });
});
