import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Coder } from "../../coders/coder.js";
import { js } from "../../coders/js.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { varint } from "../../coders/varint.js";
import { hashBytes } from "../../engine/hash.js";
import type { SideChunk } from "./bundle-work.js";
import { DenseSideTable } from "./dense-side-table.js";
import { SideTable } from "./side-table.js";

const twice = () => new Error("twice");

function encoded(key: unknown, coder: Coder<unknown>): Uint8Array {
  const out = new ByteWriter();
  coder.encode(key, out);
  return out.toBytes();
}

/** Records as shuffle writers lay them out. */
function chunkOf(
  id: number,
  pairs: readonly (readonly [unknown, string])[],
  coder: Coder<unknown>,
): SideChunk {
  const out = new ByteWriter();
  for (const [key, value] of pairs) {
    const bytes = encoded(key, coder);
    out.writeInt32(hashBytes(bytes, 0, bytes.length));
    out.writeVarint(bytes.length);
    out.writeBytes(bytes);
    const text = encoded(value, stringUtf8 as Coder<unknown>);
    out.writeVarint(text.length);
    out.writeBytes(text);
  }
  const shared = new Uint8Array(new SharedArrayBuffer(out.position));
  shared.set(out.view());
  return { id, bytes: shared, records: pairs.length };
}

const numbers = varint as unknown as Coder<unknown>;
const anything = js as unknown as Coder<unknown>;

function textOf(reader: ReturnType<SideTable["find"]>): string | undefined {
  return reader === undefined ? undefined : stringUtf8.decode(reader);
}

describe("SideTable", () => {
  const pairs = Array.from({ length: 5000 }, (_, i) => [`key ${i}`, `value ${i}`] as const);
  const chunks = [
    chunkOf(0, pairs.slice(0, 2000), anything),
    chunkOf(1, pairs.slice(2000), anything),
  ];
  const table = new SideTable(chunks);
  const find = (key: unknown) => textOf(table.find(encoded(key, anything), twice));

  test("finds the value of every key, in whichever chunk, and nothing else", () => {
    for (const [key, value] of pairs) expect(find(key)).toBe(value);
    for (const key of ["key 5000", "", "key", 7, null]) expect(find(key)).toBeUndefined();
  });

  test("refuses keys that come more than once, in one chunk or in two", () => {
    const doubled = new SideTable([
      chunkOf(
        0,
        [
          ["a", "1"],
          ["b", "2"],
          ["a", "3"],
        ],
        anything,
      ),
      chunkOf(
        1,
        [
          ["b", "4"],
          ["c", "5"],
        ],
        anything,
      ),
    ]);
    for (const key of ["a", "b"]) {
      expect(() => doubled.find(encoded(key, anything), twice)).toThrow("twice");
    }
    expect(textOf(doubled.find(encoded("c", anything), twice))).toBe("5");
  });

  test("is empty without records", () => {
    expect(new SideTable([]).find(encoded("a", anything), twice)).toBeUndefined();
  });
});

describe("DenseSideTable", () => {
  test("finds the value of every key, in whichever chunk, and nothing else", () => {
    const pairs = Array.from({ length: 3000 }, (_, i) => [i * 3 - 500, `value ${i}`] as const);
    const chunks = [
      chunkOf(0, pairs.slice(0, 10), numbers),
      chunkOf(1, [], numbers),
      chunkOf(2, pairs.slice(10).toReversed(), numbers),
    ];
    const table = DenseSideTable.of(chunks, numbers);
    for (const [key, value] of pairs) expect(textOf(table?.find(key, twice))).toBe(value);
    for (const key of [-501, -499, 9000, 0.5, Number.NaN, "1", 1n, null, undefined, {}]) {
      expect(table?.find(key, twice)).toBeUndefined();
    }
  });

  test("refuses keys that come more than once", () => {
    const table = DenseSideTable.of(
      [
        chunkOf(
          0,
          [
            [1, "a"],
            [2, "b"],
            [1, "c"],
          ],
          numbers,
        ),
      ],
      numbers,
    );
    expect(() => table?.find(1, twice)).toThrow("twice");
    expect(textOf(table?.find(2, twice))).toBe("b");
  });

  test("is not made for keys that are far apart, or no whole numbers", () => {
    const made = (...keys: unknown[]) =>
      DenseSideTable.of(
        [
          chunkOf(
            0,
            keys.map((key) => [key, "x"] as const),
            anything,
          ),
        ],
        anything,
      );
    expect(made(1, 2, 4)).toBeDefined();
    expect(made(1, 100)).toBeUndefined();
    expect(made(1, 2, "3")).toBeUndefined();
    expect(made(1, 2, 2.5)).toBeUndefined();
    expect(made(1n, 2n)).toBeUndefined();
    expect(made()).toBeUndefined();
  });
});
