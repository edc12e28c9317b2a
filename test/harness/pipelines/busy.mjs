import { definePipeline, OffsetRangeTracker, offsetRangeCoder, SplittableDoFn } from "beamline";

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
