/** Which values of an optional column are there, as Parquet's definition levels. */
export class Levels {
  private bits: Uint8Array = new Uint8Array(1024);
  private present = 0;
  count = 0;

  add(isPresent: boolean): void {
    const { count } = this;
    const at = count >> 3;
    if (at === this.bits.length) {
      const larger = new Uint8Array(at * 2);
      larger.set(this.bits);
      this.bits = larger;
    }
    if (isPresent) {
      this.bits[at] = (this.bits[at] as number) | (1 << (count & 7));
      this.present++;
    }
    this.count = count + 1;
  }

  get nulls(): number {
    return this.count - this.present;
  }

  /** With its length before it, as version 1 of data pages has it. */
  encode(): Uint8Array {
    const { count } = this;
    if (this.nulls === 0) return withLength([...varint(count << 1), 1]);
    const groups = (count + 7) >> 3;
    return withLength([...varint((groups << 1) | 1)], this.bits.subarray(0, groups));
  }

  reset(): void {
    this.bits.fill(0);
    this.present = 0;
    this.count = 0;
  }
}

/** An unsigned integer of 32 bits, in groups of seven. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}

function withLength(head: readonly number[], tail: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = Buffer.allocUnsafe(4 + head.length + tail.length);
  bytes.writeUInt32LE(head.length + tail.length);
  bytes.set(head, 4);
  bytes.set(tail, 4 + head.length);
  return bytes;
}
