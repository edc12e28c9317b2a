import { type Bounds, type ChunkWriter, PAGE_SIZE } from "./chunk-writer.js";
import type { ColumnWriter, FinishedColumns } from "./column-writer.js";
import { notOfType } from "./not-of-type.js";

const TWO_32 = 0x1_0000_0000;

/** What kinds of numbers differ in. */
abstract class NumberColumn implements ColumnWriter {
  readonly name: string;
  protected readonly chunk: ChunkWriter;
  private readonly width: number;
  private readonly page: Buffer;
  protected readonly view: DataView;
  protected at = 0;

  constructor(name: string, chunk: ChunkWriter, width: number) {
    this.name = name;
    this.chunk = chunk;
    this.width = width;
    this.page = Buffer.allocUnsafeSlow(PAGE_SIZE);
    this.view = new DataView(this.page.buffer, this.page.byteOffset, PAGE_SIZE);
  }

  get size(): number {
    return this.at;
  }

  /** Each kind has its own code for it: what all share, V8 makes slow enough for any. */
  abstract add(value: unknown): void;

  finish(start: number): FinishedColumns {
    this.flush();
    return this.chunk.finish(start, this.bounds());
  }

  /** A value has been written at `at`. */
  protected taken(): void {
    this.at += this.width;
    this.chunk.levels?.add(true);
    if (this.at === PAGE_SIZE) this.flush();
  }

  /** Those since it was last asked. */
  protected abstract bounds(): Bounds | undefined;

  private flush(): void {
    this.chunk.addData(this.page.subarray(0, this.at), this.at / this.width, "PLAIN");
    this.at = 0;
  }
}

/** INT32: whole numbers within limits. */
export class Int32Column extends NumberColumn {
  private readonly limit: number;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;

  constructor(name: string, chunk: ChunkWriter, bits: number) {
    super(name, chunk, 4);
    this.limit = 2 ** (bits - 1);
  }

  override add(value: unknown): void {
    if (this.chunk.takesNull(value)) return;
    const { limit } = this;
    if (!Number.isInteger(value)) throw notOfType(value, "a whole number");
    const number = value as number;
    if (!(number >= -limit && number < limit)) throw notOfType(value, `within ±${limit}`);
    this.view.setInt32(this.at, number, true);
    if (number < this.min) this.min = number;
    if (number > this.max) this.max = number;
    this.taken();
  }

  protected bounds(): Bounds | undefined {
    const { min, max } = this;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    return min > max ? undefined : { min_value: min, max_value: max };
  }
}

/** INT64: whole numbers and bigints; dates, as milliseconds. */
export class Int64Column extends NumberColumn {
  private readonly isDate: boolean;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private bigMin: bigint | undefined;
  private bigMax: bigint | undefined;

  constructor(name: string, chunk: ChunkWriter, isDate: boolean) {
    super(name, chunk, 8);
    this.isDate = isDate;
  }

  override add(value: unknown): void {
    if (this.chunk.takesNull(value)) return;
    const number = this.isDate ? timeOf(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number)) this.putNumber(number);
    else if (typeof number === "bigint" && BigInt.asIntN(64, number) === number) {
      this.putBigint(number);
    } else {
      throw notOfType(
        value,
        this.isDate ? "a valid Date" : "a whole number of up to 2^53, or a bigint of 64 bits",
      );
    }
    this.taken();
  }

  private putNumber(number: number): void {
    const { view, at } = this;
    const low = number | 0;
    if (low === number) {
      view.setInt32(at, low, true);
      view.setInt32(at + 4, low >> 31, true);
    } else {
      const high = Math.floor(number / TWO_32);
      view.setInt32(at, number - high * TWO_32, true);
      view.setInt32(at + 4, high, true);
    }
    if (number < this.min) this.min = number;
    if (number > this.max) this.max = number;
  }

  private putBigint(number: bigint): void {
    this.view.setBigInt64(this.at, number, true);
    if (this.bigMin === undefined || number < this.bigMin) this.bigMin = number;
    if (this.bigMax === undefined || number > this.bigMax) this.bigMax = number;
  }

  protected bounds(): Bounds | undefined {
    const { min, max, bigMin, bigMax } = this;
    const known = [
      ...(min > max ? [] : [BigInt(min), BigInt(max)]),
      ...(bigMin === undefined || bigMax === undefined ? [] : [bigMin, bigMax]),
    ].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.bigMin = undefined;
    this.bigMax = undefined;
    const [first, last] = [known[0], known.at(-1)];
    return first === undefined || last === undefined
      ? undefined
      : { min_value: first, max_value: last };
  }
}

function timeOf(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : undefined;
}

/** FLOAT and DOUBLE. */
export class FloatColumn extends NumberColumn {
  private readonly isDouble: boolean;
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;

  constructor(name: string, chunk: ChunkWriter, isDouble: boolean) {
    super(name, chunk, isDouble ? 8 : 4);
    this.isDouble = isDouble;
  }

  override add(value: unknown): void {
    if (this.chunk.takesNull(value)) return;
    if (typeof value !== "number") throw notOfType(value, "a number");
    if (this.isDouble) this.view.setFloat64(this.at, value, true);
    else this.view.setFloat32(this.at, value, true);
    // NaN is neither, as the format wants it.
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.taken();
  }

  protected bounds(): Bounds | undefined {
    const { min, max, isDouble } = this;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    if (min > max) return undefined;
    const stored = (value: number) => (isDouble ? value : Math.fround(value));
    // Of the two zeros the one that keeps the other inside.
    return {
      min_value: min === 0 ? -0 : stored(min),
      max_value: max === 0 ? 0 : stored(max),
    };
  }
}
