/** Longer strings are left to a Map, which remembers the hash of a string that comes again. */
const LONGEST = 24;
/** A string that finds no room so close to its place goes to the Map, whatever its hash. */
const PROBES = 32;
const FEWEST_BITS = 4;
/** How full the cells may be: a small table stays in the processor's cache. */
const FULL = 5 / 8;
/** 2^32 over the golden ratio: spreads the upper bits of a product (Knuth, TAOCP 6.4). */
const GOLDEN = 0x9e3779b1;

/**
 * A value for each of many strings, as a Map has it, at half the price for strings that were just cut
 * out of a text: a Map has C++ hash each of them first, and an entry of its own for each value is one
 * more line of cache (`node bench/micro/string-table.mjs`).
 *
 * Keys and values stand in `cells`, in turn. Strings that collide on purpose cost {@link PROBES}
 * comparisons more than in a Map. The same strings, added in the same order, stand in the same order.
 */
export class StringTable<Value> {
  /** Keys at even places, their values behind them; the hashed part first, then what is in `others`. */
  cells: (string | Value | undefined)[] = emptyCells(FEWEST_BITS);
  private bits = FEWEST_BITS;
  private entries = 0;
  /** Where the values are of keys that are long or found no room. */
  private readonly others = new Map<string, number>();

  get size(): number {
    return this.entries;
  }

  /** Where the value of a key is in `cells`; negative where there is none. */
  find(key: string): number {
    const { length } = key;
    if (length <= LONGEST) {
      const { cells, bits } = this;
      const mask = (2 << bits) - 1;
      // Spelled out here, as in `place`: as a call it is not always inlined, and costs a fifth more.
      let hash = length;
      for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
      let at = (Math.imul(hash, GOLDEN) >>> (32 - bits)) << 1;
      for (let probe = 0; probe < PROBES; probe++) {
        const found = cells[at];
        // First: V8 compares strings faster where it has never seen anything else compared.
        if (found === undefined) return -1;
        if (found === key) return at + 1;
        at = (at + 2) & mask;
      }
    }
    return this.others.get(key) ?? -1;
  }

  /** Adds a key that is not there; returns where its value is. Values found earlier may move. */
  add(key: string, value: Value): number {
    this.entries++;
    if (this.entries > 2 ** this.bits * FULL) this.grow();
    return this.place(key, value);
  }

  *[Symbol.iterator](): Generator<readonly [key: string, value: Value]> {
    const { cells } = this;
    for (let at = 0; at < cells.length; at += 2) {
      const key = cells[at];
      if (key !== undefined) yield [key as string, cells[at + 1] as Value];
    }
  }

  /** Makes it small again, too: in what order its strings stand must not hang on what was before. */
  clear(): void {
    if (this.entries === 0) return;
    this.entries = 0;
    this.others.clear();
    this.bits = FEWEST_BITS;
    this.cells = emptyCells(FEWEST_BITS);
  }

  private place(key: string, value: Value): number {
    const { cells, bits } = this;
    const { length } = key;
    if (length <= LONGEST) {
      const mask = (2 << bits) - 1;
      let hash = length;
      for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
      let at = (Math.imul(hash, GOLDEN) >>> (32 - bits)) << 1;
      for (let probe = 0; probe < PROBES; probe++) {
        if (cells[at] === undefined) {
          cells[at] = key;
          cells[at + 1] = value;
          return at + 1;
        }
        at = (at + 2) & mask;
      }
    }
    cells.push(key, value);
    this.others.set(key, cells.length - 1);
    return cells.length - 1;
  }

  /** Strings that found no room may find some now, and would be looked for there. */
  private grow(): void {
    const { cells } = this;
    this.bits++;
    this.cells = emptyCells(this.bits);
    this.others.clear();
    for (let at = 0; at < cells.length; at += 2) {
      const key = cells[at];
      if (key !== undefined) this.place(key as string, cells[at + 1] as Value);
    }
  }
}

function emptyCells<Cell>(bits: number): (Cell | undefined)[] {
  return new Array<Cell | undefined>(2 << bits).fill(undefined);
}
