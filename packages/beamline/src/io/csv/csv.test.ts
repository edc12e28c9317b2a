import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { schema } from "../../schema/schema.js";
import { collect } from "../../testing/collect.js";
import type { BadRecord } from "../records/bad-record.js";
import { csv } from "./csv.js";
import { rowFormatter } from "./format-row.js";
import type { ReadCsvOptions } from "./read.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-csv-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(content: string | Uint8Array, name = "a.csv"): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const Item = z.object({ id: z.int(), name: z.string(), price: z.number().nullable() });
type Item = z.infer<typeof Item>;

const readItems = (content: string, options: ReadCsvOptions = {}) =>
  collect((p) => p.apply(csv.read(put(content), Item, { ...options, onError: "fail" })));

async function readBoth(path: string, options: ReadCsvOptions = {}) {
  const rows: Item[] = [];
  const failures: BadRecord[] = [];
  const all = await collect((p) => {
    const read = p.apply(csv.read(path, Item, { ...options, onError: "collect" }));
    return read.out
      .map((row): Item | BadRecord => row)
      .flatten(read.failures.map((failure): Item | BadRecord => failure));
  });
  for (const one of all) {
    if ("reason" in one) failures.push(one);
    else rows.push(one);
  }
  return { rows, failures: failures.sort((a, b) => a.offset - b.offset) };
}

describe("csv.read", () => {
  test("makes typed rows, matching columns by name", async () => {
    const rows = await readItems('name,other,price,id\r\n"a, ""b""",x,1.5,7\r\n\r\nc,,,8');
    expect(rows).toEqual([
      { id: 7, name: 'a, "b"', price: 1.5 },
      { id: 8, name: "c", price: null },
    ]);
  });

  test("gives objects of strings without a schema", async () => {
    const path = put("\ufeffa,b\n1,\n");
    expect(await collect((p) => p.apply(csv.read(path)))).toEqual([{ a: "1", b: "" }]);
    const named = csv.read(path, { header: ["x", "y"] });
    expect(await collect((p) => p.apply(named))).toEqual([
      { x: "a", y: "b" },
      { x: "1", y: "" },
    ]);
  });

  test("names columns by the schema where files have no header", async () => {
    expect(await readItems("1,a,2\n", { header: false })).toEqual([{ id: 1, name: "a", price: 2 }]);
    expect(() => csv.read("a.csv", { header: false })).toThrow(
      expect.objectContaining({ code: "BAD_OPTION" }),
    );
  });

  test("parses what a column may be", async () => {
    const Wide = z.object({
      n: z.number(),
      i: z.int32(),
      big: z.bigint(),
      yes: z.boolean(),
      at: z.date(),
      kind: z.enum(["a", "b"]),
      price: z.string().meta({ beam: "decimal" }),
      bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array).meta({ beam: "bytes" }),
      gone: z.string().optional(),
      nothing: z.string().nullable(),
    });
    const header = "n,i,big,yes,at,kind,price,bytes,gone";
    const values = [
      "-1e3,7,9007199254740993,TRUE,2024-05-01,a,-0.50,AP8H,x",
      " 2 ,-8,-1,0,2024-05-01 10:00:00,b,12,,",
      "0.5,0,0,1,2024-05-01T10:00:00.5+02:00,a,3,,",
    ];
    const path = put(`${header}\n${values.join("\n")}\n`);
    const rows = await collect((p) => p.apply(csv.read(path, Wide)));
    const none = new Uint8Array(0);
    expect(rows).toEqual([
      {
        n: -1000,
        i: 7,
        big: 9007199254740993n,
        yes: true,
        at: new Date("2024-05-01T00:00:00Z"),
        kind: "a",
        price: "-0.50",
        bytes: Uint8Array.of(0, 255, 7),
        gone: "x",
        nothing: null,
      },
      {
        n: 2,
        i: -8,
        big: -1n,
        yes: false,
        at: new Date("2024-05-01T10:00:00Z"),
        kind: "b",
        price: "12",
        bytes: none,
        nothing: null,
      },
      {
        n: 0.5,
        i: 0,
        big: 0n,
        yes: true,
        at: new Date("2024-05-01T08:00:00.500Z"),
        kind: "a",
        price: "3",
        bytes: none,
        nothing: null,
      },
    ]);
  });

  test.each<[string, ReadCsvOptions]>([
    ["id;name;price\n1;a,b;2\n", { delimiter: ";" }],
    ["id\tname\tprice\n1\ta,b\t2\n", { delimiter: "\t", quote: false }],
    ["id,name,price\n1,'a,b',2\n", { quote: "'" }],
    ['# x\nid,name,price\n#,\n1,"a,b",2\n', { comment: "#" }],
    [' id , name , price \n 1 ,"a,b", 2 \n', { trim: true }],
  ])("takes %j with %j", async (content, options) => {
    expect(await readItems(content, options)).toEqual([{ id: 1, name: "a,b", price: 2 }]);
  });

  test("takes other escapes, quotes that mean nothing, and names for null", async () => {
    const escaped = await readItems('id,name,price\n1,"a\\"b",2\n', { escape: "\\" });
    expect(escaped).toEqual([{ id: 1, name: 'a"b', price: 2 }]);
    const literal = await readItems('id,name,price\n1,5" pipe,NA\n', {
      quote: false,
      nullValues: ["NA", ""],
    });
    expect(literal).toEqual([{ id: 1, name: '5" pipe', price: null }]);
  });

  test("fails with file, line, column and reason", async () => {
    const path = put("id,name,price\n1,a,2\n2,b,cheap\n");
    await expect(collect((p) => p.apply(csv.read(path, Item)))).rejects.toMatchObject({
      code: "BAD_RECORD",
      message: expect.stringContaining(
        `Cannot read "${path}": at line 3 (byte 20) is no CSV: column "price" is no number: "cheap"; `,
      ),
    });
  });

  test("collects bad records, each with its place, and all others", async () => {
    const path = put(
      'id,name,price\n1,a,2\n1.5,b,\n,c,\n4,d\n5,"e\n6,"f"x,\n7,"g\nh",3\n8,"i,j",4\n9,"k',
    );
    const { rows, failures } = await readBoth(path);
    expect(rows.map(({ id }) => id).sort()).toEqual([1, 7, 8]);
    const shown = failures.map(({ line, raw, reason }) => [line, raw, reason]);
    expect(shown).toEqual([
      [3, "1.5,b,", 'column "id" is no whole number: "1.5"'],
      [4, ",c,", 'column "id" is empty'],
      [5, "4,d", "it has 2 fields, and there are 3 columns"],
      // The quote that is opened here ends on the next line, where no field does.
      [6, '5,"e\n6,"f"x,', expect.stringMatching(/quote/i)],
      [11, '9,"k', "a quote is opened and never closed"],
    ]);
    for (const { file, offset, raw } of failures) {
      expect(file).toBe(path);
      expect(readFileSync(path, "latin1").slice(offset, offset + raw.length)).toBe(raw);
    }
  });

  test("says what the header lacks, or has twice", async () => {
    await expect(readItems("id,price\n1,2\n")).rejects.toMatchObject({
      code: "BAD_HEADER",
      message: expect.stringContaining('its header lacks "name"; it has id, price'),
    });
    await expect(readItems("id,name,name,price\n1,a,b,2\n")).rejects.toMatchObject({
      code: "BAD_HEADER",
      message: expect.stringContaining('"name" twice'),
    });
  });

  test("refuses fields that a column can't be", () => {
    expect(() => csv.read("a.csv", z.object({ tags: z.array(z.string()) }))).toThrow(
      expect.objectContaining({ code: "BAD_OPTION", message: expect.stringContaining('"tags"') }),
    );
  });

  test.each<ReadCsvOptions>([
    { delimiter: ";;" },
    { delimiter: "\n" },
    { delimiter: "ä" },
    { quote: "" },
    { escape: "ab" },
    { delimiter: "'", quote: "'" },
  ])("refuses %j", (options) => {
    expect(() => csv.read("a.csv", Item, options)).toThrow(
      expect.objectContaining({
        code: "BAD_OPTION",
        message: expect.stringMatching(/^Cannot .*: .*; .*/),
      }),
    );
  });
});

describe("csv.read of a large file", () => {
  const header = "id,name,price\n";
  const many = 120_000;
  const plain = Array.from({ length: many }, (_, i) => `${i},name ${i},${i / 4}\n`).join("");
  const rows = Array.from({ length: many }, (_, i) => ({ id: i, name: `name ${i}`, price: i / 4 }));
  const sorted = (items: readonly Item[]) => items.toSorted((a, b) => a.id - b.id);

  test.each<[string, string, ReadCsvOptions]>([
    ["in parts", plain, {}],
    ["whole", plain, { quotedNewlines: true }],
    ["with quotes in parts", plain.replaceAll(/,(name \d+)/g, ',"$1"'), {}],
  ])("reads it %s", async (_how, content, options) => {
    const path = put(header + content);
    const read = await collect((p) =>
      p.apply(csv.read(path, Item, { ...options, onError: "fail" })),
    );
    expect(sorted(read)).toEqual(rows);
  });

  test("reads one with newlines in quotes whole, without being told", async () => {
    const path = put(`${header}-1,"a\nb",\n${plain}`);
    const read = sorted(await collect((p) => p.apply(csv.read(path, Item))));
    expect(read).toEqual([{ id: -1, name: "a\nb", price: null }, ...rows]);
  });

  test("fails rather than guess where newlines in quotes come late", async () => {
    const path = put(`${header}${plain}-1,"a\n7,b,2\n",\n`);
    const collecting = collect((p) => p.apply(csv.read(path, Item, { onError: "collect" })).out);
    await expect(collecting).rejects.toMatchObject({
      code: "QUOTED_NEWLINE",
      message: expect.stringContaining("{ quotedNewlines: true }"),
    });
    const whole = csv.read(path, Item, { quotedNewlines: true });
    expect(sorted(await collect((p) => p.apply(whole)))[0]?.name).toBe("a\n7,b,2\n");
  });

  test("numbers the line of a bad record in the middle", async () => {
    const path = put(`${header}${plain}x,y,z\n`);
    await expect(collect((p) => p.apply(csv.read(path, Item)))).rejects.toThrow(
      `at line ${many + 2} (byte ${header.length + plain.length}) is no CSV: column "id"`,
    );
    const { rows: good, failures } = await readBoth(path);
    expect(good).toHaveLength(many);
    expect(failures).toEqual([
      expect.objectContaining({ raw: "x,y,z", offset: header.length + plain.length }),
    ]);
  });

  test("unpacks it", async () => {
    const path = put(gzipSync(header + plain), "a.csv.gz");
    expect(sorted(await collect((p) => p.apply(csv.read(path, Item))))).toEqual(rows);
  });
});

/** Numbers in [0, 1), the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const Row = z.object({
  a: z.string(),
  b: z.number().nullable(),
  c: z.date().nullable(),
  d: z.bigint(),
});

function randomRows(seed: number): z.infer<typeof Row>[] {
  const random = randomOf(seed);
  const parts = ["a", " ", "\n", "\r\n", '"', '""', ",", ";", "'", "€", "#", "\t", "\\"];
  return Array.from({ length: Math.floor(random() * 30) }, () => ({
    a: Array.from(
      { length: Math.floor(random() * 5) },
      () => parts[Math.floor(random() * parts.length)] ?? "",
    ).join(""),
    b: random() < 0.2 ? null : (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20),
    c: random() < 0.2 ? null : new Date(Math.floor(random() * 4e12)),
    d: BigInt(Math.floor(random() * 2 ** 50)) - 2n ** 49n,
  }));
}

const keyOf = (row: z.infer<typeof Row>) => `${row.d} ${row.a}`;
const inOrder = (rows: readonly z.infer<typeof Row>[]) =>
  rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

describe("csv.write", () => {
  test("writes what csv.read reads, whatever is in the fields", async () => {
    for (const [seed, delimiter, quote] of [
      [1, ",", '"'],
      [2, ";", "'"],
      [3, "\t", '"'],
      [4, "#", '"'],
      [5, ",", '"'],
    ] as const) {
      const rows = randomRows(seed);
      const dialect = { delimiter, quote };
      const prefix = join(folder, `out${seed}`);
      const names = await collect((p) =>
        p
          .create(rows)
          .withSchema(schema(Row))
          .apply(csv.write(prefix, { ...dialect, compression: seed === 5 ? "gzip" : "none" })),
      );
      const read = await collect((p) => p.apply(csv.read(names, Row, dialect)));
      expect(inOrder(read), `seed ${seed}`).toEqual(inOrder(rows));
    }
  });

  test("writes the columns that are named, or those of the schema", async () => {
    const rows = [{ id: 1, name: "a", price: null }];
    const named = await collect((p) =>
      p.create(rows).apply(csv.write(join(folder, "x"), { columns: ["name", "price"] })),
    );
    expect(readFileSync(named[0] ?? "", "utf8")).toBe("name,price\na,\n");
    const typed = await collect((p) =>
      p
        .create(rows)
        .withSchema(schema(Item))
        .apply(csv.write(join(folder, "y"), { header: false, nullValue: "NULL", suffix: ".txt" })),
    );
    expect(typed).toEqual([join(folder, "y-00000-of-00001.txt")]);
    expect(readFileSync(typed[0] ?? "", "utf8")).toBe("1,a,NULL\n");
    await expect(
      collect((p) => p.create(rows).apply(csv.write(join(folder, "z")))),
    ).rejects.toMatchObject({ code: "BAD_OPTION", message: expect.stringContaining("columns:") });
  });

  test("never writes an empty line, which would be no record", async () => {
    const One = z.object({ x: z.string().nullable() });
    const rows = [{ x: null }, { x: "" }, { x: "a" }];
    const names = await collect((p) =>
      p
        .create(rows)
        .withSchema(schema(One))
        .apply(csv.write(join(folder, "one"))),
    );
    const read = await collect((p) => p.apply(csv.read(names, One)));
    expect(read.map(({ x }) => x ?? "").sort()).toEqual(["", "", "a"]);
  });

  test.each([[[1]], [{}], [new Date(Number.NaN)], [() => 1]])("refuses %j in a column", (value) => {
    const format = rowFormatter({ columns: ["x"], delimiter: ",", quote: '"', nullValue: "" });
    expect(() => format({ x: value })).toThrow(expect.objectContaining({ code: "NOT_CSV" }));
    expect(() => format(7)).toThrow(expect.objectContaining({ code: "NOT_CSV" }));
  });
});

/** In CI it has to be there. */
const hasPython = process.env.CI !== undefined || spawnSync("python3", ["--version"]).status === 0;

describe.runIf(hasPython)("Python's csv module", () => {
  const python = (code: string, input: string) =>
    execFileSync("python3", ["-c", code], { input, encoding: "utf8" });
  const strings = (rows: readonly z.infer<typeof Row>[]) =>
    rows.map(({ a, b, c, d }) => [a, b === null ? "" : `${b}`, c?.toISOString() ?? "", `${d}`]);

  test("reads what csv.write writes", async () => {
    const rows = randomRows(11);
    const names = await collect((p) =>
      p
        .create(rows)
        .withSchema(schema(Row))
        .apply(csv.write(join(folder, "out"))),
    );
    const code = `import csv,json,sys
with open(sys.stdin.read(), newline="", encoding="utf8") as f: print(json.dumps(list(csv.reader(f))))`;
    const [header, ...read] = JSON.parse(python(code, names[0] ?? ""));
    expect(header).toEqual(["a", "b", "c", "d"]);
    expect(read.toSorted()).toEqual(strings(rows).toSorted());
  });

  test.each(["QUOTE_MINIMAL", "QUOTE_ALL", "QUOTE_NONNUMERIC"])(
    "writes what csv.read reads (%s)",
    async (quoting) => {
      const rows = randomRows(12);
      const path = join(folder, "python.csv");
      const code = `import csv,json,sys
path, rows = json.load(sys.stdin)
with open(path, "w", newline="", encoding="utf8") as f:
  writer = csv.writer(f, quoting=csv.${quoting})
  writer.writerow(["a", "b", "c", "d"])
  writer.writerows(rows)`;
      python(code, JSON.stringify([path, strings(rows)]));
      const read = await collect((p) => p.apply(csv.read(path, Row)));
      expect(inOrder(read)).toEqual(inOrder(rows));
    },
  );
});
