import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { ByteWriter } from "../bytes/byte-writer.js";
import { decodeFromBytes, encodeToBytes } from "./contexts.js";
import { js } from "./js.js";
import { MAX_DEPTH } from "./js-format.js";

function roundTrip<T>(value: T): T {
  return decodeFromBytes(js, encodeToBytes(js, value)) as T;
}

function holeAt<T>(index: number, array: T[]): T[] {
  delete array[index];
  return array;
}

function refusal(value: unknown): string {
  try {
    encodeToBytes(js, value);
  } catch (error) {
    expect(error).toMatchObject({ name: "BeamlineError", code: "CANNOT_ENCODE", origin: "user" });
    return (error as Error).message;
  }
  throw new Error("it was encoded");
}

describe("js", () => {
  it("keeps -0, NaN, infinities and integers beyond 2^53", () => {
    for (const n of [
      0,
      -0,
      Number.NaN,
      Infinity,
      -Infinity,
      2 ** 53,
      -(2 ** 53),
      2 ** 53 + 2,
      1e21,
    ]) {
      expect(Object.is(roundTrip(n), n)).toBe(true);
    }
  });

  it("takes one byte for a small integer, one more than the characters for a short string", () => {
    for (const n of [0, 111, -1, -16]) expect(encodeToBytes(js, n).length).toBe(1);
    expect(encodeToBytes(js, "word").length).toBe(5);
    expect(encodeToBytes(js, "a".repeat(63)).length).toBe(64);
    expect(encodeToBytes(js, ["k", 1]).length).toBe(4);
    expect(encodeToBytes(js, 0.5).length).toBe(5);
  });

  it("keeps lone surrogates", () => {
    for (const text of ["\ud800", "a\udc00b", `${"x".repeat(100)}\ud83d`]) {
      expect(roundTrip(text)).toBe(text);
    }
  });

  it("keeps holes, apart from undefined", () => {
    const back = roundTrip(holeAt(1, [1, 2, undefined]));
    expect(back.length).toBe(3);
    expect([0 in back, 1 in back, 2 in back]).toEqual([true, false, true]);
    expect(roundTrip(new Array(4_000_000_000)).length).toBe(4_000_000_000);
    expect(roundTrip(new Array(2)).length).toBe(2);
  });

  it("keeps the named properties of arrays, such as those of RegExp matches", () => {
    const match = roundTrip("a-12".match(/(?<digits>\d+)/));
    expect(match?.index).toBe(2);
    expect(match?.input).toBe("a-12");
    expect(match?.groups?.digits).toBe("12");
    expect([...(match ?? [])]).toEqual(["12", "12"]);
    // As many holes as names: their count alone does not tell.
    const tricky = Object.assign(holeAt(0, [0, 1]), { extra: 2 });
    const back = roundTrip(tricky);
    expect(back.extra).toBe(2);
    expect(0 in back).toBe(false);
    expect(Object.keys(roundTrip(Object.assign([], { "01": 1 })))).toEqual(["01"]);
  });

  it("keeps an own __proto__ key without touching any prototype", () => {
    const value = JSON.parse('{"__proto__": {"polluted": true}, "a": 1}') as object;
    for (let i = 0; i < 10; i++) {
      const back = roundTrip(value);
      expect(Object.keys(back)).toEqual(["__proto__", "a"]);
      expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
      expect("polluted" in back).toBe(false);
    }
    expect("polluted" in {}).toBe(false);
  });

  it("keeps the order of keys, and objects without prototype", () => {
    expect(Object.keys(roundTrip({ b: 1, a: 2, 1: 3 }))).toEqual(["1", "b", "a"]);
    const bare = roundTrip(Object.assign(Object.create(null), { a: 1 }));
    expect(Object.getPrototypeOf(bare)).toBe(null);
    expect(bare.a).toBe(1);
  });

  it("tells records apart that have the same first key and count", () => {
    const records = Array.from({ length: 200 }, (_, i) => ({
      id: i,
      [`k${i % 7}`]: i,
      [`l${i % 3}`]: -i,
    }));
    expect(roundTrip(records)).toEqual(records);
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key${i}`, i]));
    expect(roundTrip([wide, wide])).toEqual([wide, wide]);
  });

  it("gives accessors back as their values", () => {
    const value = {
      get now() {
        return 42;
      },
    };
    expect(Object.getOwnPropertyDescriptor(roundTrip(value), "now")?.value).toBe(42);
  });

  it("keeps invalid dates, and dates as dates", () => {
    expect(roundTrip(new Date(Number.NaN)).getTime()).toBeNaN();
    expect(roundTrip(new Date(1_700_000_000_123))).toEqual(new Date(1_700_000_000_123));
  });

  it("gives a Buffer back as a Buffer, and a view as a view over bytes of its own", () => {
    expect(Buffer.isBuffer(roundTrip(Buffer.from("abc")))).toBe(true);
    const view = roundTrip(new Uint16Array([1, 2, 3, 4]).subarray(1, 3));
    expect(view).toEqual(Uint16Array.of(2, 3));
    expect(view.buffer.byteLength).toBe(4);
    const bytes = roundTrip(Uint8Array.of(1));
    expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    expect(roundTrip(new DataView(new ArrayBuffer(4), 1, 2)).byteLength).toBe(2);
  });

  it("keeps regular expressions with their state", () => {
    const pattern = /(?<a>x)\/"/giu;
    pattern.lastIndex = 3;
    const back = roundTrip(pattern);
    expect([back.source, back.flags, back.lastIndex]).toEqual([pattern.source, pattern.flags, 3]);
  });

  it("keeps built-in errors with cause, stack and added properties", () => {
    const error = Object.assign(new TypeError("broken", { cause: new RangeError("inner") }), {
      code: "E_X",
    });
    const back = roundTrip(error);
    expect(back).toBeInstanceOf(TypeError);
    expect([back.message, back.code, back.stack]).toEqual([error.message, "E_X", error.stack]);
    expect(back.cause).toBeInstanceOf(RangeError);
    expect(Object.keys(back)).toEqual(["code"]);
    const many = roundTrip(new AggregateError([new Error("one")], "many"));
    expect(many.errors[0]).toBeInstanceOf(Error);
    expect("cause" in roundTrip(new Error("none"))).toBe(false);
  });

  it("takes built-in values of another realm for this realm's", () => {
    const foreign: unknown = runInNewContext(
      "({ list: [1, /x/g], map: new Map([[1, new Date(5)]]), error: new TypeError('far'), bytes: new Uint8Array(2) })",
    );
    const back = roundTrip(foreign) as Record<string, unknown>;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(back.list).toEqual([1, /x/g]);
    expect(back.map).toEqual(new Map([[1, new Date(5)]]));
    expect(back.error).toBeInstanceOf(TypeError);
    expect(back.bytes).toEqual(new Uint8Array(2));
  });

  it("refuses what has no plain form, naming the path and the next step", () => {
    class User {
      name = "x";
    }
    expect(refusal({ user: { handler: () => 1 } })).toBe(
      "Cannot encode value.user.handler: it is a function; map it to plain data before it leaves the transform, or give a coder with withCoder()",
    );
    expect(refusal([1, [Symbol("s")]])).toContain("value[1][0]: it is a symbol;");
    expect(refusal({ "two words": new User() })).toContain(
      'value["two words"]: it is an instance of User;',
    );
    expect(refusal(Promise.resolve(1))).toContain("value: it is a promise (await it first);");
    expect(refusal(new Map([["k", new WeakMap()]]))).toContain(
      'value.get("k"): it is an instance of WeakMap;',
    );
    expect(refusal(new Set([new User()]))).toContain("value.values(): it is an instance of User");
    expect(refusal(new Error("x", { cause: User }))).toContain("value.cause: it is a function");
    expect(refusal({ a: { [Symbol("tag")]: 1 } })).toContain(
      "value.a: it has a property with the symbol key Symbol(tag);",
    );
    expect(refusal(new (class List extends Array {})())).toContain("an instance of List");
    expect(refusal(new (class Special extends Map {})())).toContain("an instance of Special");
    expect(refusal(new (class Mishap extends Error {})())).toContain("an instance of Mishap");
    expect(refusal(Object.assign(new Map(), { extra: 1 }))).toContain('"extra"');
    expect(refusal(Object.create({}))).toContain("value: it ");
    expect(refusal(new Number(1))).toContain("an instance of Number");
    expect(refusal(new SharedArrayBuffer(1))).toContain("an instance of SharedArrayBuffer");
    expect(refusal(Object.create(Map.prototype))).toContain("an instance of Map");
  });

  it("refuses cycles, naming where they close", () => {
    const node: Record<string, unknown> = { name: "n" };
    node.children = [{ parent: node }];
    expect(refusal({ root: node })).toContain(
      "value.root.children[0].parent: it refers back to value.root, and a cycle has no end",
    );
    const map = new Map<string, unknown>();
    map.set("self", map);
    expect(refusal(map)).toContain("refers back to value");
  });

  it("refuses values nested too deep, and bytes that say so", () => {
    const nest = (levels: number): unknown => {
      let value: unknown = 1;
      for (let i = 0; i < levels; i++) value = [value];
      return value;
    };
    expect(roundTrip(nest(MAX_DEPTH))).toEqual(nest(MAX_DEPTH));
    expect(refusal(nest(MAX_DEPTH + 1))).toContain("nested more than 1000 levels deep");
    for (const tag of [0xc1, 0xee, 0xf3, 0xef]) {
      const bytes = Buffer.alloc(
        100_000,
        tag === 0xee
          ? Buffer.from([tag, 1])
          : Buffer.from([tag, 1, 1, 0].slice(0, tag === 0xc1 ? 1 : tag === 0xef ? 4 : 2)),
      );
      expect(() => decodeFromBytes(js, bytes)).toThrow(
        expect.objectContaining({ code: "CORRUPT_BYTES" }),
      );
    }
  });

  it("leaves the writer as it was when it refuses", () => {
    const out = new ByteWriter();
    js.encode(1, out);
    expect(() => js.encode([1, 2, () => 3], out)).toThrow("value[2]");
    expect(out.position).toBe(1);
  });

  it("encodes an object that occurs twice twice", () => {
    const shared = { a: 1 };
    const [first, second] = roundTrip([shared, shared]);
    expect(first).toEqual(second);
    expect(first).not.toBe(second);
  });
});
