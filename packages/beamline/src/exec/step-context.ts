import type { ElementContext, ProcessContext } from "../fn/context.js";
import type { TextContext, TextOutput } from "../fn/text-output.js";
import { type ElementMeta, IMPULSE_META } from "../model/element-meta.js";
import { BeamlineError, internalError } from "../model/errors.js";
import type { Pane } from "../model/pane.js";
import { specialise } from "../model/specialise.js";
import type { Timestamp } from "../model/time.js";
import type { Window } from "../model/window.js";
import { StepMetricsContext } from "./metrics-context.js";
import type { OperatorContext } from "./operator.js";
import { registerFinalizer, requireTimestamp, taggedOutput } from "./outputs.js";
import type { Receive } from "./receive.js";
import { NO_SIDE_VIEWS } from "./side-inputs/side-inputs.js";
import { Turn } from "./turn.js";

/** The `ctx` of user functions. One per step, reused: `meta` moves on with the elements. */
export class StepContext extends StepMetricsContext implements ElementContext<never> {
  meta: ElementMeta = IMPULSE_META;
  /** Of the type that the function was checked against where it was applied. */
  readonly side: never;

  constructor(operator: OperatorContext) {
    super(operator);
    this.side = (operator.sideInputs?.viewsFor(this) ?? NO_SIDE_VIEWS) as never;
  }

  get timestamp(): Timestamp {
    return this.meta.timestamp;
  }

  get window(): Window {
    const { windows } = this.meta;
    const [window] = windows;
    if (window === undefined) throw internalError("An element is in no window");
    if (windows.length > 1) throw severalWindows(this.operator.step.name, windows.length);
    return window;
  }

  get pane(): Pane {
    return this.meta.pane;
  }

  get signal(): AbortSignal {
    return this.operator.scope.signal;
  }

  /** A copy for a call that outlives its turn. */
  fork(): StepContext {
    const copy = new StepContext(this.operator);
    copy.meta = this.meta;
    return copy;
  }
}

/** Steps hand such an element on window by window only if they see that the function can tell. */
function severalWindows(step: string, count: number): BeamlineError {
  return new BeamlineError(
    "SEVERAL_WINDOWS",
    `Cannot tell the window of an element in "${step}": it is in ${count} of them, and the function does not declare that it uses the context; write it with two parameters, (element, ctx) => ...`,
  );
}

const OUTPUT = `(value, timestamp) => {
  next(value, timestamp === undefined ? ctx.meta : ctx.stamped(timestamp));
}`;

const OUTPUT_TEXT = "(bytes, start, end) => next(bytes, start, end, ctx.meta)";

type AnyTags = Record<string, unknown>;

/** The `ctx` of DoFns: also emits. */
export class OutputContext
  extends StepContext
  implements ProcessContext<unknown, AnyTags, never>, TextContext
{
  readonly output: (value: unknown, timestamp?: Timestamp) => void;
  /** The same for a string that is still bytes; undefined where nobody below takes them. */
  outputText: TextOutput | undefined;
  /** Milliseconds by which an output may lie before its element. */
  skew = 0;
  finalizes = false;
  private readonly turn = new Turn();

  constructor(operator: OperatorContext) {
    super(operator);
    this.output = this.makeOutput(operator.main);
    const { text: next } = operator.mainPorts;
    this.outputText =
      next === undefined ? undefined : specialise<TextOutput>({ ctx: this, next }, OUTPUT_TEXT);
  }

  outputTo(tag: string, value: unknown, timestamp?: Timestamp): void {
    const receive = taggedOutput(this.operator, tag);
    receive(value, timestamp === undefined ? this.meta : this.stamped(timestamp));
  }

  afterCommit(callback: () => void | Promise<void>): void {
    registerFinalizer(this.operator, this.finalizes, callback);
  }

  /** The element's meta with another timestamp. */
  stamped(timestamp: Timestamp): ElementMeta {
    const { meta } = this;
    if (timestamp === meta.timestamp) return meta;
    requireTimestamp(this.operator.step.name, timestamp, meta.timestamp, this.skew);
    return { timestamp, windows: meta.windows, pane: meta.pane };
  }

  protected makeOutput(next: Receive): (value: unknown, timestamp?: Timestamp) => void {
    return specialise({ ctx: this, next }, OUTPUT);
  }

  ready(): Promise<void> | undefined {
    const { scope, downstream } = this.operator;
    // An asynchronous call holds the scope's attention itself, so time comes first.
    if (this.turn.isLate()) return this.turn.pass().then(() => scope.clear(downstream));
    return scope.attention ? scope.clear(downstream) : undefined;
  }
}
