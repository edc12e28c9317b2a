/** The parts of a shuffle record lie at varints: this is where they come apart. */

/** Before the key of a record. */
export const HASH_BYTES = 4;

/** Moves past the record at `at`: hash, key length, key, value length, value. */
export function skipRecord(bytes: Uint8Array, at: number): number {
  return skipSized(bytes, skipSized(bytes, at + HASH_BYTES));
}

/** Moves past a length and as many bytes. */
export function skipSized(bytes: Uint8Array, at: number): number {
  let length = bytes[at++] as number;
  if (length < 0x80) return at + length;
  length &= 0x7f;
  for (let scale = 0x80; ; scale *= 0x80) {
    const byte = bytes[at++] as number;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) return at + length;
  }
}

/** The hash of the record at `at`. */
export function hashAt(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}

/** Whether the record at `at` has this key, which stands behind its length. */
export function hasKey(bytes: Uint8Array, at: number, key: Uint8Array): boolean {
  const start = at + HASH_BYTES;
  for (let i = 0; i < key.length; i++) if (bytes[start + i] !== key[i]) return false;
  return true;
}
