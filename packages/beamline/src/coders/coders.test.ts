import { describe, expect, it } from "vitest";
import { ByteReader } from "../bytes/byte-reader.js";
import { ByteWriter } from "../bytes/byte-writer.js";
import { GLOBAL_FIRING_META, IMPULSE_META } from "../model/element-meta.js";
import { BeamlineError } from "../model/errors.js";
import type { Pane, PaneTiming } from "../model/pane.js";
import { NO_FIRING } from "../model/pane.js";
import { END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP, MIN_TIMESTAMP } from "../model/time.js";
import { GLOBAL_WINDOW, type Window } from "../model/window.js";
import { bool } from "./bool.js";
import { bytes } from "./bytes.js";
import type { Coder } from "./coder.js";
import { decodeFromBytes, encodeToBytes } from "./contexts.js";
import { double } from "./double.js";
import { globalWindow } from "./global-window.js";
import { intervalWindow } from "./interval-window.js";
import { iterable } from "./iterable.js";
import { js } from "./js.js";
import { kv } from "./kv.js";
import { lengthPrefix } from "./length-prefix.js";
import { nullable } from "./nullable.js";
import { readPane, writePane } from "./pane.js";
import { paramWindowedValue } from "./param-windowed-value.js";
import { stringUtf8 } from "./string-utf8.js";
import { timer } from "./timer.js";
import { timestamp } from "./timestamp.js";
import { varint, varint64 } from "./varint.js";
import { windowedValue } from "./windowed-value.js";

const hex = (data: Uint8Array): string => Buffer.from(data).toString("hex");

/** Through both contexts; returns the nested bytes. */
function check<T>(coder: Coder<T>, value: T): string {
  expect(decodeFromBytes(coder, encodeToBytes(coder, value))).toEqual(value);
  const out = new ByteWriter(1);
  coder.encode(value, out);
  coder.encode(value, out);
  const input = new ByteReader(out.toBytes());
  expect(coder.decode(input)).toEqual(value);
  const { position } = input;
  expect(coder.decode(input)).toEqual(value);
  expect(input.remaining).toBe(0);
  return hex(out.view().subarray(0, position));
}

const code = (expected: string) => expect.objectContaining({ code: expected });
const element = { value: 7, meta: { timestamp: 5, windows: [GLOBAL_WINDOW], pane: NO_FIRING } };
const window: Window = { kind: "interval", start: -10, end: 20 };

const EXAMPLES: readonly (readonly [name: string, coder: Coder<unknown>, value: unknown])[] = [
  ["bytes", bytes, Uint8Array.of(1, 2, 255)],
  ["stringUtf8", stringUtf8, "grüße 😀"],
  ["varint", varint, 123_456],
  ["varint64", varint64, -(2n ** 63n)],
  ["double", double, -0.1],
  ["bool", bool, true],
  ["kv", kv(stringUtf8, varint), ["k", -3]],
  ["iterable", iterable(stringUtf8), ["a", "", "c"]],
  ["nullable", nullable(stringUtf8), "x"],
  ["nullable, null", nullable(stringUtf8), null],
  ["lengthPrefix", lengthPrefix(kv(bytes, stringUtf8)), [Uint8Array.of(9), "v"]],
  ["timestamp", timestamp, -12_345_678_901],
  ["globalWindow", globalWindow, GLOBAL_WINDOW],
  ["intervalWindow", intervalWindow, window],
  ["windowedValue", windowedValue(varint, globalWindow), element],
  ["paramWindowedValue", paramWindowedValue(varint, globalWindow, element.meta), element],
  [
    "timer",
    timer(stringUtf8, intervalWindow),
    {
      kind: "set",
      key: "k",
      tag: "t",
      windows: [window],
      fireTimestamp: 19,
      holdTimestamp: 19,
      pane: NO_FIRING,
    },
  ],
  [
    "timer, cleared",
    timer(stringUtf8, globalWindow),
    { kind: "clear", key: "k", tag: "", windows: [GLOBAL_WINDOW] },
  ],
  ["js", js, { a: [1, "x"] }],
];

describe("every coder", () => {
  it.each(EXAMPLES)("%s gives its value back in both contexts", (_name, coder, value) => {
    check(coder, value);
  });

  it.each(EXAMPLES)(
    "%s stops with a BeamlineError on each prefix of its bytes",
    (_name, coder, value) => {
      const all = encodeToBytes(lengthPrefix(coder), value);
      for (let end = 0; end < all.length; end++) {
        expect(() => decodeFromBytes(lengthPrefix(coder), all.subarray(0, end))).toThrow(
          BeamlineError,
        );
        try {
          coder.decode(new ByteReader(all, 1, end));
        } catch (error) {
          expect(error).toBeInstanceOf(BeamlineError);
        }
      }
    },
  );

  it.each(EXAMPLES)("%s gives a value or a BeamlineError for garbage", (_name, coder) => {
    let state = 12_345;
    for (let i = 0; i < 3000; i++) {
      const garbage = Uint8Array.from({ length: i % 40 }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return (state >>> 16) % (i % 3 === 0 ? 4 : 256);
      });
      try {
        decodeFromBytes(coder, garbage);
      } catch (error) {
        expect(error).toBeInstanceOf(BeamlineError);
      }
    }
  });

  it.each(EXAMPLES.filter(([name]) => !/js|indow|timer|null/i.test(name)))(
    "%s refuses a value of another type",
    (_name, coder) => {
      for (const wrong of [Symbol("s"), { no: 1 }]) {
        expect(() => encodeToBytes(coder, wrong)).toThrow(code("CANNOT_ENCODE"));
      }
    },
  );
});

describe("varint and varint64", () => {
  it("share their bytes and tell what the other cannot hold", () => {
    expect(check(varint, -1)).toBe(check(varint64, -1n));
    expect(() => encodeToBytes(varint, 2 ** 53)).toThrow(code("UNSAFE_INTEGER"));
    const large = encodeToBytes(varint64, 2n ** 53n);
    expect(() => decodeFromBytes(varint, large)).toThrow(code("UNSAFE_INTEGER"));
    expect(() => encodeToBytes(varint64, 2n ** 63n)).toThrow("signed 64-bit");
  });
});

describe("bytes", () => {
  it("decode to a copy", () => {
    const source = encodeToBytes(bytes, new Uint8Array(100));
    const copy = decodeFromBytes(bytes, source);
    source.fill(1);
    expect(copy.every((byte) => byte === 0)).toBe(true);
    expect(Object.getPrototypeOf(copy)).toBe(Uint8Array.prototype);
  });
});

describe("iterable", () => {
  it("encodes any iterable as an array of known length", () => {
    const coder = iterable(varint);
    expect(encodeToBytes(coder, new Set([1, 2]))).toEqual(encodeToBytes(coder, [1, 2]));
  });

  it("refuses counts that the bytes cannot hold, also of elements without bytes", () => {
    const huge = Buffer.from("7fffffff", "hex");
    expect(() => decodeFromBytes(iterable(globalWindow), huge)).toThrow(code("CORRUPT_BYTES"));
    expect(() => decodeFromBytes(iterable(varint), huge)).toThrow(code("CORRUPT_BYTES"));
    // Unknown length: blocks of 65536 elements, none of which takes a byte.
    const blocks = Buffer.concat([
      Buffer.from("ffffffff", "hex"),
      Buffer.alloc(3000, "808004", "hex"),
    ]);
    expect(() => decodeFromBytes(iterable(globalWindow), blocks)).toThrow(code("CORRUPT_BYTES"));
    expect(() => decodeFromBytes(iterable(varint), Buffer.from("fffffffe", "hex"))).toThrow("-2");
  });
});

describe("timestamp", () => {
  it("has Beam's extreme instants exactly on the wire", () => {
    const wire = (millis: bigint): string => (millis + 2n ** 63n).toString(16).padStart(16, "0");
    expect(check(timestamp, MIN_TIMESTAMP)).toBe(wire(-9_223_372_036_854_775n));
    expect(check(timestamp, MAX_TIMESTAMP)).toBe(wire(9_223_372_036_854_775n));
    expect(check(timestamp, END_OF_GLOBAL_WINDOW)).toBe(wire(9_223_371_950_454_775n));
    for (const millis of [0, 1, -1, 2 ** 32, -(2 ** 32) - 1, Number.MAX_SAFE_INTEGER, -1e12]) {
      expect(check(timestamp, millis)).toBe(wire(BigInt(millis)));
    }
  });

  it("sorts as the instants do", () => {
    const sorted = [MIN_TIMESTAMP, -1e12, -1, 0, 1, 1e12, END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP];
    const wires = sorted.map((instant) => hex(encodeToBytes(timestamp, instant)));
    expect([...wires].sort()).toEqual(wires);
  });

  it("refuses instants that it would have to move", () => {
    for (const instant of [0.5, Number.NaN, 1e17, Infinity]) {
      expect(() => encodeToBytes(timestamp, instant)).toThrow(code("CANNOT_ENCODE"));
    }
    const oddBeyondDoubles = Buffer.from((9_223_372_036_854_001n + 2n ** 63n).toString(16), "hex");
    expect(() => decodeFromBytes(timestamp, oddBeyondDoubles)).toThrow(code("CORRUPT_BYTES"));
  });
});

describe("intervalWindow", () => {
  it("keeps windows at the ends of time", () => {
    for (const [start, end] of [
      [MIN_TIMESTAMP, MAX_TIMESTAMP],
      [MIN_TIMESTAMP, 0],
      [0, END_OF_GLOBAL_WINDOW],
      [END_OF_GLOBAL_WINDOW, MAX_TIMESTAMP],
      [-9_223_372_036_854_410, -9_223_372_036_854_000],
    ] as const) {
      check(intervalWindow, { kind: "interval", start, end });
    }
  });
});

describe("panes", () => {
  it("come back whatever they are", () => {
    for (const timing of ["early", "on-time", "late"] satisfies PaneTiming[]) {
      for (const [index, onTimeIndex] of [
        [0, 0],
        [1, 1],
        [300, 2],
        [5, 0],
      ] as const) {
        for (const isLast of [true, false]) {
          const pane: Pane = {
            timing,
            isFirst: index === 0,
            isLast,
            index,
            onTimeIndex: timing === "early" ? -1 : onTimeIndex,
          };
          const out = new ByteWriter();
          writePane(pane, out);
          expect(readPane(new ByteReader(out.view()))).toEqual(pane);
        }
      }
    }
  });
});

describe("windowedValue", () => {
  it("gives one meta object to elements in a row that share it", () => {
    const coder = windowedValue(varint, globalWindow);
    const out = new ByteWriter();
    for (const meta of [IMPULSE_META, IMPULSE_META, GLOBAL_FIRING_META, GLOBAL_FIRING_META]) {
      coder.encode({ value: 1, meta }, out);
    }
    const input = new ByteReader(out.view());
    const [a, b, c, d] = [0, 1, 2, 3].map(() => coder.decode(input).meta);
    expect(a).toEqual(IMPULSE_META);
    expect(b).toBe(a);
    expect(c).toEqual(GLOBAL_FIRING_META);
    expect(d).toBe(c);
  });
});
