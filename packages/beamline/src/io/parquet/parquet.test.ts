import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { rowsOf } from "../../schema/rows-of.js";
import { collect } from "../../testing/collect.js";
import { parquet } from "./parquet.js";
import { duckdb } from "./testdata/duckdb.js";
import type { WriteParquetOptions } from "./write.js";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-parquet-"));
  path = join(folder, "in.parquet");
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const bytes = z.custom<Uint8Array>().meta({ beam: "bytes" });
const decimal = z.string().meta({ beam: "decimal" });

/** Writes a file with DuckDB. */
function given(select: string, options = ""): Promise<unknown> {
  return duckdb(`COPY (${select}) TO '${path}' (FORMAT parquet${options})`);
}

function readAll<T extends object>(shape: z.ZodType<T>): Promise<T[]> {
  return collect((p) => p.apply(parquet.read(path, shape)));
}

async function writeAll<T extends object>(
  rows: readonly T[],
  options: WriteParquetOptions<T>,
): Promise<string> {
  const prefix = join(folder, "out");
  await collect((p) =>
    p.create(rows).withSchema(schemaOf(options)).apply(parquet.write(prefix, options)),
  );
  return `${prefix}-*.parquet`;
}

const schemaOf = <T extends object>({ schema: shape }: WriteParquetOptions<T>) => rowsOf(shape);

describe("parquet.read", () => {
  test("reads every type that DuckDB writes", async () => {
    await given(`SELECT 1::TINYINT i8, -2::SMALLINT i16, 3::INTEGER i32, -4::BIGINT i64,
      200::UTINYINT u8, 4000000000::UINTEGER u32, 18446744073709551615::UBIGINT u64,
      0.5::FLOAT f, 0.25::DOUBLE d, true b, 'äöü€😀' s, 'ab'::BLOB raw,
      DATE '1969-12-31' AS day, TIMESTAMP '2024-02-29 12:34:56.789' us,
      TIMESTAMP_MS '1960-01-01 00:00:00.001' ms, TIMESTAMP_NS '2024-01-01 00:00:00.123456789' ns,
      TIMESTAMPTZ '2024-02-29 12:00:00+02' tz, 123.45::DECIMAL(9,2) dec9, -0.001::DECIMAL(18,3) dec18,
      '-12345678901234567890.123456789'::DECIMAL(38,9) dec38,
      '6ba7b810-9dad-11d1-80b4-00c04fd430c8'::UUID AS id, 'x'::ENUM('x', 'y') AS e, NULL::INTEGER AS nothing`);
    const [row] = await readAll(
      z
        .object({
          i8: z.int32().meta({ beam: "byte" }),
          i16: z.int32().meta({ beam: "int16" }),
          i32: z.int32(),
          i64: z.int(),
          u8: z.int32(),
          u32: z.int(),
          u64: z.bigint(),
          f: z.float32(),
          d: z.number(),
          b: z.boolean(),
          s: z.string(),
          raw: bytes,
          day: z.date(),
          us: z.date(),
          ms: z.date(),
          ns: z.date(),
          tz: z.date(),
          dec9: decimal,
          dec18: decimal,
          dec38: decimal,
          id: z.string(),
          e: z.enum(["x", "y"]),
          nothing: z.int().nullable(),
        })
        .omit({ u64: true }),
    );
    expect(row).toEqual({
      ...{ i8: 1, i16: -2, i32: 3, i64: -4, u8: 200, u32: 4_000_000_000, f: 0.5, d: 0.25, b: true },
      ...{ s: "äöü€😀", raw: new Uint8Array([97, 98]) },
      day: new Date("1969-12-31"),
      us: new Date("2024-02-29T12:34:56.789Z"),
      ms: new Date("1960-01-01T00:00:00.001Z"),
      ns: new Date("2024-01-01T00:00:00.123Z"),
      tz: new Date("2024-02-29T10:00:00Z"),
      ...{ dec9: "123.45", dec18: "-0.001", dec38: "-12345678901234567890.123456789" },
      ...{ id: "6ba7b810-9dad-11d1-80b4-00c04fd430c8", e: "x", nothing: null },
    });
  });

  test.each(["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4_raw"])(
    "unpacks %s",
    async (codec) => {
      await given(
        "SELECT i, 'name ' || i % 7 AS name FROM range(20000) t(i)",
        `, COMPRESSION ${codec}`,
      );
      const rows = await readAll(z.object({ i: z.int(), name: z.string() }));
      expect(rows.length).toBe(20_000);
      expect(rows.every(({ i, name }) => name === `name ${i % 7}`)).toBe(true);
    },
  );

  test("reads the encodings of version 2: deltas and split bytes", async () => {
    await given(
      "SELECT i * 3 AS i, (i / 4)::DOUBLE AS d, 'prefix ' || i AS s FROM range(5000) t(i)",
      ", PARQUET_VERSION v2, DICTIONARY_SIZE_LIMIT 1",
    );
    const rows = await readAll(z.object({ i: z.int(), d: z.number(), s: z.string() }));
    const expected = Array.from({ length: 5000 }, (_, i) => ({
      i: i * 3,
      d: i / 4,
      s: `prefix ${i}`,
    }));
    expect(rows.toSorted((a, b) => a.i - b.i)).toEqual(expected);
  });

  test("reads lists, maps, structs and nulls in all of them", async () => {
    await given(`SELECT * FROM (VALUES
      (1, [1, NULL, 3], MAP {'a': 1.5, 'b': NULL}, {'x': 1, 'y': ['p']}, [{'z': 1}, NULL], MAP {1: 'one'}),
      (2, [], MAP {}, NULL, [], MAP {}),
      (3, NULL, NULL, {'x': NULL, 'y': NULL}, NULL, NULL)) t(id, list, record, struct, structs, map)`);
    const struct = z.object({
      x: z.int().nullable(),
      y: z.array(z.string().nullable()).nullable(),
    });
    const rows = await readAll(
      z.object({
        id: z.int(),
        list: z.array(z.int().nullable()).nullable(),
        record: z.record(z.string(), z.number().nullable()).nullable(),
        struct: struct.nullable(),
        structs: z.array(z.object({ z: z.int().nullable() }).nullable()).nullable(),
        map: z.map(z.int(), z.string().nullable()).nullable(),
      }),
    );
    expect(rows.toSorted((a, b) => a.id - b.id)).toEqual([
      {
        id: 1,
        list: [1, null, 3],
        record: { a: 1.5, b: null },
        struct: { x: 1, y: ["p"] },
        structs: [{ z: 1 }, null],
        map: new Map([[1, "one"]]),
      },
      { id: 2, list: [], record: {}, struct: null, structs: [], map: new Map() },
      { id: 3, list: null, record: null, struct: { x: null, y: null }, structs: null, map: null },
    ]);
  });

  test("reads row groups of many ranges, each once", async () => {
    await given("SELECT i, hash(i)::VARCHAR s FROM range(300000) t(i)", ", ROW_GROUP_SIZE 10000");
    const total = await collect(
      (p) =>
        p
          .apply(parquet.read(path, z.object({ i: z.int() })))
          .map(({ i }) => i)
          .sum(),
      { workers: 2 },
    );
    expect(total).toEqual([(300_000 * 299_999) / 2]);
  });

  test("says of all columns at once what does not fit", async () => {
    await given("SELECT 1 AS a, 'x' AS b, [1] AS c");
    const shape = z.object({ a: z.string(), b: z.int(), c: z.number(), d: z.string() });
    await expect(parquet.read(path, shape).hooks?.check?.()).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
      message:
        `Cannot read "${path}" as rows of this schema: ` +
        'column "a" is INT32 (INT_32), and the schema has a string; ' +
        'column "b" is BYTE_ARRAY (UTF8), and the schema has int64; ' +
        'column "c" is LIST, and the schema has double; ' +
        'column "d" is missing; the file has a, b, c; ' +
        "mend the schema, or make columns that are not everywhere nullable()",
    });
  });

  test("leaves columns that a file lacks null or out, as the schema says", async () => {
    await given("SELECT 1 AS a");
    const rows = await readAll(
      z.object({ a: z.int(), b: z.string().nullable(), c: z.string().optional() }),
    );
    expect(rows).toEqual([{ a: 1, b: null }]);
  });

  test("names file, row group and column of a null that must not be", async () => {
    await given("SELECT CASE WHEN i < 3 THEN i END AS a FROM range(5) t(i)");
    await expect(readAll(z.object({ a: z.int() }))).rejects.toThrow(
      /row group 0 of ".*in\.parquet", at byte 4: column "a": row 3 of the row group is null/,
    );
  });

  test("refuses integers that no number is exact for", async () => {
    await given("SELECT 9007199254740993 AS a");
    await expect(readAll(z.object({ a: z.number() }))).rejects.toThrow(/"a".*z\.bigint\(\)/);
    expect(await readAll(z.object({ a: z.bigint() }))).toEqual([{ a: 9_007_199_254_740_993n }]);
  });

  test("tells files that are cut off, of another format, or encrypted", async () => {
    await given("SELECT 1 AS a");
    const whole = readFileSync(path);
    const shape = z.object({ a: z.int() });
    const check = () => parquet.read(path, shape).hooks?.check?.();
    writeFileSync(path, whole.subarray(0, whole.length - 10));
    await expect(check()).rejects.toThrow(/in\.parquet" as Parquet: it does not end in PAR1/);
    writeFileSync(path, "");
    await expect(check()).rejects.toThrow(/it has 0 bytes/);
    writeFileSync(path, Buffer.concat([whole.subarray(0, -4), Buffer.from("PARE")]));
    await expect(check()).rejects.toThrow(/encrypted/);
    const damaged = Buffer.from(whole);
    const footer = whole.length - 8 - whole.readUInt32LE(whole.length - 8);
    damaged.fill(0xff, footer, footer + 40);
    writeFileSync(path, damaged);
    await expect(check()).rejects.toMatchObject({ code: "BAD_PARQUET" });
  });

  test("collects row groups that are damaged, and reads the others", async () => {
    await given(
      "SELECT i, 'value ' || hash(i) AS s FROM range(6144) t(i)",
      ", ROW_GROUP_SIZE 2048, COMPRESSION gzip",
    );
    const damaged = readFileSync(path);
    damaged.fill(0, 200, 260);
    writeFileSync(path, damaged);
    const shape = z.object({ i: z.int(), s: z.string() });
    await expect(readAll(shape)).rejects.toMatchObject({
      message: expect.stringMatching(/row group 0 of ".*in\.parquet", at byte 4: column "/),
    });
    const counts = await collect((p) => {
      const { out, failures } = p.apply(parquet.read(path, shape, { onError: "collect" }));
      const good = out.count().map((count) => ({ count }) as unknown);
      return good.flatten(failures.map((failure) => failure as unknown));
    });
    expect(counts).toHaveLength(2);
    expect(counts).toContainEqual({ count: 4096 });
    expect(counts).toContainEqual({
      file: path,
      offset: 4,
      reason: expect.stringMatching(/^row group 0: column "/),
      raw: "",
    });
  });

  test("reads rows within limits, and no row groups without any", async () => {
    await given(
      "SELECT i, DATE '2024-01-01' + (i / 100)::INTEGER AS day FROM range(6144) t(i)",
      ", ROW_GROUP_SIZE 2048",
    );
    // Whoever reads the first row group fails.
    const damaged = readFileSync(path);
    damaged.fill(0xff, 4, 60);
    writeFileSync(path, damaged);
    const shape = z.object({ i: z.int(), day: z.date() });
    const where = { i: { atLeast: 3000, atMost: 3010 }, day: { atLeast: new Date("2024-01-31") } };
    const rows = await collect((p) => p.apply(parquet.read(path, shape, { where })));
    expect(rows.map(({ i }) => i).sort()).toEqual(Array.from({ length: 11 }, (_, k) => 3000 + k));
    const none = { i: { atLeast: 10_000 } };
    expect(await collect((p) => p.apply(parquet.read(path, shape, { where: none })))).toEqual([]);
  });
});

describe("parquet.write", () => {
  const Row = z.object({
    i: z.int(),
    small: z.int32().meta({ beam: "byte" }),
    big: z.bigint(),
    d: z.number().nullable(),
    f: z.float32(),
    b: z.boolean().nullable(),
    s: z.string().nullable(),
    raw: bytes,
    at: z.date(),
    price: decimal,
    list: z.array(z.int().nullable()),
    record: z.record(z.string(), z.number()),
    map: z.map(z.int(), z.string()),
    struct: z.object({ x: z.string(), at: z.date().nullable() }).nullable(),
  });
  type Row = z.infer<typeof Row>;
  const rowOf = (i: number): Row => ({
    ...{ i, small: (i % 255) - 127, big: BigInt(i) * 1_000_000_007n * 1_000_003n },
    ...{
      d: i % 3 === 0 ? null : i / 7,
      f: Math.fround(i / 3),
      b: i % 5 === 0 ? null : i % 2 === 0,
    },
    ...{ s: i % 4 === 0 ? null : `ä${i % 100}`, raw: new Uint8Array([i & 255, 7]) },
    ...{ at: new Date(i * 1000), price: `${i}.250000000`, list: i % 2 === 0 ? [] : [i, null] },
    ...{ record: { a: i, b: -1 }, map: new Map([[i, "x"]]) },
    struct: i % 3 === 0 ? null : { x: `${i}`, at: i % 2 === 0 ? null : new Date(i) },
  });

  test.each(["snappy", "gzip", "zstd", "brotli", "none"] as const)(
    "what it writes with %s it reads, and DuckDB as well",
    async (compression) => {
      const rows = Array.from({ length: 3000 }, (_, i) => rowOf(i));
      const glob = await writeAll(rows, { schema: Row, compression, rowGroupSize: 1000 });
      const read = await collect((p) => p.apply(parquet.read(glob, Row)));
      expect(read.toSorted((a, b) => a.i - b.i)).toEqual(rows);
      const [sums] = await duckdb(`SELECT count(*) AS n, sum(i) AS i, sum(small) AS small,
        max(big) AS big, round(sum(d), 6) AS d, count(d) AS ds, count(b) AS bs,
        count(DISTINCT s) AS s, count(s) AS ss, max("at")::VARCHAR AS "at", sum(price)::VARCHAR AS price,
        typeof(any_value(price)) AS type, sum(len(list)) AS list, sum(record['a']) AS a,
        count(struct) AS structs, max(struct."at")::VARCHAR AS sat, max(octet_length(raw)) AS raw
        FROM '${glob}'`);
      expect(sums).toEqual({
        ...{ n: "3000", i: String((3000 * 2999) / 2), list: "3000", a: (3000 * 2999) / 2 },
        small: String(rows.reduce((sum, { small }) => sum + small, 0)),
        big: String(2999n * 1_000_000_007n * 1_000_003n),
        d: Number(rows.reduce((sum, { d }) => sum + (d ?? 0), 0).toFixed(6)),
        ...{ ds: "2000", bs: "2400", s: "75", ss: "2250", raw: "2" },
        at: "1970-01-01 00:49:59+00",
        ...{ price: `${(3000 * 2999) / 2 + 750}.000000000`, type: "DECIMAL(38,9)" },
        ...{ structs: "2000", sat: "1970-01-01 00:00:02.999+00" },
      });
    },
  );

  test("writes statistics that leave nothing out", async () => {
    const Stats = z.object({ i: z.int(), d: z.number(), s: z.string(), at: z.date() });
    const rows = [
      { i: -5, d: 0, s: "b", at: new Date(-1) },
      { i: 7, d: Number.NaN, s: "ä", at: new Date(5) },
      { i: 0, d: -0.5, s: "a long one that is cut short", at: new Date(0) },
    ];
    const glob = await writeAll(rows, { schema: Stats });
    const stats = await duckdb(`SELECT path_in_schema AS name, stats_min_value AS low,
      stats_max_value AS high, stats_null_count AS nulls FROM parquet_metadata('${glob}')`);
    expect(stats).toEqual([
      { name: "i", low: "-5", high: "7", nulls: "0" },
      { name: "d", low: "-0.5", high: "0.0", nulls: "0" },
      { name: "s", low: "a long one that ", high: "ä", nulls: "0" },
      {
        ...{ name: "at", low: "1969-12-31 23:59:59.999+00", high: "1970-01-01 00:00:00.005+00" },
        nulls: "0",
      },
    ]);
    expect(await duckdb(`SELECT count(*) n FROM '${glob}' WHERE i = 7 AND s = 'ä'`)).toEqual([
      { n: "1" },
    ]);
  });

  test("writes strings that repeat once, and others without a dictionary", async () => {
    const Row = z.object({ few: z.string(), many: z.string() });
    const rows = Array.from({ length: 20_000 }, (_, i) => ({
      few: `few ${i % 9}`,
      many: `many ${i}`,
    }));
    const glob = await writeAll(rows, { schema: Row });
    const encodings =
      await duckdb(`SELECT path_in_schema AS name, encodings, dictionary_page_offset IS NULL AS plain
      FROM parquet_metadata('${glob}')`);
    expect(encodings[0]?.encodings).toContain("RLE_DICTIONARY");
    expect(encodings[1]?.encodings).toContain("PLAIN");
    const [{ few, many } = {}] = await duckdb(
      `SELECT count(DISTINCT few) AS few, count(DISTINCT many) AS many FROM '${glob}'`,
    );
    expect([few, many]).toEqual(["9", "20000"]);
    const read = await collect((p) => p.apply(parquet.read(glob, Row)));
    expect(read.toSorted((a, b) => (a.many < b.many ? -1 : 1))).toEqual(
      rows.toSorted((a, b) => (a.many < b.many ? -1 : 1)),
    );
  });

  test.each(["none", "snappy"] as const)(
    "writes columns of several pages with %s",
    async (compression) => {
      const maybe = { maybe: z.string().nullable(), raw: bytes.nullable() };
      const Long = z.object({ i: z.int(), text: z.string(), ...maybe });
      const rows = Array.from({ length: 15_000 }, (_, i) => ({
        i,
        text: `${i} `.padEnd(100, "x"),
        maybe: i % 3 === 0 ? null : `${i} `.padEnd(350, "y"),
        raw: i % 4 === 0 ? null : new Uint8Array(200).fill(i),
      }));
      const glob = await writeAll(rows, { schema: Long, compression, shards: 1 });
      const read = await collect((p) => p.apply(parquet.read(glob, Long)));
      expect(read.toSorted((a, b) => a.i - b.i)).toEqual(rows);
      const [sums] = await duckdb(`SELECT sum(i) AS i, count(DISTINCT text) AS texts,
      count(DISTINCT maybe) AS others, count(DISTINCT raw) AS raw FROM '${glob}'
      WHERE text LIKE i || ' %' AND (maybe IS NULL OR maybe LIKE i || ' %')`);
      const i = String((15_000 * 14_999) / 2);
      expect(sums).toEqual({ i, texts: "15000", others: "10000", raw: "192" });
    },
  );

  test("writes a valid file of no rows", async () => {
    const glob = await writeAll([], { schema: Row });
    expect(await collect((p) => p.apply(parquet.read(glob, Row)))).toEqual([]);
    expect(await duckdb(`SELECT count(*) AS n FROM '${glob}'`)).toEqual([{ n: "0" }]);
  });

  test("writes as many files as asked for, with names that say so", async () => {
    const One = z.object({ i: z.int() });
    await writeAll([{ i: 1 }, { i: 2 }], { schema: One, shards: 3 });
    expect(readdirSync(folder).sort()).toEqual([
      "out-00000-of-00003.parquet",
      "out-00001-of-00003.parquet",
      "out-00002-of-00003.parquet",
    ]);
    const [row] = await duckdb(`SELECT sum(i) AS total FROM '${folder}/out-*.parquet'`);
    expect(row).toEqual({ total: "3" });
  });

  test("names the column of a value that is of another type", async () => {
    const Two = z.object({ a: z.int(), b: z.object({ c: z.array(z.string()) }) });
    const bad = [{ a: 1, b: { c: [3] } }] as unknown as z.infer<typeof Two>[];
    const prefix = join(folder, "out");
    const run = collect((p) => p.create(bad).apply(parquet.write(prefix, { schema: Two })), {
      strictEncoding: false,
    });
    await expect(run).rejects.toThrow(/In the column "b": .*a string/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("does not round decimals", async () => {
    const Money = z.object({ price: decimal });
    const options = { schema: Money, decimals: { price: { precision: 6, scale: 2 } } };
    const glob = await writeAll([{ price: "-1234.5" }], options);
    expect(await duckdb(`SELECT price::VARCHAR AS p, typeof(price) AS t FROM '${glob}'`)).toEqual([
      { p: "-1234.50", t: "DECIMAL(6,2)" },
    ]);
    await expect(writeAll([{ price: "0.001" }], options)).rejects.toThrow(
      /"price".*DECIMAL\(6, 2\)/,
    );
  });
});
