import type { Coder } from "../coders/coder.js";
import { MAIN_OUTPUT, type TestStreamEvent } from "../graph/nodes.js";
import { type Duration, toMilliseconds } from "../model/duration.js";
import { BeamlineError } from "../model/errors.js";
import { MAX_TIMESTAMP, MIN_TIMESTAMP, type Timestamp } from "../model/time.js";
import { PCollection } from "../pipeline/pcollection.js";
import type { Pipeline } from "../pipeline/pipeline.js";
import type { PTransform } from "../pipeline/ptransform.js";

/** An element and its event time in milliseconds since the epoch. */
export interface TimestampedValue<T> {
  readonly value: T;
  readonly timestamp: Timestamp;
}

/**
 * An unbounded source that a test drives: elements, the watermark and the clock, in exactly this
 * order. The next event happens only when the pipeline has worked off everything before it, so
 * what fires is the same on every run (`beam:transform:teststream:v1`).
 *
 * Its clock starts at 0 and stands still between events. At the end the watermark goes to the end
 * of time.
 *
 * @example
 * ```ts
 * const scores = testStream<number>()
 *   .add([5, 1000], [7, 2000])
 *   .advanceWatermarkTo(60_000)
 *   .add([9, 3000]); // late
 * const sums = await collect((p) => p.apply(scores).window(fixedWindows({ minutes: 1 })).sum());
 * ```
 */
export function testStream<T>(coder?: Coder<T>): TestStream<T> {
  return new TestStream<T>([], coder);
}

/** What {@link testStream} makes; every method gives a new one with one event more. */
export class TestStream<T> implements PTransform<Pipeline, PCollection<T>> {
  readonly name = "TestStream";
  readonly events: readonly TestStreamEvent[];
  private readonly coder: Coder<T> | undefined;

  constructor(events: readonly TestStreamEvent[], coder: Coder<T> | undefined) {
    this.events = Object.freeze([...events]);
    this.coder = coder;
  }

  get parameters(): readonly TestStreamEvent[] {
    return this.events;
  }

  /** Elements that come in together, each with its event time in milliseconds. */
  add(...elements: readonly (readonly [value: T, timestamp: Timestamp])[]): TestStream<T> {
    for (const [, timestamp] of elements) requireTimestamp("add an element", timestamp);
    const timestamped = elements.map(([value, timestamp]) => ({ value, timestamp }));
    return this.with({ kind: "elements", elements: timestamped });
  }

  /** Elements at the current watermark's beginning: for tests that do without event time. */
  addValues(...values: readonly T[]): TestStream<T> {
    const timestamp = this.watermark;
    return this.with({
      kind: "elements",
      elements: values.map((value) => ({ value, timestamp })),
    });
  }

  /** Promises that every later element that comes is late. It never goes back. */
  advanceWatermarkTo(timestamp: Timestamp): TestStream<T> {
    requireTimestamp("advance the watermark", timestamp);
    const { watermark } = this;
    if (timestamp < watermark) {
      throw new BeamlineError(
        "BAD_WATERMARK",
        `Cannot advance the watermark of a test stream to ${timestamp}: it is at ${watermark} already; watermarks never go back`,
      );
    }
    return this.with({ kind: "watermark", to: timestamp });
  }

  advanceWatermarkToInfinity(): TestStream<T> {
    return this.with({ kind: "watermark", to: MAX_TIMESTAMP });
  }

  /** Turns the clock on. */
  advanceProcessingTime(by: Duration): TestStream<T> {
    const milliseconds = toMilliseconds(by, "advance the clock of a test stream");
    return this.with({ kind: "processingTime", by: milliseconds });
  }

  expand({ builder }: Pipeline): PCollection<T> {
    const label = { name: "Stream", given: true };
    const outputs = builder.addPrimitive({ kind: "testStream", events: this.events }, label);
    const stream = PCollection.of<T>(builder, outputs, MAIN_OUTPUT);
    return this.coder === undefined ? stream : stream.withCoder(this.coder);
  }

  private get watermark(): Timestamp {
    let watermark = MIN_TIMESTAMP;
    for (const event of this.events) if (event.kind === "watermark") watermark = event.to;
    return watermark;
  }

  private with(event: TestStreamEvent): TestStream<T> {
    return new TestStream([...this.events, event], this.coder);
  }
}

function requireTimestamp(action: string, timestamp: Timestamp): void {
  if (typeof timestamp === "number" && !Number.isNaN(timestamp)) return;
  throw new BeamlineError(
    "BAD_TIMESTAMP",
    `Cannot ${action} in a test stream: ${String(timestamp)} is no timestamp; give milliseconds since the epoch`,
  );
}
