/** A table that fills up although fewer than one pair in so many finds its key there is of no use, ... */
const WORTHWHILE = 8;
/** ... so pairs are passed on as they come, so many times as filled it, before another one is tried. */
const PASSED_ON = 32;

/** Tells when a combine table hardly combines: lifting is a detour then. */
export class TableUse {
  /** Pairs that are to be passed on, each as if it were the only one of its key. */
  toPass = 0;
  /** Pairs that had come when the table was last empty. */
  private before = 0;

  /** The table has filled up with so many entries, after so many pairs in all. */
  filled(entries: number, pairs: number): void {
    const found = pairs - this.before - entries;
    if (found * WORTHWHILE < entries) this.toPass = entries * PASSED_ON;
  }

  /** The table is empty. */
  emptied(pairs: number): void {
    this.before = pairs;
  }

  /** A pair has been passed on. */
  passed(pairs: number): void {
    if (this.toPass === 0) return;
    this.toPass--;
    if (this.toPass === 0) this.before = pairs;
  }
}
