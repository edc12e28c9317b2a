import { DoFn, definePipeline, OffsetRangeTracker, offsetRangeCoder, SplittableDoFn } from "beamline";

/** Works without a pause: a millisecond of spinning for each position. */
class Busy extends SplittableDoFn {
  restrictionCoder = offsetRangeCoder;

  initialRestriction() {
    return [0, 20_000];
  }

  size(_element, [from, to]) {
    return to - from;
  }

  newTracker(range) {
    return new OffsetRangeTracker(range);
  }

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

/** Counts the elements of a key, and says so when a timer fires. */
class Counting extends DoFn {
  count = this.valueState();
  seen = this.mapState();
  report = this.processingTimer((ctx) => ctx.output([ctx.key, this.count.read() ?? 0]));

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
