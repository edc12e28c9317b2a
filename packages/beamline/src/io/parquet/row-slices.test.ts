import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { schema } from "../../schema/schema.js";
import { collect } from "../../testing/collect.js";
import { defaultsOf } from "../blocks/defaults-of.js";
import type { InputFile } from "../filesystem/input-file.js";
import { openFile, planOf } from "./footer.js";
import { parquet } from "./parquet.js";
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
let file: InputFile = { path: "", size: 0, total: 0 };
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "beamline-slices-"));
  const options = { schema: Stored, rowGroupSize: ROWS.length, compression: "none" } as const;
  const [path = ""] = await collect((p) =>
    p.create(ROWS).apply(parquet.write(join(folder, "in"), { ...options, shards: 1 })),
  );
  file = fileAt(path);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileAt(path: string): InputFile {
  const { length } = readFileSync(path);
  return { path, size: length, total: length };
}

describe("LoadedRowGroup", () => {
  test("has the same rows as a whole and in slices, as often as one asks", async () => {
    const open = await openFile(file);
    const [group] = open.groups;
    if (group === undefined) throw new Error("no row group");
    const loaded = await LoadedRowGroup.load(open, group, planOf(open, wanted).columns, {});
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

  test("gives all of its rows", async () => {
    const read = (await readAll(file)) as z.infer<typeof Stored>[];
    expect(read.toSorted((a, b) => a.id - b.id)).toEqual(
      ROWS.map((row) => ({ ...row, added: 7 })).toSorted((a, b) => a.id - b.id),
    );
  });

  test("gives those that a filter keeps", async () => {
    const filter = new RowFilter({ country: { atLeast: "C7", atMost: "C7" } }, fields);
    const [small, whole] = [await readAll(file, filter), await readAll(file, filter, Infinity)];
    expect(small.length).toBe(ROWS.filter(({ country }) => country === "C7").length);
    expect(small).toEqual(whole);
  });

  test("gives none of a damaged one, wherever it is damaged", async () => {
    const bytes = readFileSync(file.path);
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
