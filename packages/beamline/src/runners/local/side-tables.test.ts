import { describe, expect, test } from "vitest";
import { ByteWriter } from "../../bytes/byte-writer.js";
import type { Coder } from "../../coders/coder.js";
import { intervalWindow } from "../../coders/interval-window.js";
import { js } from "../../coders/js.js";
import { KvCoder } from "../../coders/kv.js";
import { RowCoder } from "../../coders/row/row-coder.js";
import type { AtomicType, FieldType } from "../../coders/row/row-schema.js";
import { stringUtf8 } from "../../coders/string-utf8.js";
import { varint } from "../../coders/varint.js";
import { hashBytes } from "../../engine/hash.js";
import type { SpillSpace } from "../../engine/spill/spill-space.js";
import { NO_VALUE } from "../../exec/side-inputs/port.js";
import type { Step, StepSideInput } from "../../exec/stage.js";
import type { IntervalWindow } from "../../model/window.js";
import { GLOBAL_WINDOWING } from "../../windowing/windowing-strategy.js";
import { fixedWindows } from "../../windowing/windows.js";
import type { SideChunk } from "./bundle-work.js";
import { DenseSideTable } from "./dense-side-table.js";
import { JobMemory } from "./memory/job-memory.js";
import { sideDatasetOf } from "./plan.js";
import { SideInputStore } from "./side-input-store.js";
import { SideRecords } from "./side-records.js";
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
  pairs: readonly (readonly [unknown, unknown])[],
  coder: Coder<unknown>,
  valueCoder = stringUtf8 as Coder<unknown>,
): SideChunk {
  const out = new ByteWriter();
  for (const [key, value] of pairs) {
    const bytes = encoded(key, coder);
    out.writeInt32(hashBytes(bytes, 0, bytes.length));
    out.writeVarint(bytes.length);
    out.writeBytes(bytes);
    const text = encoded(value, valueCoder);
    out.writeVarint(text.length);
    out.writeBytes(text);
  }
  const shared = new Uint8Array(new SharedArrayBuffer(out.position));
  shared.set(out.view());
  return { id, bytes: shared, records: pairs.length };
}

const numbers = varint as unknown as Coder<unknown>;
const anything = js as unknown as Coder<unknown>;

const tableOf = (chunks: readonly SideChunk[]) => new SideTable(new SideRecords(chunks));

function textOf(reader: ReturnType<SideTable["find"]>): string | undefined {
  return reader === undefined ? undefined : stringUtf8.decode(reader);
}

describe("SideTable", () => {
  const pairs = Array.from({ length: 5000 }, (_, i) => [`key ${i}`, `value ${i}`] as const);
  const chunks = [
    chunkOf(0, pairs.slice(0, 2000), anything),
    chunkOf(1, pairs.slice(2000), anything),
  ];
  const table = new SideTable(new SideRecords(chunks));
  const find = (key: unknown) => textOf(table.find(encoded(key, anything), twice));

  test("finds the value of every key, in whichever chunk, and nothing else", () => {
    for (const [key, value] of pairs) expect(find(key)).toBe(value);
    for (const key of ["key 5000", "", "key", 7, null]) expect(find(key)).toBeUndefined();
  });

  test("refuses keys that come more than once, in one chunk or in two", () => {
    const doubled = tableOf([
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
    expect(tableOf([]).find(encoded("a", anything), twice)).toBeUndefined();
  });
});

/** Of texts by number. */
const denseOf = (chunks: readonly SideChunk[], key = numbers) =>
  DenseSideTable.of(new SideRecords(chunks), key, stringUtf8 as Coder<unknown>, Infinity);

describe("DenseSideTable", () => {
  test("finds the value of every key, in whichever chunk, and nothing else", () => {
    const pairs = Array.from({ length: 3000 }, (_, i) => [i * 2 - 500, `value ${i}`] as const);
    const table = denseOf([
      chunkOf(0, pairs.slice(0, 10), numbers),
      chunkOf(1, [], numbers),
      chunkOf(2, pairs.slice(10).toReversed(), numbers),
    ]);
    for (const [key, value] of pairs) expect(table?.find(key, twice)).toBe(value);
    for (const key of [-501, -499, 9000, 0.5, Number.NaN, "1", 1n, null, undefined, {}]) {
      expect(table?.find(key, twice)).toBe(NO_VALUE);
    }
  });

  test("finds nothing where the way from the least key would be rounded to that of another", () => {
    for (const least of [-3, 0, 1]) {
      const pairs = [least, least + 1, least + 2].map((key) => [key, `value ${key}`] as const);
      const table = denseOf([chunkOf(0, pairs, numbers)]);
      for (const key of [1e-17, -1e-17, 1e-300]) expect(table?.find(key, twice)).toBe(NO_VALUE);
    }
    const ofZero = denseOf([
      chunkOf(
        0,
        [
          [-1, "a"],
          [0, "b"],
        ],
        numbers,
      ),
    ]);
    expect(ofZero?.find(-0, twice)).toBe("b");
  });

  test("refuses keys that come more than once", () => {
    const pairs = [
      [1, "a"],
      [2, "b"],
      [1, "c"],
    ] as const;
    const table = denseOf([chunkOf(0, pairs, numbers)]);
    expect(() => table?.find(1, twice)).toThrow("twice");
    expect(table?.find(2, twice)).toBe("b");
  });

  test("is not made for keys that are far apart, or no whole numbers", () => {
    const made = (...keys: unknown[]) => {
      const pairs = keys.map((key) => [key, "x"] as const);
      return denseOf([chunkOf(0, pairs, anything)], anything);
    };
    expect(made(1, 2, 4)).toBeDefined();
    expect(made(1, 100)).toBeUndefined();
    expect(made(1, 2, "3")).toBeUndefined();
    expect(made(1, 2, 2.5)).toBeUndefined();
    expect(made(1n, 2n)).toBeUndefined();
    expect(made()).toBeUndefined();
  });
});

interface Row {
  readonly name: string;
  readonly count: number | bigint;
  readonly size: number | null;
  readonly isNew: boolean;
}

describe("DenseSideRows", () => {
  const type = (kind: AtomicType, nullable = false): FieldType => ({
    ...{ kind: "atomic", type: kind },
    ...(nullable ? { nullable } : {}),
  });
  const coder = new RowCoder<Row>({
    fields: [
      { name: "name", type: type("string") },
      { name: "count", type: type("int64") },
      { name: "size", type: type("double", true) },
      { name: "isNew", type: type("boolean") },
    ],
  }) as Coder<unknown>;
  /** Every third number is missing. */
  const keyOf = (i: number) => i + (i >> 1) - 100;
  const dense = (rows: readonly Row[], most = Infinity) => {
    const pairs = rows.map((row, i) => [keyOf(i), row] as const).toReversed();
    const records = new SideRecords([chunkOf(0, pairs, numbers, coder)]);
    return DenseSideTable.of(records, numbers, coder, most);
  };
  const sizeOf = (table: ReturnType<typeof dense>) =>
    table?.isDecoded === true ? table.size : Number.NaN;
  /** Names of all lengths; those of the second half repeat. */
  const row = (i: number): Row => ({
    name: ["", "ä€😀", "x".repeat(i % 300), `row ${i} of many`][i & 3] as string,
    count: i * 1e9 - 5e12,
    size: i % 5 === 0 ? null : i / 7,
    isNew: i % 2 === 0,
  });

  test.each([10, 3000, 20_000])("puts each of %d rows together as it was", (count) => {
    const rows = Array.from({ length: count }, (_, i) => row(i));
    const table = dense(rows);
    expect(table?.isDecoded).toBe(true);
    for (const [i, each] of rows.entries()) expect(table?.find(keyOf(i), twice)).toEqual(each);
    for (const key of [-101, -98, 1e6, 0.5, "1", null]) {
      expect(table?.find(key, twice)).toBe(NO_VALUE);
    }
  });

  test("shares strings of which there are few", () => {
    const table = dense(Array.from({ length: 9000 }, (_, i) => ({ ...row(i), name: `${i % 7}` })));
    expect(table?.find(keyOf(8), twice)).toMatchObject({ name: "1" });
    // A byte, two of the name, eight of each number, and a byte each of nulls and booleans.
    expect(sizeOf(table)).toBeLessThan(9000 * 1.6 * 21);
  });

  test("finds nothing where the way from the least key would be rounded to that of another", () => {
    const table = dense(Array.from({ length: 400 }, (_, i) => row(i)));
    for (const key of [1e-17, -1e-17]) expect(table?.find(key, twice)).toBe(NO_VALUE);
    expect(table?.find(-0, twice)).toEqual(table?.find(0, twice));
    expect(table?.find(0, twice)).not.toBe(NO_VALUE);
  });

  test("refuses keys that come more than once", () => {
    const pairs = [5, 6, 5].map((key) => [key, row(key)] as const);
    const records = new SideRecords([chunkOf(0, pairs, numbers, coder)]);
    const table = DenseSideTable.of(records, numbers, coder, Infinity);
    expect(table?.isDecoded).toBe(true);
    expect(() => table?.find(5, twice)).toThrow("twice");
    expect(table?.find(6, twice)).toEqual(row(6));
  });

  test("gives way to decoding where it takes too much, or numbers are too large for it", () => {
    const rows = Array.from({ length: 1000 }, (_, i) => row(i));
    const size = sizeOf(dense(rows));
    expect(dense(rows, size)?.isDecoded).toBe(true);
    const large = [...rows.slice(1), { ...row(0), count: 2n ** 60n }];
    for (const [given, most] of [
      [rows, size - 1],
      [large, Infinity],
    ] as const) {
      const table = dense(given, most);
      expect(table?.isDecoded).toBe(false);
      for (const [i, each] of given.entries()) expect(table?.find(keyOf(i), twice)).toEqual(each);
    }
  });

  test("gives way after some rows where their strings are too large, not after all of them", () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ ...row(i), name: `${i}`.padEnd(9000) }));
    const pairs = rows.map((each, i) => [i, each] as const);
    const { bytes, records } = chunkOf(0, pairs, numbers, coder);
    // Whoever reads the last row would fail: its name ends behind it.
    const last = Buffer.from(bytes.buffer).lastIndexOf("299 ");
    bytes[last - 2] = 0xff;
    bytes[last - 1] = 0x7f;
    const of = (most: number) =>
      DenseSideTable.of(new SideRecords([{ id: 0, bytes, records }]), numbers, coder, most);
    const table = of(200 * 2 * 9000);
    expect(table?.isDecoded).toBe(false);
    expect(table?.find(7, twice)).toEqual(rows[7]);
    expect(() => of(Infinity)).toThrow();
  });
});

describe("SideInputStore", () => {
  const windows = [0, 1000].map(
    (start) => ({ kind: "interval", start, end: start + 1000 }) as const,
  );
  /** Of keys in windows, as they are encoded. */
  const inWindow = {
    encode([window, key]: [IntervalWindow, number], out: ByteWriter) {
      intervalWindow.encode(window, out);
      varint.encode(key, out);
    },
  } as unknown as Coder<unknown>;
  const coder = new KvCoder(numbers, anything) as Coder<unknown>;
  const windowing = { ...GLOBAL_WINDOWING, windowFn: fixedWindows(1000) };
  const input = (kind: "map" | "multimap"): StepSideInput => ({
    ...{ pcollection: "in", view: { kind }, windowing, coder },
  });
  const step: Step = { name: "Read", operation: { kind: "flatten" }, input: "main", outputs: {} };

  /** A chunk for each list of keys; the windows take turns. */
  function storeOf(chunks: readonly (readonly number[])[], textSize: number, space?: SpillSpace) {
    const text = "x".repeat(textSize);
    const made = chunks.map((keys, id) => {
      const pairs = keys.map((key) => [[windows[key % 2], key], { key, text }] as const);
      return chunkOf(id, pairs, inWindow, anything);
    });
    const store = new SideInputStore(space);
    const datasets = (["map", "multimap"] as const).map((kind) => sideDatasetOf(input(kind)));
    store.add([...new Set(datasets)].map((dataset) => ({ dataset, chunks: made })));
    return { store, bytes: made.reduce((sum, { bytes }) => sum + bytes.length, 0) };
  }
  const dataIn = (store: SideInputStore, window: number, kind: "map" | "multimap" = "map") =>
    store.open(step, "side", input(kind)).in(windows[window] as IntervalWindow);

  test("keeps what it has decoded of every window, for memory that is taken once", () => {
    const memory = new JobMemory({ memory: 16 * 2 ** 20, parallelism: 1, always: false });
    try {
      const space = memory.openSpace();
      // Ten times the bytes are counted, of half of what is for tables.
      const most = (space.options.tableBytes * 0.5) / 10;
      const keys = Array.from({ length: 20 }, (_, i) => i);
      for (const [share, isKept] of [
        [0.9, true],
        [1.1, false],
      ] as const) {
        const { store, bytes } = storeOf([keys], Math.floor((most * share) / keys.length), space);
        expect(bytes / most).toBeCloseTo(share, 1);
        for (const key of keys) {
          const data = dataIn(store, key % 2);
          const value = data.onlyValueOf?.(key, twice);
          expect(value).toMatchObject({ key });
          expect(data.onlyValueOf?.(key, twice) === value).toBe(isKept);
        }
      }
    } finally {
      memory.close();
    }
  });

  test.each(["map", "multimap"] as const)("has each key of a window once, of a %s", (kind) => {
    const { store } = storeOf([[0, 1, 2], [], [300, 2, 5], [1]], 10);
    expect([...dataIn(store, 0, kind).keys()]).toEqual([0, 2, 300]);
    expect([...dataIn(store, 1, kind).keys()]).toEqual([1, 5]);
    // Two who take turns.
    const data = dataIn(store, 0, kind);
    const [first, second] = [data.keys(), data.keys()].map((keys) => keys[Symbol.iterator]());
    for (const key of [0, 2, 300]) {
      expect([first?.next().value, second?.next().value]).toEqual([key, key]);
    }
  });
});
