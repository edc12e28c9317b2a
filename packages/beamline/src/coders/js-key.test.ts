import { describe, expect, it } from "vitest";
import { decodeFromBytes, encodeToBytes } from "./contexts.js";
import { jsKey } from "./js-key.js";

const hex = (value: unknown): string => Buffer.from(encodeToBytes(jsKey, value)).toString("hex");

describe("jsKey", () => {
  it("makes one key of equal values", () => {
    const pairs: [unknown, unknown][] = [
      [0, -0],
      [[0], [-0]],
      [Number.NaN, -Number.NaN],
      [1, 1.0],
      [
        { a: 1, b: [2] },
        { b: [2], a: 1 },
      ],
      [
        new Map([
          [1, "x"],
          [2, "y"],
        ]),
        new Map([
          [2, "y"],
          [1, "x"],
        ]),
      ],
      [new Set([[2], [1]]), new Set([[1], [2]])],
      [Float64Array.of(0, Number.NaN), Float64Array.of(-0, Number.NaN)],
      [Object.assign([1], { x: 1, y: 2 }), Object.assign([1], { y: 2, x: 1 })],
      [new Date(5), new Date(5)],
    ];
    for (const [a, b] of pairs) expect(hex(a)).toBe(hex(b));
    const payload = new Uint8Array(Float64Array.of(Number.NaN).buffer);
    payload[0] = 1;
    expect(hex(new Float64Array(payload.buffer))).toBe(hex(Float64Array.of(Number.NaN)));
  });

  it("makes several keys of different values", () => {
    const values = [
      1,
      1n,
      "1",
      true,
      [1],
      new Set([1]),
      new Map([[1, undefined]]),
      { 1: 1 },
      null,
      undefined,
      [],
      [undefined],
      new Array(1),
      {},
      { a: undefined },
      "",
      "a",
      "é",
      "e\u0301",
      2 ** 53,
      2n ** 53n,
      0.1,
      0.1 + 1e-17 * 2,
      new Date(1),
      new Date(Number.NaN),
      Number.NaN,
      /a/,
      /a/g,
      Object.create(null),
      Uint8Array.of(1),
      Buffer.of(1),
      new Set([[1], [1]]),
      new Set([[1]]),
    ];
    const keys = new Set(values.map(hex));
    expect(keys.size).toBe(values.length - (hex(0.1) === hex(0.1 + 1e-17 * 2) ? 1 : 0));
  });

  it("decodes to an equal value", () => {
    const key = {
      b: new Map([
        ["y", 1],
        ["x", 2],
      ]),
      a: [-0, "k"],
    };
    expect(decodeFromBytes(jsKey, encodeToBytes(jsKey, key))).toEqual({
      a: [0, "k"],
      b: new Map([
        ["x", 2],
        ["y", 1],
      ]),
    });
  });

  it("refuses what cannot be a key with NOT_A_KEY and the path", () => {
    for (const [value, text] of [
      [[1, () => 1], "value[1] as a key or a part of one: it is a function;"],
      [{ cause: new Error("x") }, "value.cause as a key or a part of one: it is an error,"],
      [new (class Id {})(), "value as a key or a part of one: it is an instance of Id;"],
    ] as const) {
      expect(() => hex(value)).toThrow(
        expect.objectContaining({ code: "NOT_A_KEY", message: expect.stringContaining(text) }),
      );
    }
  });
});
