import { ByteWriter } from "../bytes/byte-writer.js";
import type { Coder } from "../coders/coder.js";
import type { OperatorContext } from "./operator.js";

/** What a combine table has for a key. */
export interface TableEntry {
  readonly key: unknown;
  readonly accumulator: unknown;
}

export interface GaugeOptions {
  /** What the table may take. */
  readonly limitBytes: number;
  /** Of pairs of keys and accumulators: their size is measured by it. */
  readonly coder: Coder<unknown>;
  /** All entries of the table; asked anew when it has come to their end. */
  readonly entries: () => Iterable<TableEntry>;
}

/** Elements after which to ask {@link TableGauge.isFull}: a power of two. */
export const LOOK_EVERY = 1024;
/** Entries that one look measures. */
const SAMPLE = 8;
/** A look that encodes much is followed by as many elements as make that cheap. */
const BYTES_PER_ELEMENT = 8;
/** What an entry takes on the heap besides its encoding, and how that compares to values. */
const ENTRY_BYTES = 120;
const HEAP_FACTOR = 2;
/** So much weight have older samples against newer ones: accumulators grow. */
const DECAY = 0.9;

/**
 * Tells when a combine table has become too large, by encoding some of its entries now and then:
 * a few in turn, for their mean, and the one that the element at hand went to, because a key that
 * comes often is one whose accumulator may be large.
 */
export class TableGauge {
  /** The gauge of a step that combines; undefined where its tables may take what they like. */
  static of(
    { options, outputCoder }: Pick<OperatorContext, "options" | "outputCoder">,
    entries: () => Iterable<TableEntry>,
  ): TableGauge | undefined {
    const { tableBytes: limitBytes } = options;
    if (limitBytes === undefined || outputCoder === undefined) return undefined;
    return new TableGauge({ limitBytes, coder: outputCoder, entries });
  }

  private readonly options: GaugeOptions;
  private readonly scratch = new ByteWriter(256);
  private cursor: Iterator<TableEntry> | undefined;
  private sampledBytes = 0;
  private samples = 0;
  /** The largest accumulators met, by their keys: not in the mean. */
  private readonly large = new Map<unknown, number>();
  /** Elements to let pass before the next look. */
  private rest = 0;

  constructor(options: GaugeOptions) {
    this.options = options;
  }

  /**
   * Whether the table takes more than it may. To be asked every {@link LOOK_EVERY} elements.
   *
   * @param entries - How many there are.
   * @param current - The one that the last element went to.
   */
  isFull(entries: number, current: TableEntry | undefined): boolean {
    this.rest -= LOOK_EVERY;
    if (this.rest > 0) return false;
    let encoded = 0;
    for (let i = 0; i < SAMPLE; i++) {
      const entry = this.next();
      if (entry === undefined) break;
      const size = this.sizeOf(entry);
      encoded += size;
      this.sampledBytes = this.sampledBytes * DECAY + size;
      this.samples = this.samples * DECAY + 1;
    }
    const mean = this.samples === 0 ? 0 : this.sampledBytes / this.samples;
    if (current !== undefined) {
      const size = this.sizeOf(current);
      encoded += size;
      if (size > 4 * mean) this.large.set(current.key, size);
    }
    this.rest = encoded / BYTES_PER_ELEMENT;
    let total = entries * (mean + ENTRY_BYTES);
    for (const size of this.large.values()) total += size;
    return total > this.options.limitBytes;
  }

  /** The table is empty. */
  reset(): void {
    this.cursor = undefined;
    this.sampledBytes = 0;
    this.samples = 0;
    this.large.clear();
    this.rest = 0;
  }

  private next(): TableEntry | undefined {
    const found = this.cursor?.next();
    if (found !== undefined && found.done !== true) return found.value;
    this.cursor = this.options.entries()[Symbol.iterator]();
    const first = this.cursor.next();
    return first.done === true ? undefined : first.value;
  }

  private sizeOf({ key, accumulator }: TableEntry): number {
    const { scratch } = this;
    scratch.reset();
    try {
      this.options.coder.encode([key, accumulator], scratch);
    } catch {
      // What can't be encoded fails when the table is emitted, with a message that says where.
      return 0;
    }
    return scratch.position * HEAP_FACTOR;
  }
}
