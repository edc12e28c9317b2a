import type { RestrictionTracker } from "../fn/restriction-tracker.js";
import type { AnySplittableDoFn } from "../fn/user-fn.js";
import type { WatermarkEstimator } from "../fn/watermark-estimator.js";
import { SYSTEM_CLOCK } from "../model/clock.js";
import { toMilliseconds } from "../model/duration.js";
import { internalError } from "../model/errors.js";
import type { ActiveRestriction } from "./active-restriction.js";
import { isIterable, isThenable } from "./function-operators.js";
import type { Operator, OperatorContext } from "./operator.js";
import { isAsyncIterable, type Process, ProcessOperator } from "./process-operator.js";
import { ResumableContext } from "./splittable-context.js";
import { type CutOff, watchClaims } from "./watch-claims.js";

/** An element with its restriction and the state of its watermark estimator (null without one). */
export type Restricted = readonly [element: unknown, restriction: readonly [unknown, unknown]];

/** The same with the size of its restriction. */
export type SizedRestriction = readonly [restricted: Restricted, size: number];

export type SplittableStep = "pairWithRestriction" | "splitAndSize" | "truncate" | "processSized";

/** One call of `process`. */
interface Call {
  readonly element: unknown;
  readonly tracker: RestrictionTracker<unknown, unknown>;
  readonly cutOff: CutOff;
  readonly active: ActiveRestriction;
}

/**
 * The steps of a splittable DoFn (`beam:transform:sdf_pair_with_restriction:v1`,
 * `..._split_and_size_restrictions:v1`, `..._truncate_sized_restrictions:v1`,
 * `..._process_sized_element_and_restrictions:v1`).
 */
export class SplittableOperator extends ProcessOperator implements Operator {
  private readonly fn: AnySplittableDoFn;
  private readonly splittableStep: SplittableStep;
  private readonly resumable: ResumableContext;
  /** The call that is under way. */
  private current: Call | undefined;
  private currentSize = 0;
  private earlierSize = 0;

  constructor(context: OperatorContext, step: SplittableStep, make: () => AnySplittableDoFn) {
    const resumable = new ResumableContext(context);
    super(context, resumable);
    this.resumable = resumable;
    this.fn = make();
    const { allowedTimestampSkew = 0, finalizesBundles } = this.fn;
    resumable.skew = toMilliseconds(allowedTimestampSkew, `allow a skew in "${context.step.name}"`);
    resumable.finalizes = finalizesBundles === true;
    // An estimator observes each output.
    if (this.fn.watermarkEstimation !== undefined) resumable.outputText = undefined;
    this.splittableStep = step;
    this.use(this.processOf(step));
  }

  protected override elementOf(value: unknown): unknown {
    switch (this.splittableStep) {
      case "pairWithRestriction":
        return value;
      case "splitAndSize":
        return (value as Restricted)[0];
      case "truncate":
      case "processSized":
        return (value as SizedRestriction)[0][0];
    }
  }

  private processOf(step: SplittableStep): Process {
    switch (step) {
      case "pairWithRestriction":
        return (element) => this.pair(element as never);
      case "splitAndSize":
        return (restricted) => this.split(restricted as Restricted);
      case "truncate":
        return (sized) => this.truncate(sized as SizedRestriction);
      case "processSized":
        return (sized) => this.run(sized as SizedRestriction);
    }
  }

  private pair(element: never): Iterable<Restricted> | Promise<Iterable<Restricted>> {
    const state = this.fn.watermarkEstimation?.initialState(this.ctx.timestamp) ?? null;
    const paired = (restriction: unknown): Restricted[] => [[element, [restriction, state]]];
    const restriction = this.fn.initialRestriction(element);
    return restriction instanceof Promise ? restriction.then(paired) : paired(restriction);
  }

  private *split([element, [restriction, state]]: Restricted): Iterable<SizedRestriction> {
    const hints = { parallelism: this.context.parallelism };
    for (const part of this.fn.split(element as never, restriction, hints)) {
      yield this.sized(element, part, state);
    }
  }

  private truncate([[element, [restriction, state]]]: SizedRestriction): SizedRestriction[] {
    const rest = this.fn.truncate(element as never, restriction);
    return rest === undefined ? [] : [this.sized(element, rest, state)];
  }

  private sized(element: unknown, restriction: unknown, state: unknown): SizedRestriction {
    return [[element, [restriction, state]], this.fn.size(element as never, restriction)];
  }

  override startBundle(): void | Promise<void> {
    this.current = undefined;
    this.currentSize = 0;
    this.earlierSize = 0;
    return super.startBundle();
  }

  get sizeDone(): number {
    const fraction = this.current === undefined ? 0 : this.current.active.fractionDone();
    return this.earlierSize + this.currentSize * fraction;
  }

  get activeRestriction(): ActiveRestriction | undefined {
    return this.current?.active;
  }

  private run([[element, [restriction, state]], size]: SizedRestriction): unknown {
    this.currentSize = size;
    const tracker = this.fn.newTracker(restriction);
    if (tracker === undefined) throw internalError(`"${this.context.step.name}" made no tracker`);
    const { options } = this.context;
    const clock = options.clock ?? SYSTEM_CLOCK;
    const estimator = this.fn.watermarkEstimation?.make(state as never, clock);
    this.resumable.estimator = estimator;
    this.resumable.resumeDelayMs = undefined;
    const call: Call = {
      element,
      tracker,
      cutOff: watchClaims(tracker, options),
      active: this.active(element, tracker, estimator),
    };
    this.current = call;
    const result: unknown = this.fn.process(element as never, tracker, this.resumable);
    if (isThenable(result)) return result.then((items) => this.itemsThenEnd(items, call));
    return this.itemsThenEnd(result, call);
  }

  /** What `process` returned, and after the last item what has to follow. */
  private itemsThenEnd(items: unknown, call: Call): unknown {
    if (isAsyncIterable(items)) return this.endedStream(items, call);
    if (isIterable(items)) return this.endedItems(items, call);
    this.end(call);
    return items;
  }

  private *endedItems(items: Iterable<unknown>, call: Call): Iterable<unknown> {
    yield* items;
    this.end(call);
  }

  private async *endedStream(items: AsyncIterable<unknown>, call: Call): AsyncIterable<unknown> {
    yield* items;
    this.end(call);
  }

  /** Hands on what the call has left, then checks that it has done the rest. */
  private end({ element, tracker, cutOff }: Call): void {
    const { resumeDelayMs, estimator, meta } = this.resumable;
    if (resumeDelayMs !== undefined && cutOff.residual === undefined) {
      const split = tracker.trySplit(0);
      if (split !== undefined) cutOff.residual = { restriction: split.residual };
    }
    if (cutOff.residual !== undefined) {
      const { step, options } = this.context;
      if (options.onResidual === undefined) {
        throw internalError(`Nobody takes what "${step.name}" leaves for later`);
      }
      // Before the state is taken, since asking may move it on.
      const watermark = estimator?.currentWatermark();
      options.onResidual({
        step: step.name,
        value: this.sized(element, cutOff.residual.restriction, estimator?.state() ?? null),
        meta,
        resumeAfterMs: resumeDelayMs ?? 0,
        watermark,
      });
    }
    tracker.checkDone();
    this.earlierSize += this.currentSize;
    this.currentSize = 0;
    this.current = undefined;
  }

  private active(
    element: unknown,
    tracker: RestrictionTracker<unknown, unknown>,
    estimator: WatermarkEstimator<unknown> | undefined,
  ): ActiveRestriction {
    return {
      meta: this.ctx.meta,
      fractionDone() {
        const { completed, remaining } = tracker.progress();
        return completed + remaining > 0 ? completed / (completed + remaining) : 1;
      },
      split: (fraction) => {
        const split = tracker.trySplit(fraction);
        if (split === undefined) return undefined;
        const watermark = estimator?.currentWatermark();
        const state = estimator?.state() ?? null;
        return {
          primary: this.sized(element, split.primary, state),
          residual: this.sized(element, split.residual, state),
          watermark,
        };
      },
    };
  }
}
