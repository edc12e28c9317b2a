/** The primes of XXH64, each as its lower and its upper half. */
const P1 = [0x85ebca87, 0x9e3779b1] as const;
const P2 = [0x27d4eb4f, 0xc2b2ae3d] as const;
const P3 = [0x9e3779f9, 0x165667b1] as const;
const P4 = [0xc2b2ae63, 0x85ebca77] as const;
const P5 = [0x165667c5, 0x27d4eb2f] as const;

const STRIPE = 32;

/**
 * The hash XXH64 with seed 0 of bytes that come in parts: of its 64 bits the lower half, which is
 * the checksum of a zstd frame. Numbers of 64 bits are two halves here, because a bigint costs more
 * than unpacking does.
 */
export class Xxh64 {
  /** Lower and upper halves of the four lanes. */
  private readonly lanes = Uint32Array.of(
    ...add(P1[0], P1[1], P2[0], P2[1]),
    ...P2,
    0,
    0,
    ...add(0, 0, ~P1[0] + 1, ~P1[1]),
  );
  /** Bytes that don't make a stripe yet. */
  private readonly rest = Buffer.alloc(STRIPE);
  private restLength = 0;
  private length = 0;

  update(bytes: Uint8Array): void {
    const { rest, restLength } = this;
    this.length += bytes.length;
    let at = 0;
    if (restLength > 0) {
      at = Math.min(STRIPE - restLength, bytes.length);
      rest.set(bytes.subarray(0, at), restLength);
      this.restLength += at;
      if (this.restLength < STRIPE) return;
      this.stripes(rest, 0, STRIPE);
    }
    const end = bytes.length - ((bytes.length - at) % STRIPE);
    if (end > at) this.stripes(bytes, at, end);
    rest.set(bytes.subarray(end));
    this.restLength = bytes.length - end;
  }

  /** The lower half of the hash. */
  digest(): number {
    let [lo, hi] = this.length >= STRIPE ? this.merged() : P5;
    [lo, hi] = add(lo, hi, this.length >>> 0, Math.floor(this.length / 2 ** 32));
    const view = new DataView(this.rest.buffer, this.rest.byteOffset, STRIPE);
    const end = this.restLength;
    let at = 0;
    for (; at + 8 <= end; at += 8) {
      const [roundLo, roundHi] = round(
        0,
        0,
        view.getUint32(at, true),
        view.getUint32(at + 4, true),
      );
      [lo, hi] = rotate((lo ^ roundLo) >>> 0, (hi ^ roundHi) >>> 0, 27);
      [lo, hi] = add(...multiply(lo, hi, ...P1), ...P4);
    }
    for (; at + 4 <= end; at += 4) {
      const [addedLo, addedHi] = multiply(view.getUint32(at, true), 0, ...P1);
      [lo, hi] = rotate((lo ^ addedLo) >>> 0, (hi ^ addedHi) >>> 0, 23);
      [lo, hi] = add(...multiply(lo, hi, ...P2), ...P3);
    }
    for (; at < end; at++) {
      const [addedLo, addedHi] = multiply(view.getUint8(at), 0, ...P5);
      [lo, hi] = rotate((lo ^ addedLo) >>> 0, (hi ^ addedHi) >>> 0, 11);
      [lo, hi] = multiply(lo, hi, ...P1);
    }
    [lo, hi] = multiply((lo ^ (hi >>> 1)) >>> 0, hi, ...P2);
    // The upper half shifted by 29 bits in all, of which 3 stay in it.
    [lo, hi] = multiply((lo ^ ((lo >>> 29) | (hi << 3))) >>> 0, (hi ^ (hi >>> 29)) >>> 0, ...P3);
    return (lo ^ hi) >>> 0;
  }

  /** Each lane becomes rotate(lane + word * P2, 31) * P1. */
  private stripes(bytes: Uint8Array, start: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const { lanes } = this;
    for (let at = start; at < end; at += STRIPE) {
      for (let lane = 0; lane < 8; lane += 2) {
        const wordLo = view.getUint32(at + lane * 4, true);
        const wordHi = view.getUint32(at + lane * 4 + 4, true);
        const productLo = Math.imul(wordLo, P2[0]) >>> 0;
        const productHi =
          upper(wordLo, P2[0]) + Math.imul(wordLo, P2[1]) + Math.imul(wordHi, P2[0]);
        const sum = (lanes[lane] ?? 0) + productLo;
        const sumLo = sum >>> 0;
        const sumHi = ((lanes[lane + 1] ?? 0) + productHi + (sum > 0xffffffff ? 1 : 0)) >>> 0;
        const turnedLo = ((sumLo << 31) | (sumHi >>> 1)) >>> 0;
        const turnedHi = ((sumHi << 31) | (sumLo >>> 1)) >>> 0;
        lanes[lane] = Math.imul(turnedLo, P1[0]);
        lanes[lane + 1] =
          upper(turnedLo, P1[0]) + Math.imul(turnedLo, P1[1]) + Math.imul(turnedHi, P1[0]);
      }
    }
  }

  private merged(): Halves {
    const [a = 0, aHi = 0, b = 0, bHi = 0, c = 0, cHi = 0, d = 0, dHi = 0] = this.lanes;
    let [lo, hi] = add(...rotate(a, aHi, 1), ...rotate(b, bHi, 7));
    [lo, hi] = add(lo, hi, ...rotate(c, cHi, 12));
    [lo, hi] = add(lo, hi, ...rotate(d, dHi, 18));
    const lanes: readonly Halves[] = [
      [a, aHi],
      [b, bHi],
      [c, cHi],
      [d, dHi],
    ];
    for (const lane of lanes) {
      const [laneLo, laneHi] = round(0, 0, ...lane);
      const mixed = multiply((lo ^ laneLo) >>> 0, (hi ^ laneHi) >>> 0, ...P1);
      [lo, hi] = add(...mixed, ...P4);
    }
    return [lo, hi];
  }
}

type Halves = readonly [lo: number, hi: number];

function round(accLo: number, accHi: number, wordLo: number, wordHi: number): Halves {
  const [lo, hi] = add(accLo, accHi, ...multiply(wordLo, wordHi, ...P2));
  return multiply(...rotate(lo, hi, 31), ...P1);
}

function add(aLo: number, aHi: number, bLo: number, bHi: number): Halves {
  const lo = (aLo >>> 0) + (bLo >>> 0);
  return [lo >>> 0, (aHi + bHi + (lo > 0xffffffff ? 1 : 0)) >>> 0];
}

function multiply(aLo: number, aHi: number, bLo: number, bHi: number): Halves {
  const hi = upper(aLo, bLo) + Math.imul(aLo, bHi) + Math.imul(aHi, bLo);
  return [Math.imul(aLo, bLo) >>> 0, hi >>> 0];
}

/** The upper half of the product of two numbers of 32 bits. */
function upper(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (other >>> 16)) >>> 0;
}

/** By fewer than 32 bits, to the left. */
function rotate(lo: number, hi: number, bits: number): Halves {
  return [((lo << bits) | (hi >>> (32 - bits))) >>> 0, ((hi << bits) | (lo >>> (32 - bits))) >>> 0];
}
