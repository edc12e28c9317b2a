import { varint } from "./levels.js";

/** Indices into a dictionary: how many bits each has, then all of them packed into groups of eight. */
export function packIndices(indices: Int32Array, entries: number): Uint8Array {
  const width = Math.max(1, 32 - Math.clz32(Math.max(0, entries - 1)));
  const groups = (indices.length + 7) >> 3;
  const head = [width, ...varint((groups << 1) | 1)];
  const bytes = new Uint8Array(head.length + groups * width);
  bytes.set(head);
  let at = head.length;
  let bits = 0;
  let filled = 0;
  // 16 bits of an index and 7 of those before fit; what is missing in the last group is 0.
  for (let i = 0; i < groups * 8; i++) {
    bits |= (indices[i] ?? 0) << filled;
    filled += width;
    while (filled >= 8) {
      bytes[at++] = bits & 0xff;
      bits >>>= 8;
      filled -= 8;
    }
  }
  return bytes;
}
