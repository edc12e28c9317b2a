import type { BundleContext, Counter, ElementContext, ProcessContext } from "../fn/context.js";
import { type ElementMeta, IMPULSE_META } from "../model/element-meta.js";
import { BeamlineError, internalError } from "../model/errors.js";
import type { Pane } from "../model/pane.js";
import type { Timestamp } from "../model/time.js";
import type { Window } from "../model/window.js";
import type { OperatorContext } from "./operator.js";
import { specialise } from "./specialise.js";
import { Turn } from "./turn.js";

/** The `ctx` of user functions. One per step, reused: `meta` moves on with the elements. */
export class StepContext implements ElementContext {
  meta: ElementMeta = IMPULSE_META;
  protected readonly operator: OperatorContext;

  constructor(operator: OperatorContext) {
    this.operator = operator;
  }

  get timestamp(): Timestamp {
    return this.meta.timestamp;
  }

  get window(): Window {
    const [window] = this.meta.windows;
    if (window === undefined) throw internalError("An element is in no window");
    return window;
  }

  get pane(): Pane {
    return this.meta.pane;
  }

  get signal(): AbortSignal {
    return this.operator.scope.signal;
  }

  counter(name: string): Counter {
    return this.operator.metrics.counter(name);
  }

  /** A copy for a call that outlives its turn. */
  fork(): StepContext {
    const copy = new StepContext(this.operator);
    copy.meta = this.meta;
    return copy;
  }
}

type AnyTags = Record<string, unknown>;

/** The `ctx` of DoFns: also emits. */
export class OutputContext
  extends StepContext
  implements ProcessContext<unknown, AnyTags>, BundleContext<unknown, AnyTags>
{
  readonly output: (value: unknown) => void;
  private readonly turn = new Turn();

  constructor(operator: OperatorContext) {
    super(operator);
    this.output = specialise(
      { ctx: this, next: operator.main },
      "(value) => { next(value, ctx.meta); }",
    );
  }

  outputTo(tag: string, value: unknown): void {
    const receive = this.operator.outputs.get(tag);
    if (receive === undefined) {
      const declared = [...this.operator.outputs.keys()].join('", "');
      throw new BeamlineError(
        "UNKNOWN_TAG",
        `Cannot emit to "${tag}" in "${this.operator.step.name}": its outputs are "${declared}"; name the tag where the DoFn is applied: parDo(make, ["${tag}"])`,
      );
    }
    receive(value, this.meta);
  }

  ready(): Promise<void> | undefined {
    const { scope, downstream } = this.operator;
    // An asynchronous call holds the scope's attention itself, so time comes first.
    if (this.turn.isLate()) return this.turn.pass().then(() => scope.clear(downstream));
    return scope.attention ? scope.clear(downstream) : undefined;
  }
}
