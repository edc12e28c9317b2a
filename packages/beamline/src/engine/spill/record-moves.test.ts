import { expect, test } from "vitest";
import { viewOf } from "../../bytes/view-of.js";
import { copyRecord, moveRecord } from "./record-moves.js";

/** No record is shorter than this. */
const SHORTEST = 6;

function numbered(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 7) % 251));
}

test("moveRecord moves records of every length, and touches nothing else", () => {
  for (let length = SHORTEST; length < 300; length++) {
    const bytes = numbered(2000);
    const expected = Buffer.from(bytes);
    expected.copyWithin(1001, 13, 13 + length);
    moveRecord(bytes, viewOf(bytes), 1001, 13, 13 + length);
    expect(bytes.equals(expected)).toBe(true);
  }
});

test("copyRecord copies records of every length, from views, and touches nothing else", () => {
  for (let length = SHORTEST; length < 600; length++) {
    const source = numbered(1000).subarray(9);
    const target = Buffer.alloc(1000);
    const expected = Buffer.alloc(1000);
    source.copy(expected, 21, 3, 3 + length);
    const own = target.subarray(1);
    copyRecord(source, viewOf(source), 3, 3 + length, own, viewOf(own), 20);
    expect(target.equals(expected)).toBe(true);
  }
});
