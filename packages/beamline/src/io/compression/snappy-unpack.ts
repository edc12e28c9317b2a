/** What Snappy, without a frame, has packed. Throws when it is damaged. */
export function snappyUnpack(packed: Uint8Array): Buffer {
  let [at, size] = readSize(packed);
  // At its best Snappy makes three bytes of sixty-four.
  if (size > packed.length * 64) throw new Error("it says that it is larger than it can be");
  const out = Buffer.allocUnsafe(size);
  let filled = 0;
  while (at < packed.length) {
    const tag = packed[at++] as number;
    let length = (tag >>> 2) + 1;
    if ((tag & 3) === 0) {
      if (length > 60) {
        const bytes = length - 60;
        length = littleEndian(packed, at, bytes) + 1;
        at += bytes;
      }
      if (at + length > packed.length || filled + length > size) throw damaged();
      out.set(packed.subarray(at, at + length), filled);
      at += length;
    } else {
      let offset: number;
      if ((tag & 3) === 1) {
        length = ((tag >>> 2) & 7) + 4;
        offset = ((tag >>> 5) << 8) | (packed[at++] ?? 0);
      } else {
        const bytes = (tag & 3) === 2 ? 2 : 4;
        offset = littleEndian(packed, at, bytes);
        at += bytes;
      }
      const from = filled - offset;
      if (offset === 0 || from < 0 || filled + length > size) throw damaged();
      // Byte by byte: what is copied may overlap with where it goes.
      for (let i = 0; i < length; i++) out[filled + i] = out[from + i] as number;
    }
    filled += length;
  }
  if (filled !== size) throw damaged();
  return out;
}

function readSize(packed: Uint8Array): [at: number, size: number] {
  let size = 0;
  for (let i = 0; i < 5; i++) {
    const byte = packed[i];
    if (byte === undefined) break;
    size += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return [i + 1, size];
  }
  throw damaged();
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  if (at + count > bytes.length) throw damaged();
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] as number);
  return value;
}

function damaged(): Error {
  return new Error("it is not what Snappy packs");
}
