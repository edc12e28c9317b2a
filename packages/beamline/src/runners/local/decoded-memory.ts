/** What the side inputs of a thread keep in decoded form, together. */
export class DecodedMemory {
  left: number;

  constructor(bytes: number) {
    this.left = bytes;
  }

  /** Whether there was as much left, which is taken then. */
  take(bytes: number): boolean {
    if (bytes > this.left) return false;
    this.left -= bytes;
    return true;
  }
}
