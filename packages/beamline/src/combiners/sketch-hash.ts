import { ByteWriter } from "../bytes/byte-writer.js";
import { jsKey } from "../coders/js-key.js";

/** Two independent 32-bit hashes of a value, unsigned: equal for values that are equal as keys. */
export type Hash64 = readonly [high: number, low: number];

/** Hashes values by their encoding as keys. Keeps its buffer from one to the next. */
export function valueHasher(): (value: unknown) => Hash64 {
  const out = new ByteWriter(64);
  return (value) => {
    out.reset();
    jsKey.encode(value, out);
    const { buffer, position } = out;
    return [murmur(buffer, position, 0x9747_b28c), murmur(buffer, position, 0x1b87_3593)];
  };
}

/** MurmurHash3 (Appleby), 32 bits. */
function murmur(bytes: Uint8Array, length: number, seed: number): number {
  let hash = seed;
  const blocks = length - (length % 4);
  for (let i = 0; i < blocks; i += 4) {
    const block =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24);
    hash = rotate(hash ^ scramble(block), 13);
    hash = (Math.imul(hash, 5) + 0xe654_6b64) | 0;
  }
  let tail = 0;
  for (let i = length - 1; i >= blocks; i--) tail = (tail << 8) | (bytes[i] as number);
  if (blocks < length) hash ^= scramble(tail);
  hash ^= length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  return Math.imul(rotate(Math.imul(block, 0xcc9e_2d51), 15), 0x1b87_3593);
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
