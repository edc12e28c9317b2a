import {
  definePipeline,
  type OffsetRange,
  OffsetRangeTracker,
  offsetRangeCoder,
  type SplitHints,
  SplittableDoFn,
} from "beamline";

/** Says for how many tasks it is asked to split. */
class Splits extends SplittableDoFn<string, OffsetRange, number, number> {
  readonly restrictionCoder = offsetRangeCoder;

  initialRestriction(): OffsetRange {
    return [0, 2];
  }

  override split(_element: string, restriction: OffsetRange, { parallelism }: SplitHints) {
    console.log(`splitting for ${parallelism} tasks`);
    return [restriction];
  }

  size(): number {
    return 2;
  }

  newTracker(restriction: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(restriction);
  }

  *process(_element: string, tracker: OffsetRangeTracker): Iterable<number> {
    let [next] = tracker.currentRestriction();
    for (; tracker.tryClaim(next); next++) yield next;
  }
}

export default definePipeline({
  name: "splits",
  build(p) {
    p.create(["source"]).parDo("Read", () => new Splits());
  },
});
