import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { schema } from "../../schema/schema.js";
import { collect } from "../../testing/collect.js";
import { zstd } from "../compression/zstd.js";
import type { BadRecord } from "../records/bad-record.js";
import { jsonl } from "./jsonl.js";
import { jsonFormatter } from "./to-json.js";

const toJsonLine = jsonFormatter();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "beamline-jsonl-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const Order = z.object({ user: z.string(), amount: z.number(), at: z.date().optional() });
type Order = z.infer<typeof Order>;

/** Rows and failures of files, apart. */
async function readBoth(path: string): Promise<{ rows: Order[]; failures: BadRecord[] }> {
  const rows: Order[] = [];
  const failures: BadRecord[] = [];
  const all = await collect((p) => {
    const read = p.apply(jsonl.read(path, Order, { onError: "collect" }));
    return read.out
      .map((row): Order | BadRecord => row)
      .flatten(read.failures.map((failure): Order | BadRecord => failure));
  });
  for (const one of all) {
    if ("reason" in one) failures.push(one);
    else rows.push(one);
  }
  return { rows, failures };
}

describe("jsonl.read", () => {
  test("reads a value a line, without a schema as it is", async () => {
    const path = put("a.jsonl", '\ufeff{"a":1,"a":[2,null]}\r\n\n  \n"x"\r\n7');
    const values = await collect((p) => p.apply(jsonl.read(path)));
    expect(values).toEqual(expect.arrayContaining([{ a: [2, null] }, "x", 7]));
    expect(values).toHaveLength(3);
  });

  test("makes typed rows of a zod object: checked, stripped, with dates", async () => {
    const path = put("a.jsonl", '{"user":"ann","amount":3,"at":"2024-05-01T10:00:00Z","x":1}\n');
    const rows = await collect((p) => p.apply(jsonl.read(path, Order)));
    expect(rows).toEqual([{ user: "ann", amount: 3, at: new Date("2024-05-01T10:00:00Z") }]);
  });

  test("has the schema's coder, so that rows can be grouped by their fields", async () => {
    const path = put("a.jsonl", '{"user":"ann","amount":3}\n{"user":"ann","amount":4}\n');
    const users = await collect((p) =>
      p
        .apply(jsonl.read(path, schema(Order)))
        .select("user")
        .distinct(),
    );
    expect(users).toEqual([{ user: "ann" }]);
  });

  test("turns strings into what JSON does not have", async () => {
    const Wide = z.object({
      big: z.bigint(),
      small: z.bigint(),
      bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array).meta({ beam: "bytes" }),
      price: z.string().meta({ beam: "decimal" }),
      days: z.array(z.date()),
      counts: z.map(z.string(), z.bigint()),
      inner: z.object({ at: z.date().nullable() }),
      named: z.record(z.string(), z.date()),
    });
    const row: z.infer<typeof Wide> = {
      big: 2n ** 60n + 1n,
      small: 7n,
      bytes: Uint8Array.of(0, 255, 7),
      price: "12.50",
      days: [new Date(0), new Date(1e12)],
      counts: new Map([["a", 1n]]),
      inner: { at: null },
      named: { x: new Date(5) },
    };
    const path = put("a.jsonl", `${toJsonLine(row).replace('"7"', "7")}\n`);
    expect(await collect((p) => p.apply(jsonl.read(path, Wide)))).toEqual([row]);
  });

  test("reads a file of several megabytes in parts as it is", async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => ({ user: `ä${i}`, amount: i }));
    const path = put("a.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
    expect(readFileSync(path).length).toBeGreaterThan(2e6);
    const read = await collect((p) => p.apply(jsonl.read(path, Order)));
    expect(read.sort((a, b) => a.amount - b.amount)).toEqual(rows);
  });

  test("reads many small files, and says of each what is wrong with it", async () => {
    const many = 250;
    for (let i = 0; i < many; i++) {
      put(`${i}.jsonl`, `{"user":"u","amount":${i}}${i === 77 ? "\n!" : ""}`);
    }
    put("x.jsonl.gz", gzipSync('{"user":"z","amount":-1}'));
    const { rows, failures } = await readBoth(join(folder, "*"));
    const amounts = rows.map(({ amount }) => amount).sort((a, b) => a - b);
    expect(amounts).toEqual(Array.from({ length: many + 1 }, (_, i) => i - 1));
    const place = { file: join(folder, "77.jsonl"), line: 2, offset: 25, raw: "!" };
    expect(failures).toEqual([expect.objectContaining(place)]);
    await expect(collect((p) => p.apply(jsonl.read(join(folder, "*"), Order)))).rejects.toThrow(
      `Cannot read "${join(folder, "77.jsonl")}": at line 2 (byte 25) is no JSON`,
    );
  });

  test("unpacks gzip and zstd by name", async () => {
    const one = Buffer.from('{"user":"ann","amount":3}\n');
    put("a.jsonl.gz", Buffer.concat([gzipSync(one), gzipSync(one)]));
    put("b.jsonl.zst", await zstd.pack(one));
    put("c.jsonl.gz", "");
    const rows = await collect((p) => p.apply(jsonl.read(join(folder, "*"), Order)));
    expect(rows).toEqual(new Array(3).fill({ user: "ann", amount: 3 }));
  });

  test("says that a file is packed when its name does not", async () => {
    const path = put("a.jsonl", gzipSync("{}"));
    await expect(collect((p) => p.apply(jsonl.read(path)))).rejects.toMatchObject({
      code: "PACKED_INPUT",
    });
  });

  test("fails with file, line, byte and reason, also in the middle of a large file", async () => {
    const good = '{"user":"ann","amount":3}\n';
    const before = 100_000;
    const path = put("a.jsonl", `${good.repeat(before)}{"user":"bob","amount":"x"}\n${good}`);
    await expect(collect((p) => p.apply(jsonl.read(path, Order)))).rejects.toMatchObject({
      code: "BAD_RECORD",
      message: expect.stringMatching(
        new RegExp(
          `Cannot read "${path}": at line ${before + 1} \\(byte ${before * good.length}\\) is no JSON.*: field "amount": .*expected number.*`,
        ),
      ),
    });
  });

  test("collects what is no JSON or no such row, with its place", async () => {
    const path = put(
      "a.jsonl",
      Buffer.concat([
        Buffer.from('{"user":"ann","amount":1}\n{oops\n[]\n'),
        Buffer.from([0x22, 0xff, 0x22, 0x0a]),
        Buffer.from('{"user":"bob","amount":2}\n{"amount":{},"at":"soon"}'),
      ]),
    );
    const { rows, failures } = await readBoth(path);
    expect(rows.map(({ user }) => user).sort()).toEqual(["ann", "bob"]);
    const at = { file: path };
    expect(failures.sort((a, b) => a.offset - b.offset)).toEqual([
      { ...at, offset: 26, line: 2, raw: "{oops", reason: expect.stringMatching(/JSON/) },
      { ...at, offset: 32, line: 3, raw: "[]", reason: expect.stringMatching(/object/) },
      { ...at, offset: 35, line: 4, raw: '"\ufffd"', reason: "it is not UTF-8" },
      {
        ...at,
        offset: 65,
        line: 6,
        raw: '{"amount":{},"at":"soon"}',
        reason: expect.stringMatching(/field "user": .*; field "amount": .*; field "at": /),
      },
    ]);
  });

  test("collects from the middle of a large file with the byte, and from a packed one with the line", async () => {
    const good = '{"user":"ann","amount":3}\n';
    const content = `${good.repeat(100_000)}bad\n`;
    const plain = await readBoth(put("a.jsonl", content));
    expect(plain.rows).toHaveLength(100_000);
    expect(plain.failures).toEqual([expect.objectContaining({ raw: "bad", offset: 2_600_000 })]);
    const packed = await readBoth(put("a.jsonl.gz", gzipSync(content)));
    expect(packed.failures).toEqual([
      expect.objectContaining({ raw: "bad", offset: 2_600_000, line: 100_001 }),
    ]);
  });

  test("refuses lines that are longer than allowed", async () => {
    const path = put("a.jsonl", `"${"x".repeat(100)}"\n"y"\n`);
    const read = collect((p) => p.apply(jsonl.read(path, { maxRecordBytes: 50 })));
    await expect(read).rejects.toThrow("longer than 50 bytes");
    const values = await collect(
      (p) => p.apply(jsonl.read(path, { maxRecordBytes: 50, onError: "collect" })).out,
    );
    expect(values).toEqual(["y"]);
  });

  test("reports a missing file before the pipeline starts", async () => {
    const source = jsonl.read(join(folder, "none*"), Order);
    await expect(source.hooks?.check?.()).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });
});

describe("jsonl.write", () => {
  test.each(["none", "gzip", "zstd"] as const)(
    "writes what jsonl.read reads (%s)",
    async (packing) => {
      const Row = z.object({ id: z.bigint(), at: z.date().nullable(), tags: z.array(z.string()) });
      const rows = Array.from({ length: 1000 }, (_, i) => ({
        id: BigInt(i) ** 6n,
        at: i % 3 === 0 ? null : new Date(i * 1e9),
        tags: i % 2 === 0 ? [] : ['"\n\u2028', "\ud83d\ude00"],
      }));
      const names = await collect((p) =>
        p
          .create(rows)
          .withSchema(schema(Row))
          .apply(jsonl.write(join(folder, "out"), { compression: packing })),
      );
      const ending = { none: "", gzip: ".gz", zstd: ".zst" }[packing];
      expect(names).toEqual([`${join(folder, "out")}-00000-of-00001.jsonl${ending}`]);
      const read = await collect((p) => p.apply(jsonl.read(names, Row)));
      expect(read.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(rows);
    },
  );

  test("writes any JSON as it is", async () => {
    let state = 5;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const some = (count: number) => Math.floor(random() * count);
    const text = () =>
      String.fromCodePoint(...Array.from({ length: some(6) }, () => some(4) * some(0x4000)));
    const value = (depth: number): unknown => {
      const kinds = depth > 3 ? 4 : 6;
      switch (some(kinds)) {
        case 0:
          return [null, true, false][some(3)];
        case 1:
          return (random() - 0.5) * 10 ** some(300);
        case 2:
          return some(2 ** 31);
        case 3:
          return text();
        case 4:
          return Array.from({ length: some(4) }, () => value(depth + 1));
        default:
          return Object.fromEntries(
            Array.from({ length: some(4) }, () => [text(), value(depth + 1)]),
          );
      }
    };
    const values = Array.from({ length: 500 }, () => value(0));
    values.push(JSON.parse('{"__proto__":{"a":1},"at":2}'), { a: { toJSON: () => "own" } });
    const format = jsonFormatter();
    for (const each of values) expect(format(each)).toBe(JSON.stringify(each));
    const plain = values.slice(0, -1) as string[];
    const names = await collect((p) => p.create(plain).apply(jsonl.write(join(folder, "out"))));
    const read = await collect((p) => p.apply(jsonl.read(names)));
    expect(read.map((each) => JSON.stringify(each)).sort()).toEqual(
      plain.map((each) => JSON.stringify(each)).sort(),
    );
  });

  test("keeps a property of any name beside dates", () => {
    const value = { ...JSON.parse('{"__proto__":{"a":1}}'), at: new Date(0) };
    expect(toJsonLine(value)).toBe('{"__proto__":{"a":1},"at":"1970-01-01T00:00:00.000Z"}');
  });

  test.each([
    [Number.NaN, /it is NaN/],
    [{ a: { b: [1, Number.POSITIVE_INFINITY] } }, /in "a\.b\[1\]": it is Infinity/],
    [new Date(Number.NaN), /invalid date/],
    [new Set([1]), /it is a Set/],
    [new Map([[1, 2]]), /Map with a number as a key/],
    [undefined, /it is undefined/],
    [() => 1, /it is a function/],
  ])("refuses %j", (value, message) => {
    expect(() => toJsonLine(value)).toThrow(
      expect.objectContaining({ code: "NOT_JSON", message: expect.stringMatching(message) }),
    );
  });
});

/** In CI it has to be there. */
const hasPython = process.env.CI !== undefined || spawnSync("python3", ["--version"]).status === 0;

describe.runIf(hasPython)("Python's json module", () => {
  const python = (code: string, input: string) =>
    execFileSync("python3", ["-c", code], { input, encoding: "utf8" });

  test("reads what jsonl.write writes, and the other way round", async () => {
    const values = [
      { text: 'a "quoted"\ttab\n€😀\u0000', number: -1.5e-9, list: [null, true, {}], "": 0 },
      ["ä", [], 123456789012],
    ];
    const names = await collect((p) => p.create(values).apply(jsonl.write(join(folder, "out"))));
    const echo =
      "import json,sys\nfor line in sys.stdin: print(json.dumps(json.loads(line), ensure_ascii=%s))";
    for (const ascii of ["True", "False"]) {
      const echoed = python(echo.replace("%s", ascii), readFileSync(names[0] ?? "", "utf8"));
      const path = put("echoed.jsonl", echoed);
      const read = await collect((p) => p.apply(jsonl.read(path)));
      expect(read).toEqual(expect.arrayContaining(values));
      expect(read).toHaveLength(values.length);
    }
  });
});
