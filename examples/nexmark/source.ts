import {
  monotonicWatermark,
  type OffsetRange,
  OffsetRangeTracker,
  offsetRangeCoder,
  type PCollection,
  type Pipeline,
  type PTransform,
  type SplitHints,
  type SplittableContext,
  SplittableDoFn,
  splitOffsetRange,
} from "beamline";
import { eventAt, type GeneratorOptions, timeOf } from "./generator.js";
import type { Event } from "./model.js";

export interface EventsOptions extends GeneratorOptions {
  /** How many. */
  readonly events: number;
  /** As a stream with a watermark that follows event time, instead of as a batch. */
  readonly streaming: boolean;
}

/** The events of Nexmark, each with its event time. */
export function nexmarkEvents(options: EventsOptions): PTransform<Pipeline, PCollection<Event>> {
  const range: OffsetRange = [0, options.events];
  return {
    name: "NexmarkEvents",
    parameters: options,
    expand: (p) =>
      p
        .impulse()
        .map("Range", () => range)
        .withCoder(offsetRangeCoder)
        .parDo("Generate", () => new GenerateFn(options)),
  };
}

/** Events between two looks at whether downstream has room. */
const BURST = 1000;

class GenerateFn extends SplittableDoFn<OffsetRange, OffsetRange, number, Event> {
  readonly restrictionCoder = offsetRangeCoder;
  override readonly watermarkEstimation = monotonicWatermark();
  override readonly isBounded: boolean;
  private readonly options: EventsOptions;

  constructor(options: EventsOptions) {
    super();
    this.options = options;
    this.isBounded = !options.streaming;
  }

  initialRestriction(range: OffsetRange): OffsetRange {
    return range;
  }

  /** A stream stays whole: its parts would be far apart in event time. */
  override split(_range: OffsetRange, restriction: OffsetRange, { parallelism }: SplitHints) {
    if (this.options.streaming) return [restriction];
    return splitOffsetRange(restriction, parallelism * 8, 10_000);
  }

  size(_range: OffsetRange, [start, end]: OffsetRange): number {
    return (end - start) * 100;
  }

  newTracker(restriction: OffsetRange): OffsetRangeTracker {
    return new OffsetRangeTracker(restriction);
  }

  override async process(
    _range: OffsetRange,
    tracker: OffsetRangeTracker,
    ctx: SplittableContext<Event>,
  ): Promise<void> {
    const { options } = this;
    let [next] = tracker.currentRestriction();
    for (;;) {
      for (const burst = next + BURST; next < burst; next++) {
        if (!tracker.tryClaim(next)) return;
        ctx.output(eventAt(next, options), timeOf(next, options));
      }
      await ctx.ready();
    }
  }
}
