import type { BundleContext } from "../fn/context.js";
import { type ElementMeta, IMPULSE_META } from "../model/element-meta.js";
import { BeamlineError } from "../model/errors.js";
import { NO_FIRING } from "../model/pane.js";
import { MIN_TIMESTAMP, type Timestamp } from "../model/time.js";
import { GLOBAL_WINDOW, maxTimestamp, type Window } from "../model/window.js";
import { StepMetricsContext } from "./metrics-context.js";
import { registerFinalizer, requireTimestamp, taggedOutput } from "./outputs.js";
import { Turn } from "./turn.js";

/** The `ctx` of startBundle and finishBundle: emits outside of any element. */
export class BundleOutputContext
  extends StepMetricsContext
  implements BundleContext<unknown, Record<string, unknown>>
{
  finalizes = false;
  private readonly turn = new Turn();

  get signal(): AbortSignal {
    return this.operator.scope.signal;
  }

  output(value: unknown, timestamp?: Timestamp, window?: Window): void {
    this.operator.main(value, this.metaOf(timestamp, window));
  }

  outputTo(tag: string, value: unknown, timestamp?: Timestamp, window?: Window): void {
    taggedOutput(this.operator, tag)(value, this.metaOf(timestamp, window));
  }

  afterCommit(callback: () => void | Promise<void>): void {
    registerFinalizer(this.operator, this.finalizes, callback);
  }

  ready(): Promise<void> | undefined {
    const { scope, downstream } = this.operator;
    if (this.turn.isLate()) return this.turn.pass().then(() => scope.clear(downstream));
    return scope.attention ? scope.clear(downstream) : undefined;
  }

  private metaOf(timestamp: Timestamp | undefined, window: Window | undefined): ElementMeta {
    const { step } = this.operator;
    if (window === undefined && (step.windowing?.windowFn.kind ?? "global") !== "global") {
      throw new BeamlineError(
        "NO_WINDOW",
        `Cannot emit from startBundle or finishBundle of "${step.name}": its input is windowed, and no element says in which window; pass it: ctx.output(value, timestamp, window)`,
      );
    }
    if (timestamp === undefined && window === undefined) return IMPULSE_META;
    const at = timestamp ?? maxTimestamp(window ?? GLOBAL_WINDOW);
    requireTimestamp(step.name, at, MIN_TIMESTAMP, 0);
    return { timestamp: at, windows: [window ?? GLOBAL_WINDOW], pane: NO_FIRING };
  }
}
