import { expect, test } from "vitest";
import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Coder } from "../../coders/coder.js";
import { varint } from "../../coders/varint.js";
import { INDEX_BYTES } from "../../engine/spill/run.js";
import { GLOBAL_WINDOWING } from "../../windowing/windowing-strategy.js";
import { fixedWindows } from "../../windowing/windows.js";
import type { Dataset } from "./plan.js";
import { SideElements } from "./side-elements.js";
import { isForMemory, sideMemory } from "./side-memory.js";
import { SideRecords } from "./side-records.js";

const coder = varint as unknown as Coder<unknown>;
const list: Dataset = {
  ...{ id: "side", kind: "sideList", coder, windowing: GLOBAL_WINDOWING, isBounded: true },
};
const map: Dataset = { ...list, kind: "sideMap" };

test("sideMemory counts the records once, and the tables over them for each thread", () => {
  const windowing = { ...GLOBAL_WINDOWING, windowFn: fixedWindows(1000) };
  const index = (dataset: Dataset, records: number) => {
    const ofOne = sideMemory(dataset, 5e6, records, 1) - 5e6;
    expect(sideMemory(dataset, 5e6, records, 3)).toBe(5e6 + 3 * ofOne);
    return ofOne / records;
  };
  expect(index(list, 1e5)).toBe(0);
  expect(index({ ...list, windowing }, 1e5)).toBe(INDEX_BYTES);
  expect(index({ ...map, isMultimap: true }, 1e5)).toBe(INDEX_BYTES);
  for (const records of [1e3, 1e5, 2e6]) {
    expect(index(map, records)).toBeGreaterThan(7);
    expect(index(map, records)).toBeLessThan(16);
  }
});

test("isForMemory is what takes its share at most, and has places of 32 bits, however large that is", () => {
  for (const dataset of [list, map, { ...map, isMultimap: true }]) {
    const sideBytes = sideMemory(dataset, 5e6, 1e5, 2);
    expect(isForMemory(dataset, 5e6, 1e5, { sideBytes, threads: 2 })).toBe(true);
    expect(isForMemory(dataset, 5e6 + 1, 1e5, { sideBytes, threads: 2 })).toBe(false);
    const large = { sideBytes: 2 ** 40, threads: 2 };
    expect(isForMemory(dataset, 2 ** 32 - 2, 1e5, large)).toBe(true);
    expect(isForMemory(dataset, 2 ** 32, 1e5, large)).toBe(false);
  }
});

test("SideElements gives all values in order, also to two who take turns", () => {
  const chunk = (id: number, values: readonly number[]) => {
    const out = new ByteWriter();
    for (const value of values) {
      // A hash, and no key.
      out.writeInt32(id);
      out.writeVarint(0);
      out.writeVarint(value < 128 ? 1 : 2);
      varint.encode(value, out);
    }
    const bytes = new Uint8Array(new SharedArrayBuffer(out.position));
    bytes.set(out.view());
    return { id, bytes, records: values.length };
  };
  const values = Array.from({ length: 300 }, (_, i) => i);
  const chunks = [chunk(0, values.slice(0, 100)), chunk(1, []), chunk(2, values.slice(100))];
  const elements = new SideElements(new SideRecords(chunks), coder);
  expect([...elements]).toEqual(values);
  const [first, second] = [elements[Symbol.iterator](), elements[Symbol.iterator]()];
  first.next();
  for (const value of values.slice(1, 150)) {
    expect(first.next().value).toBe(value);
    expect(second.next().value).toBe(value - 1);
  }
  expect([...new SideElements(new SideRecords([]), coder)]).toEqual([]);
});
