import {
  DoFn,
  definePipeline,
  OffsetRangeTracker,
  offsetRangeCoder,
  SplittableDoFn,
} from "beamline";

/**
 * Works without a pause: a millisecond of spinning for each position.
 *
 * @typedef {import("beamline").OffsetRange} OffsetRange
 * @extends {SplittableDoFn<string, OffsetRange, number, number>}
 */
class Busy extends SplittableDoFn {
  restrictionCoder = offsetRangeCoder;

  /** @returns {OffsetRange} */
  initialRestriction() {
    return [0, 20_000];
  }

  /** @param {string} _element @param {OffsetRange} range */
  size(_element, [from, to]) {
    return to - from;
  }

  /** @param {OffsetRange} range */
  newTracker(range) {
    return new OffsetRangeTracker(range);
  }

  /**
   * @param {string} _element
   * @param {import("beamline").RestrictionTracker<OffsetRange, number>} tracker
   * @param {import("beamline").ProcessContext<number>} ctx
   */
  process(_element, tracker, ctx) {
    for (let n = tracker.currentRestriction()[0]; tracker.tryClaim(n); n++) {
      for (const end = performance.now() + 1; performance.now() < end; );
      ctx.output(n);
    }
  }
}

export const pipeline = definePipeline({
  name: "busy",
  build: (p) => p.create(["x"]).parDo("Busy", () => new Busy()),
});

/**
 * Counts the elements of a key, and says so when a timer fires.
 *
 * @extends {DoFn<[string, number], unknown>}
 */
class Counting extends DoFn {
  /** @type {import("beamline").ValueState<number>} */
  count = this.valueState();
  /** @type {import("beamline").MapState<number, string>} */
  seen = this.mapState();
  report = this.processingTimer((ctx) => ctx.output([ctx.key, this.count.read() ?? 0]));

  /** @param {[string, number]} pair */
  process([key, n]) {
    this.count.write((this.count.read() ?? 0) + 1);
    this.seen.set(n, key);
    this.report.setIn(10);
    return [[key, this.count.read(), this.seen.keys().length]];
  }
}

export const counting = definePipeline({
  name: "counting",
  build: (p) => p.create([["never", 0]]).parDo("Count", () => new Counting()),
});
