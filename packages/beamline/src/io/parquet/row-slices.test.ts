import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { rowsOf } from "../../schema/rows-of.js";
import { schema } from "../../schema/schema.js";
import { collect } from "../../testing/collect.js";
import { defaultsOf } from "../blocks/defaults-of.js";
import type { InputFile } from "../filesystem/input-file.js";
import { openFile, planOf } from "./footer.js";
import { parquet } from "./parquet.js";
import type { WantedRows } from "./plan-columns.js";
import { ReadParquet } from "./read-parquet.js";
import { LoadedRowGroup } from "./read-row-group.js";
import { RowFilter } from "./where.js";

const Stored = z.object({
  id: z.int(),
  name: z.string(),
  code: z.string(),
  word: z.string().nullable(),
  country: z.string().nullable(),
  note: z.string().nullable(),
  isNew: z.boolean(),
  tags: z.array(z.string()),
});
const Read = schema(Stored.extend({ added: z.number().default(7) }));
const { rows: fields } = Read;
const wanted = { rows: fields, defaults: defaultsOf(Read) };

/** In one row group. The columns have several pages, which do not end at the same rows. */
const ROWS = Array.from({ length: 30_000 }, (_, i) => ({
  id: i * 7919,
  name: `${i} ${i % 1000 === 0 ? "ä" : ""}`.padEnd(100, "x"),
  // A page of these has more rows than are decoded at once.
  code: `${i}`,
  word: i % 4 === 0 ? null : `w${i}`,
  country: i % 3 === 0 ? null : `C${i % 50}`,
  note: i % 5 === 0 ? null : `${i} `.padEnd(130, "y"),
  isNew: i % 7 === 0,
  tags: i % 2 === 0 ? [] : [`t${i % 10}`],
}));

let folder = "";
const NO_FILE: InputFile = { path: "", size: 0, total: 0 };
const files: Record<"none" | "snappy", InputFile> = { none: NO_FILE, snappy: NO_FILE };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "beamline-slices-"));
  for (const compression of ["none", "snappy"] as const) {
    files[compression] = await written(ROWS, Stored, compression);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file with one row group. */
async function written<T extends object>(
  rows: readonly T[],
  shape: z.ZodType<T>,
  compression: "none" | "snappy",
): Promise<InputFile> {
  const prefix = mkdtempSync(join(folder, `${compression}-`));
  const options = { schema: shape, rowGroupSize: rows.length, compression, shards: 1 };
  const [path = ""] = await collect((p) =>
    p
      .create(rows)
      .withSchema(rowsOf(shape))
      .apply(parquet.write(join(prefix, "in"), options)),
  );
  return fileAt(path);
}

function fileAt(path: string): InputFile {
  const { length } = readFileSync(path);
  return { path, size: length, total: length };
}

async function load(file: InputFile, rows: WantedRows): Promise<LoadedRowGroup> {
  const open = await openFile(file);
  const [group] = open.groups;
  if (group === undefined) throw new Error("no row group");
  return LoadedRowGroup.load(open, group, planOf(open, rows).columns, {});
}

describe.each(["none", "snappy"] as const)("LoadedRowGroup, packed with %s,", (compression) => {
  test("has the same rows as a whole and in slices, as often as one asks", async () => {
    const loaded = await load(files[compression], wanted);
    const whole = loaded.fields();
    for (let round = 0; round < 2; round++) {
      const slices = loaded.slices();
      let [row, seen] = [0, 0];
      for (let slice = slices.next(); slice !== undefined; slice = slices.next()) {
        seen++;
        expect(slice.start).toBe(row);
        for (const [c, values] of slice.columns.entries()) {
          expect(values.length).toBe(slice.count);
          const all = Array.from(whole[c]?.values ?? []).slice(row, row + slice.count);
          expect(Array.from(values)).toEqual(all);
        }
        row += slice.count;
      }
      expect(row).toBe(ROWS.length);
      expect(seen).toBeGreaterThan(4);
    }
    // Characters, and what strings take besides them.
    expect(loaded.decodedSize).toBeGreaterThan(ROWS.length * 250);
    expect(loaded.decodedSize).toBeLessThan(ROWS.length * 700);
  });

  test("has columns that the file lacks in slices, too", async () => {
    const read = schema(z.object({ added: z.number().default(7), none: z.string().nullable() }));
    const loaded = await load(files[compression], {
      ...{ rows: read.rows, defaults: defaultsOf(read) },
    });
    const [added = [], none = []] = loaded.fields().map(({ values }) => Array.from(values));
    expect(added).toEqual(new Array(ROWS.length).fill(7));
    expect(none).toEqual(new Array(ROWS.length).fill(null));
    const slices = loaded.slices();
    const counts: number[] = [];
    for (let slice = slices.next(); slice !== undefined; slice = slices.next()) {
      counts.push(slice.count);
      expect(slice.columns.map((values) => Array.from(values))).toEqual([
        new Array(slice.count).fill(7),
        new Array(slice.count).fill(null),
      ]);
    }
    expect(counts).toEqual([1 << 14, ROWS.length - (1 << 14)]);
  });

  test("has the numbers that were written, in several pages", async () => {
    const Numbers = z.object({ id: z.int(), half: z.number() });
    const rows = Array.from({ length: 200_000 }, (_, i) => ({ id: i * 7919, half: i / 2 }));
    const read = schema(Numbers);
    const loaded = await load(await written(rows, Numbers, compression), {
      ...{ rows: read.rows, defaults: defaultsOf(read) },
    });
    const [ids, halves] = loaded.fields();
    for (let round = 0; round < 2; round++) {
      const slices = loaded.slices();
      // The shuffle before the file has changed their order.
      const found = new Set<unknown>();
      let [row, seen, wrong] = [0, 0, 0];
      for (let slice = slices.next(); slice !== undefined; slice = slices.next()) {
        seen++;
        const [id = [], half = []] = slice.columns;
        for (let i = 0; i < slice.count; i++, row++) {
          if (half[i] !== (id[i] as number) / 7919 / 2) wrong++;
          found.add(half[i]);
          if (ids?.values[row] !== id[i] || halves?.values[row] !== half[i]) wrong++;
        }
      }
      expect([row, found.size, wrong]).toEqual([rows.length, rows.length, 0]);
      expect(seen).toBeGreaterThan(1);
    }
  });
});

describe.each(["none", "snappy"] as const)("ReadParquet of bytes, packed with %s,", (packing) => {
  const Texts = z.object({ plain: z.string(), shared: z.string().nullable() });
  const bytes = z.custom<Uint8Array>().meta({ beam: "bytes" });
  const Raw = schema(z.object({ plain: bytes, shared: bytes.nullable() }));
  const asBytes = { rows: Raw.rows, defaults: defaultsOf(Raw) };

  // 0: a page at a time.
  test.each([0, Infinity])("copies those that are strings in the file (%d)", async (most) => {
    // Of the one each page has the strings themselves, of the other numbers of those of a dictionary.
    const rows = Array.from({ length: 40_000 }, (_, i) => ({
      plain: `${i} ä`.padEnd(40, "x"),
      shared: i % 3 === 0 ? null : `C${i % 50}`,
    }));
    const input = await written(rows, Texts, packing);
    const read = await collect((p) => {
      const make = () => new ReadParquet<object>(asBytes, undefined, "fail", most);
      const { out } = p.create([input]).parDo("Read", make, ["failures"] as const);
      return out.withCoder(Raw.coder).map((row) => {
        const { plain, shared } = row as { plain: Uint8Array; shared: Uint8Array | null };
        const textOf = (raw: Uint8Array) => Buffer.from(raw).toString("utf8");
        return { plain: textOf(plain), shared: shared === null ? null : textOf(shared) };
      });
    });
    const order = (a: { plain: string }, b: { plain: string }) => (a.plain < b.plain ? -1 : 1);
    expect(read.toSorted(order)).toEqual(rows.toSorted(order));
  });
});

describe("ReadParquet of a row group that is too large to be decoded at once", () => {
  const readAll = (input: InputFile, filter?: RowFilter, mostDecoded = 0) =>
    collect((p) => {
      const make = () => new ReadParquet<object>(wanted, filter, "fail", mostDecoded);
      return p
        .create([input])
        .parDo("Read", make, ["failures"] as const)
        .out.withCoder(Read.coder);
    });

  test.each(["none", "snappy"] as const)("gives all of its rows, from %s", async (packing) => {
    const read = (await readAll(files[packing])) as z.infer<typeof Stored>[];
    expect(read.toSorted((a, b) => a.id - b.id)).toEqual(
      ROWS.map((row) => ({ ...row, added: 7 })).toSorted((a, b) => a.id - b.id),
    );
  });

  test.each(["none", "snappy"] as const)("gives those that a filter keeps, from %s", async (p) => {
    const file = files[p];
    const filter = new RowFilter({ country: { atLeast: "C7", atMost: "C7" } }, fields);
    const [small, whole] = [await readAll(file, filter), await readAll(file, filter, Infinity)];
    expect(small.length).toBe(ROWS.filter(({ country }) => country === "C7").length);
    expect(small).toEqual(whole);
  });

  test("gives none of a damaged one, wherever it is damaged", async () => {
    const bytes = readFileSync(files.none.path);
    const text = bytes.lastIndexOf("29999 yyy");
    expect(text).toBeGreaterThan(0);
    // The length before the last string: it then reaches beyond its page.
    bytes.writeUInt32LE(1000, text - 4);
    const path = join(folder, "damaged.parquet");
    writeFileSync(path, bytes);
    const reading = collect((p) => {
      const make = () => new ReadParquet<object>(wanted, undefined, "collect", 0);
      const { out, failures } = p.create([fileAt(path)]).parDo("Read", make, ["failures"] as const);
      const count = out.withCoder(Read.coder).map(() => "a row");
      return failures.map(({ reason }) => reason).flatten(count);
    });
    expect(await reading).toEqual([expect.stringContaining('row group 0: column "note": ')]);
  });
});
