import { describe, expect, test } from "vitest";
import { ByteReader } from "../../bytes/byte-reader.js";
import { ByteWriter } from "../../bytes/byte-writer.js";
import { RowCoder } from "./row-coder.js";
import type { RowField, RowSchema } from "./row-schema.js";

function again<T>(schema: RowSchema, row: T): T {
  const coder = new RowCoder<T>(schema);
  const out = new ByteWriter();
  coder.encode(row, out);
  const input = new ByteReader(out.toBytes());
  const decoded = coder.decode(input);
  expect(input.remaining).toBe(0);
  return decoded;
}

const field = (name: string, type: "int64" | "double" | "string" | "bytes"): RowField => ({
  name,
  type: { kind: "atomic", type },
});

describe("RowCoder", () => {
  test("keeps integers of all sizes, as bigints where no number is exact", () => {
    const schema = { fields: [field("i", "int64")] };
    const edges = [7, 14, 28, 48, 49, 50, 52, 53].flatMap((bits) =>
      [-1, 0, 1].map((offset) => 2 ** bits + offset),
    );
    for (const edge of [0, 1, ...edges]) {
      for (const i of [edge, -edge].filter(Number.isSafeInteger)) {
        expect(again(schema, { i }).i).toBe(i === 0 ? 0 : i);
      }
    }
    for (const i of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)]) {
      expect(again<{ i: number | bigint }>(schema, { i }).i).toBe(i);
    }
  });

  test("takes properties in any order, and gives them back in that of the schema", () => {
    const schema = {
      fields: [field("a", "string"), field("b", "double"), field("c", "int64")],
    };
    const row = again(schema, { c: 3, a: "ä€😀", b: -0.5 });
    expect(Object.entries(row)).toEqual([
      ["a", "ä€😀"],
      ["b", -0.5],
      ["c", 3],
    ]);
  });

  test("keeps positions of other SDKs, where they differ from the order of the fields", () => {
    const schema = {
      fields: [
        { ...field("a", "string"), position: 1 },
        { ...field("b", "int64"), position: 0 },
      ],
    };
    expect(Object.keys(again(schema, { a: "x", b: 2 }))).toEqual(["a", "b"]);
    const out = new ByteWriter();
    new RowCoder(schema).encode({ a: "x", b: 2 }, out);
    // Two fields, no nulls, then b and a.
    expect([...out.view()]).toEqual([2, 0, 2, 1, "x".charCodeAt(0)]);
  });

  test("refuses null where it must not be, values of other types, and other properties", () => {
    const schema = { fields: [field("a", "string"), field("b", "bytes")] };
    const encode = (row: unknown) => new RowCoder<unknown>(schema).encode(row, new ByteWriter());
    expect(() => encode({ a: null, b: new Uint8Array() })).toThrow(/"a" holds: it is not nullable/);
    expect(() => encode({ a: 1, b: new Uint8Array() })).toThrow(/In the field "a": .*not a string/);
    expect(() => encode({ a: "", b: "" })).toThrow(/In the field "b": .*not a Uint8Array/);
    expect(() => encode({ a: "", b: new Uint8Array(), z: 1 })).toThrow(/"z" is no field/);
    expect(() => encode({ a: "", b: new Uint8Array(), z: undefined })).not.toThrow();
  });

  test("keeps which of many fields are null", () => {
    const fields = Array.from({ length: 20 }, (_, i): RowField => {
      const type = { kind: "atomic", type: i % 2 === 0 ? "string" : "double" } as const;
      return { name: `f${i}`, type: i === 3 ? type : { ...type, nullable: true } };
    });
    const full = Object.fromEntries(fields.map(({ name }, i) => [name, i % 2 === 0 ? `${i}` : i]));
    const withNulls = (...numbers: number[]) => ({
      ...full,
      ...Object.fromEntries(numbers.map((i) => [`f${i}`, null])),
    });
    for (const row of [full, withNulls(0), withNulls(7, 8), withNulls(19), withNulls(1, 9, 16)]) {
      expect(again({ fields }, row)).toEqual(row);
    }
    const bytesOf = (row: object) => {
      const out = new ByteWriter();
      new RowCoder<object>({ fields }).encode(row, out);
      return [...out.view()].slice(0, 5);
    };
    // The number of fields, that of bytes with nulls, and these, without zeros at the end.
    expect(bytesOf(full)).toEqual([20, 0, 1, 48, 63]);
    expect(bytesOf(withNulls(0, 8))).toEqual([20, 2, 1, 1, 63]);
    expect(bytesOf(withNulls(17))).toEqual([20, 3, 0, 0, 2]);
    expect(() => again({ fields }, withNulls(3))).toThrow(/"f3" holds: it is not nullable/);
  });

  test("takes names of any characters", () => {
    const names = [
      "a b",
      'quo"te',
      "back\\slash",
      "line\n\u2028",
      "$x{}",
      "__proto__",
      "class",
      "0",
    ];
    const type = { kind: "atomic", type: "int64", nullable: true } as const;
    const schema = { fields: names.map((name) => ({ name, type })) };
    // Also of a row with nulls, which is decoded another way.
    for (const nullAt of [-1, 0, names.indexOf("__proto__")]) {
      const row: unknown = JSON.parse(
        `{${names.map((name, i) => `${JSON.stringify(name)}: ${i === nullAt ? null : i}`).join(", ")}}`,
      );
      const decoded = again(schema, row);
      expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
      expect(Object.entries(decoded as object).toSorted()).toEqual(
        Object.entries(row as object).toSorted(),
      );
    }
  });

  test("reads rows of an older schema, whose last fields it lacks", () => {
    const older = { fields: [field("a", "string")] };
    const out = new ByteWriter();
    new RowCoder(older).encode({ a: "x" }, out);
    const added = { name: "b", type: { kind: "atomic", type: "double", nullable: true } } as const;
    const coder = new RowCoder({ fields: [...older.fields, added] });
    expect(coder.decode(new ByteReader(out.toBytes()))).toEqual({ a: "x", b: null });
  });
});
