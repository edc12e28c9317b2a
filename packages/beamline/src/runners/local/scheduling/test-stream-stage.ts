import { ByteWriter } from "../../../bytes/byte-writer.js";
import { writeMeta } from "../../../engine/meta-codec.js";
import type { TestStreamEvent } from "../../../graph/nodes.js";
import { IMPULSE_META } from "../../../model/element-meta.js";
import { internalError } from "../../../model/errors.js";
import { MAX_TIMESTAMP, MIN_TIMESTAMP, type Timestamp } from "../../../model/time.js";
import type { BundleOutput } from "../bundle-work.js";
import type { PlannedStage, PlannedTestStream } from "../plan.js";
import type { StageProgress } from "./stage-progress.js";
import { StreamingStage } from "./streaming-stage.js";
import type { Task } from "./task.js";

/** A stage whose input, watermark and clock a test drives, one event after the other. */
export class TestStreamStage implements StageProgress {
  readonly stage: PlannedStage;
  private readonly stream: PlannedTestStream;
  private readonly inner: StreamingStage;
  private watermark: Timestamp = MIN_TIMESTAMP;
  private at = 0;

  constructor(stage: PlannedStage, stream: PlannedTestStream) {
    this.stage = stage;
    this.stream = stream;
    this.inner = new StreamingStage(stage, 1);
  }

  get state(): "waiting" | "running" | "done" {
    return this.inner.state;
  }

  get inputWatermark(): Timestamp {
    return this.inner.inputWatermark;
  }

  get outputWatermark(): Timestamp {
    return this.inner.outputWatermark;
  }

  get nextWake(): undefined {
    return undefined;
  }

  /**
   * Lets the next event happen, or the end of the stream. Call it only when nothing else can go on.
   *
   * @returns By how much the clock is to be turned.
   */
  step(): number {
    const event = this.stream.events[this.at++];
    if (event === undefined) {
      this.watermark = MAX_TIMESTAMP;
      return 0;
    }
    switch (event.kind) {
      case "elements":
        this.emit(event);
        return 0;
      case "watermark":
        this.watermark = Math.max(this.watermark, event.to);
        return 0;
      case "processingTime":
        return event.by;
    }
  }

  get hasEnded(): boolean {
    return this.at > this.stream.events.length;
  }

  offer(): void {
    throw internalError("A test stream has no input");
  }

  take(_upstream: Timestamp, now: number): Task[] {
    return this.inner.take(this.watermark, now, () => true);
  }

  split(): never {
    throw internalError("Bundles of a stream end by themselves");
  }

  commit(task: Task, output: BundleOutput, now: number): void {
    this.inner.commit(task, output, now);
  }

  private emit({ elements }: Extract<TestStreamEvent, { kind: "elements" }>): void {
    const out = new ByteWriter(1024);
    let minTimestamp = MAX_TIMESTAMP;
    for (const { value, timestamp } of elements) {
      writeMeta({ ...IMPULSE_META, timestamp }, out);
      this.stream.coder.encode(value, out);
      minTimestamp = Math.min(minTimestamp, timestamp);
    }
    const bytes = out.toBytes();
    this.inner.offer([
      {
        bytes,
        records: elements.length,
        weight: bytes.length,
        partition: 0,
        form: "timed",
        minTimestamp,
      },
    ]);
  }
}
