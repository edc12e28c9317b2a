import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { ByteReader } from "../bytes/byte-reader.js";
import { BeamlineError } from "../model/errors.js";
import { decodeFromBytes, encodeToBytes } from "./contexts.js";
import { js } from "./js.js";
import { jsKey } from "./js-key.js";

/* Properties over generated values. The generator is seeded: a failure names its seed. */

class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed * 2_654_435_761) >>> 0 || 1;
  }

  /** An integer in [0, bound). */
  below(bound: number): number {
    // xorshift32
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % bound;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  times<T>(bound: number, make: () => T): T[] {
    return Array.from({ length: this.below(bound) }, make);
  }
}

const EDGE_NUMBERS = [
  0,
  -0,
  1,
  -1,
  111,
  112,
  -16,
  -17,
  127,
  128,
  2 ** 28,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 52,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  2 ** 53,
  -(2 ** 53),
  2 ** 60,
  1e300,
  5e-324,
  0.1,
  0.5,
  -1.5,
  2.71,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
const EDGE_BIGINTS = [
  0n,
  1n,
  -1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 63n,
  2n ** 64n,
  -(2n ** 64n),
  3n ** 400n,
  -(3n ** 401n),
];
const ALPHABETS = [
  "ab",
  "aé",
  "光线z",
  "😀x",
  "\ud83d\udc00a",
  "\u0000\u007f\u0080\u00ff\ufeff\uffff",
];
const KEYS = ["a", "b", "id", "name", "__proto__", "constructor", "1", "10", "", "ключ", "\ud800"];
const VIEWS = [
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
];

function randomString(random: Random): string {
  const alphabet = random.pick(ALPHABETS);
  const length = random.pick(
    [0, 1, 3, 8, 12, 13, 31, 33, 63, 64, 70, 130, 5000].slice(0, 4 + random.below(10)),
  );
  let text = "";
  for (let i = 0; i < length; i++) text += alphabet[random.below(alphabet.length)];
  return text;
}

function own(key: string, value: unknown): PropertyDescriptorMap {
  return Object.fromEntries([
    [key, { value, enumerable: true, writable: true, configurable: true }],
  ]) as PropertyDescriptorMap;
}

function setOwn(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, own("value", value).value as PropertyDescriptor);
}

function randomScalar(random: Random): unknown {
  switch (random.below(7)) {
    case 0:
      return random.pick([undefined, null, true, false]);
    case 1:
      return random.pick(EDGE_NUMBERS);
    case 2:
      return random.below(0xffff_ffff) - 2 ** 31;
    case 3:
      return random.below(1e9) / 1000;
    case 4:
      return random.pick(EDGE_BIGINTS);
    default:
      return randomString(random);
  }
}

function randomValue(random: Random, depth: number, errors: boolean): unknown {
  const inner = (): unknown => randomValue(random, depth - 1, errors);
  if (depth === 0) return randomScalar(random);
  switch (random.below(errors ? 14 : 13)) {
    case 0:
    case 1:
      return random.times(5, inner);
    case 2: {
      const array = random.times(40, inner);
      if (array.length > 1) delete array[random.below(array.length)];
      return array;
    }
    case 3: {
      const array = random.times(4, inner);
      if (random.below(3) === 0) array[random.below(5000)] = 1;
      setOwn(array, random.pick(["index", "groups", "__proto__", "01"]), inner());
      return array;
    }
    case 4:
    case 5: {
      const record = random.below(4) === 0 ? Object.create(null) : {};
      for (const key of random.times(6, () => random.pick(KEYS))) setOwn(record, key, inner());
      return record;
    }
    case 6: {
      const record: Record<string, unknown> = {};
      for (let i = random.below(60); i > 0; i--)
        record[randomString(random)] = randomScalar(random);
      return record;
    }
    case 7:
      return new Map(random.times(5, () => [inner(), inner()]));
    case 8:
      return new Set(random.times(5, inner));
    case 9:
      return new Date(random.pick([0, 1_700_000_000_000, -5, 8.64e15]));
    case 10:
      return random.pick([/a+b/giu, /(?<x>\/)/, /(?:)/]);
    case 11:
      return new (random.pick(VIEWS))(random.times(20, () => random.below(256)));
    case 12:
      return random.pick([
        Buffer.from("buffer"),
        new Float64Array([1.5, -2]),
        new Float32Array([0.25]),
        new BigInt64Array([-1n]),
        new BigUint64Array([2n ** 64n - 1n]),
        new DataView(new ArrayBuffer(3)),
        new ArrayBuffer(5),
      ]);
    default:
      return Object.assign(
        new (random.pick([Error, TypeError, RangeError]))("broken", { cause: inner() }),
        {
          code: "E_TEST",
        },
      );
  }
}

/** The value with -0 made 0, for comparison as keys. */
function withoutNegativeZero(value: unknown): unknown {
  if (value === 0) return 0;
  if (value instanceof Map) {
    return new Map([...value].map(([k, v]) => [withoutNegativeZero(k), withoutNegativeZero(v)]));
  }
  if (value instanceof Set) return new Set([...value].map(withoutNegativeZero));
  if (Array.isArray(value)) return value.map(withoutNegativeZero);
  if (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype
  ) {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withoutNegativeZero(v)]));
  }
  return value;
}

describe("js", () => {
  it("gives back every generated value exactly", () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const random = new Random(seed);
      const value = randomValue(random, random.below(4), true);
      const bytes = encodeToBytes(js, value);
      const back = decodeFromBytes(js, bytes);
      expect(isDeepStrictEqual(back, value), `seed ${seed}`).toBe(true);
      // The order of keys and entries, which the comparison ignores, shows in the bytes.
      expect(Buffer.compare(encodeToBytes(js, back), bytes), `seed ${seed}`).toBe(0);
    }
  });

  it("stops on every prefix of an encoded value", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed);
      const bytes = encodeToBytes(js, randomValue(random, 2, true)).subarray(0, 400);
      for (let end = 0; end < bytes.length; end++) {
        expectValueOrBeamlineError(bytes.subarray(0, end), seed);
      }
    }
  });

  it("gives a value or a BeamlineError for garbage", () => {
    for (let seed = 1; seed <= 20_000; seed++) {
      const random = new Random(seed);
      // Mostly tags of composed values, so that much of it decodes for a while.
      const bytes = Uint8Array.from(
        random.times(64, () =>
          random.below(3) === 0
            ? random.below(256)
            : random.pick([0xc3, 0xd1, 0xef, 0xf2, 0xf6, 0xf9, 0x81, 2]),
        ),
      );
      expectValueOrBeamlineError(bytes, seed);
    }
  });

  it("gives a value or a BeamlineError for encoded values with some bytes changed", () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const random = new Random(seed);
      const bytes = encodeToBytes(js, randomValue(random, 3, true));
      for (let i = 0; i < 3 && bytes.length > 0; i++) {
        bytes[random.below(Math.min(bytes.length, 200))] = random.below(256);
      }
      expectValueOrBeamlineError(bytes, seed);
    }
  });
});

function expectValueOrBeamlineError(bytes: Uint8Array, seed: number): void {
  try {
    js.decode(new ByteReader(bytes));
  } catch (error) {
    if (!(error instanceof BeamlineError)) throw new Error(`seed ${seed}`, { cause: error });
  }
}

/** An equal value, built in another order. */
function reordered(value: unknown, random: Random): unknown {
  const shuffled = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => [random.below(1000), item] as const)
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  if (value === 0) return random.pick([0, -0]);
  if (value instanceof Map) {
    return new Map(
      shuffled([...value]).map(([k, v]) => [reordered(k, random), reordered(v, random)]),
    );
  }
  if (value instanceof Set) return new Set(shuffled([...value]).map((v) => reordered(v, random)));
  if (Array.isArray(value) && Object.keys(value).length === value.length) {
    return Array.from(value, (v) => reordered(v, random));
  }
  if (typeof value === "object" && value !== null) {
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      const copy = Object.create(prototype);
      for (const [k, v] of shuffled(Object.entries(value))) setOwn(copy, k, reordered(v, random));
      return copy;
    }
  }
  return value;
}

/** Few values, so that equal ones meet. */
function smallValue(random: Random, depth: number): unknown {
  const inner = (): unknown => smallValue(random, depth - 1);
  switch (random.below(depth === 0 ? 2 : 7)) {
    case 0:
      return random.pick([0, -0, 1, 2, Number.NaN]);
    case 1:
      return random.pick([undefined, null, "a", "1", 1n, ""]);
    case 2:
    case 3:
      return random.times(3, inner);
    case 4:
      return new Map(random.times(3, () => [random.pick([1, "a", "b"]), inner()]));
    case 5:
      return new Set(random.times(3, () => random.pick([1, "a", 0, Number.NaN])));
    default:
      return Object.fromEntries(random.times(3, () => [random.pick(["a", "b"]), inner()]));
  }
}

describe("jsKey", () => {
  it("gives equal values equal bytes, whatever the order in which they were built", () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const random = new Random(seed);
      const value = randomValue(random, random.below(4), false);
      const bytes = encodeToBytes(jsKey, value);
      const other = encodeToBytes(jsKey, reordered(value, random));
      expect(Buffer.compare(other, bytes), `seed ${seed}`).toBe(0);
      const back = encodeToBytes(jsKey, decodeFromBytes(jsKey, bytes));
      expect(Buffer.compare(back, bytes), `seed ${seed}, decoded`).toBe(0);
    }
  });

  it("gives two values the same bytes exactly when they are equal", () => {
    const random = new Random(7);
    let equal = 0;
    for (let i = 0; i < 20_000; i++) {
      const a = smallValue(random, 2);
      const b = smallValue(random, 2);
      const same = isDeepStrictEqual(withoutNegativeZero(a), withoutNegativeZero(b));
      if (same) equal++;
      const sameBytes = Buffer.compare(encodeToBytes(jsKey, a), encodeToBytes(jsKey, b)) === 0;
      if (sameBytes !== same) expect({ a, b, same, sameBytes }).toBe("equal <=> same bytes");
    }
    expect(equal).toBeGreaterThan(500);
  });
});
