import { OffsetRangeTracker, offsetRangeCoder, SplittableDoFn } from "beamline";

/** @typedef {import("beamline").OffsetRange} OffsetRange */
/** @typedef {import("beamline").RestrictionTracker<OffsetRange, number>} Tracker */
/** @typedef {import("beamline").SplittableContext<number>} Context */

/**
 * Emits the numbers from 0 on, of one restriction that nobody has split.
 *
 * @extends {SplittableDoFn<Uint8Array, OffsetRange, number, number>}
 */
export class NumbersFn extends SplittableDoFn {
  restrictionCoder = offsetRangeCoder;

  /** @param {number} count how many */
  constructor(count) {
    super();
    this.count = count;
  }

  /** @returns {OffsetRange} */
  initialRestriction() {
    return [0, this.count];
  }

  /**
   * @param {Uint8Array} _element
   * @param {OffsetRange} range
   */
  size(_element, [start, end]) {
    return end - start;
  }

  /** @param {OffsetRange} range */
  newTracker(range) {
    return new OffsetRangeTracker(range);
  }

  /**
   * @param {Uint8Array} _element
   * @param {Tracker} tracker
   * @param {Context} ctx
   */
  process(_element, tracker, ctx) {
    let [next] = tracker.currentRestriction();
    for (; tracker.tryClaim(next); next++) {
      this.before(next, tracker);
      ctx.output(next);
    }
  }

  /**
   * Called before each number is emitted: what it throws fails the bundle.
   *
   * @param {number} _n
   * @param {Tracker} _tracker
   */
  before(_n, _tracker) {}
}
