import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decodeFromBytes, encodeToBytes } from "../coders/contexts.js";
import { STANDARD_CODERS, specFromCoder } from "../coders/registry.js";
import { collect } from "../testing/collect.js";
import { schema } from "./schema.js";

const EVERYTHING = z.object({
  text: z.string(),
  email: z.email(),
  whole: z.int(),
  count: z.int32(),
  ratio: z.number(),
  small: z.float32(),
  big: z.bigint(),
  yes: z.boolean(),
  at: z.date(),
  kind: z.enum(["a", "b"]),
  list: z.array(z.string().nullable()),
  map: z.map(z.string(), z.number()),
  record: z.record(z.string(), z.int()),
  nested: z.object({ deep: z.object({ x: z.number().optional() }) }),
  maybe: z.string().optional(),
  none: z.string().nullable(),
  price: z.string().meta({ beam: "decimal" }),
  raw: z.custom<Uint8Array>().meta({ beam: "bytes" }),
  tiny: z.number().meta({ beam: "byte" }).nullable(),
});

type Everything = z.infer<typeof EVERYTHING>;

const FULL: Everything = {
  text: "é",
  email: "a@b.c",
  whole: 2 ** 53 - 1,
  count: -5,
  ratio: 0.1,
  small: 0.5,
  big: 5n,
  yes: true,
  at: new Date(1_600_000_000_123),
  kind: "b",
  list: ["x", null],
  map: new Map([["k", 1.5]]),
  record: { a: 1 },
  nested: { deep: { x: 1 } },
  maybe: "there",
  none: "some",
  price: "-100.10",
  raw: Uint8Array.of(0, 255),
  tiny: -128,
};
const { maybe: _, ...REST } = FULL;
const SPARSE: Everything = { ...REST, none: null, tiny: null, nested: { deep: {} }, list: [] };

describe("schema", () => {
  test.each([
    ["full", FULL],
    ["sparse", SPARSE],
  ])("keeps a %s row, also by way of its payload", (_name, value) => {
    const { coder } = schema(EVERYTHING);
    const copy = STANDARD_CODERS.coderFromSpec(specFromCoder(coder));
    const bytes = encodeToBytes(coder, value);
    for (const decoded of [decodeFromBytes(coder, bytes), decodeFromBytes(copy, bytes)]) {
      expect(decoded).toStrictEqual(value);
    }
    expect(encodeToBytes(copy, value)).toEqual(bytes);
  });

  test("goes through a pipeline on rows", async () => {
    const User = schema(z.object({ name: z.string(), age: z.int().optional() }));
    const users = [{ name: "ann", age: 3 }, { name: "bob" }];
    const rows = await collect((p) => p.create(users).withSchema(User).reshuffle());
    expect(rows.sort((a, b) => (a.name < b.name ? -1 : 1))).toStrictEqual(users);
  });

  test.each([
    [
      "a union",
      z.object({ a: z.object({ b: z.union([z.string(), z.int()]) }) }),
      '"a.b": it is of the type "union"',
    ],
    ["a mixed enum", z.object({ a: z.literal(["x", 1]) }), '"a": its values are not all strings'],
    ["metadata", z.object({ a: z.string().meta({ beam: "text" }) }), 'names the type "text"'],
    [
      "optional items",
      z.object({ a: z.array(z.string().optional()) }),
      '"a[]": it may be undefined',
    ],
  ])("refuses %s", (_name, shape, message) => {
    expect(() => schema<object>(shape)).toThrow(message);
  });

  test.each([
    [{ a: "x", b: 1 }, 'its property "b" is no field of the schema (a)'],
    [{ a: 1 }, 'In the field "a": Cannot encode 1'],
    [{}, 'the field "a" holds: it is not nullable'],
    ["x", "it is not a row"],
  ])("refuses to encode %j", (value, message) => {
    const { coder } = schema(z.object({ a: z.string() }));
    expect(() => encodeToBytes(coder, value as never)).toThrow(message);
  });
});
