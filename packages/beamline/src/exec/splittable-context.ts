import type { SplittableContext } from "../fn/splittable-do-fn.js";
import type { WatermarkEstimator } from "../fn/watermark-estimator.js";
import { type Duration, toMilliseconds } from "../model/duration.js";
import { BeamlineError } from "../model/errors.js";
import type { Timestamp } from "../model/time.js";
import type { Receive } from "./receive.js";
import { OutputContext } from "./step-context.js";

/** The `ctx` of a splittable DoFn: also asks to be called again, and knows the watermark. */
export class ResumableContext
  extends OutputContext
  implements SplittableContext<unknown, Record<string, unknown>, never>
{
  estimator: WatermarkEstimator<unknown> | undefined;
  /** What the running call has asked for. */
  resumeDelayMs: number | undefined;

  resumeAfter(delay: Duration): void {
    this.resumeDelayMs = toMilliseconds(delay, `resume "${this.operator.step.name}"`);
  }

  get watermark(): Timestamp {
    return this.estimator?.currentWatermark() ?? this.meta.timestamp;
  }

  set watermark(timestamp: Timestamp) {
    if (this.estimator?.set === undefined) {
      throw new BeamlineError(
        "NO_MANUAL_WATERMARK",
        `Cannot set the watermark in "${this.operator.step.name}": its watermark is estimated in another way, or not at all; declare \`readonly watermarkEstimation = manualWatermark()\``,
      );
    }
    this.estimator.set(timestamp);
  }

  override outputTo(tag: string, value: unknown, timestamp?: Timestamp): void {
    this.estimator?.observe?.(timestamp ?? this.meta.timestamp);
    super.outputTo(tag, value, timestamp);
  }

  protected override makeOutput(next: Receive): (value: unknown, timestamp?: Timestamp) => void {
    const output = super.makeOutput(next);
    return (value, timestamp) => {
      this.estimator?.observe?.(timestamp ?? this.meta.timestamp);
      output(value, timestamp);
    };
  }
}
