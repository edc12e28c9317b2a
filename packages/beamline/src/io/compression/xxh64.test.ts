import { expect, test } from "vitest";
import { Xxh64 } from "./xxh64.js";

const MASK = 2n ** 64n - 1n;
const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

/** By the book, in bigints. */
function reference(bytes: Buffer): number {
  const rotate = (value: bigint, by: bigint) => ((value << by) | (value >> (64n - by))) & MASK;
  const round = (acc: bigint, word: bigint) => (rotate((acc + word * P2) & MASK, 31n) * P1) & MASK;
  let at = 0;
  let hash = P5;
  if (bytes.length >= 32) {
    const lanes = [(P1 + P2) & MASK, P2, 0n, (MASK + 1n - P1) & MASK];
    for (; at + 32 <= bytes.length; at += 32) {
      for (const [i, lane] of lanes.entries()) {
        lanes[i] = round(lane, bytes.readBigUInt64LE(at + 8 * i));
      }
    }
    const turns = [1n, 7n, 12n, 18n];
    hash = lanes.reduce((sum, lane, i) => (sum + rotate(lane, turns[i] ?? 0n)) & MASK, 0n);
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * P1 + P4) & MASK;
  }
  hash = (hash + BigInt(bytes.length)) & MASK;
  for (; at + 8 <= bytes.length; at += 8) {
    hash ^= round(0n, bytes.readBigUInt64LE(at));
    hash = (rotate(hash, 27n) * P1 + P4) & MASK;
  }
  if (at + 4 <= bytes.length) {
    hash ^= (BigInt(bytes.readUInt32LE(at)) * P1) & MASK;
    hash = (rotate(hash, 23n) * P2 + P3) & MASK;
    at += 4;
  }
  for (; at < bytes.length; at++) {
    hash ^= (BigInt(bytes[at] ?? 0) * P5) & MASK;
    hash = (rotate(hash, 11n) * P1) & MASK;
  }
  hash = ((hash ^ (hash >> 33n)) * P2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * P3) & MASK;
  return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
}

test("Xxh64 gives the lower half of the hash of all lengths, whatever the parts", () => {
  // The hash of nothing with seed 0 is known: ef46db3751d8e999.
  expect(new Xxh64().digest()).toBe(0x51d8e999);
  const all = Buffer.from(Uint8Array.from({ length: 3000 }, (_, i) => (i * 2654435761) >>> 13));
  for (let length = 0; length < 140; length++) {
    const bytes = all.subarray(length, 2 * length);
    for (const part of [1, 7, 32, 1000]) {
      const hash = new Xxh64();
      for (let at = 0; at < length; at += part) hash.update(bytes.subarray(at, at + part));
      expect(hash.digest(), `${length} bytes in parts of ${part}`).toBe(reference(bytes));
    }
  }
  const hash = new Xxh64();
  hash.update(all);
  expect(hash.digest()).toBe(reference(all));
});
