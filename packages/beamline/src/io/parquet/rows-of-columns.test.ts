import { expect, test } from "vitest";
import type { RowField } from "../../coders/row/row-schema.js";
import { rowMaker } from "./rows-of-columns.js";

const field = (name: string, isOptional = false): RowField => {
  const type = { kind: "atomic", type: "double", nullable: isOptional } as const;
  return isOptional ? { name, type, isOptional } : { name, type };
};

test("rowMaker makes rows of arrays of any kind, in the order of the schema", () => {
  const make = rowMaker({ fields: [field("b"), field("a"), field('"q" \n')] });
  const rowAt = make([new Int32Array([1, 2]), new Float64Array([0.5, 1.5]), ["x", null]]);
  expect([0, 1].map((i) => Object.entries(rowAt(i)))).toEqual([
    [
      ["b", 1],
      ["a", 0.5],
      ['"q" \n', "x"],
    ],
    [
      ["b", 2],
      ["a", 1.5],
      ['"q" \n', null],
    ],
  ]);
  expect(make([["other"], ["columns"], [1]])(0)).toEqual({ b: "other", a: "columns", '"q" \n': 1 });
});

test("rowMaker leaves out what is missing of optional fields, and keeps the order", () => {
  const make = rowMaker({ fields: [field("a"), field("b", true), field("c"), field("d", true)] });
  const rowAt = make([
    [1, 2],
    [null, 3],
    [null, 4],
    [5, null],
  ]);
  expect([rowAt(0), rowAt(1)].map((row) => Object.entries(row))).toEqual([
    [
      ["a", 1],
      ["c", null],
      ["d", 5],
    ],
    [
      ["a", 2],
      ["b", 3],
      ["c", 4],
    ],
  ]);
  expect(rowMaker({ fields: [] })([])(0)).toEqual({});
});

test("rowMaker takes __proto__ for a name, wherever the field is", () => {
  for (const fields of [
    [field("__proto__"), field("a")],
    [field("a", true), field("__proto__")],
    [field("a"), field("__proto__", true)],
  ]) {
    const row = rowMaker({ fields })([[1], [2]])(0);
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(Object.entries(row)).toEqual(fields.map(({ name }, i) => [name, i + 1]));
  }
});
