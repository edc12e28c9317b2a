import type { RestrictionTracker } from "../fn/restriction-tracker.js";
import type { AnySplittableDoFn } from "../fn/user-fn.js";
import { internalError } from "../model/errors.js";
import type { ActiveRestriction } from "./active-restriction.js";
import { isIterable, isThenable } from "./function-operators.js";
import type { Operator, OperatorContext } from "./operator.js";
import { isAsyncIterable, ProcessOperator } from "./process-operator.js";

/** An element with its restriction and watermark estimator state (unused in batch). */
export type Restricted = readonly [element: unknown, restriction: readonly [unknown, null]];

/** The same with the size of its restriction. */
export type SizedRestriction = readonly [restricted: Restricted, size: number];

export type SplittableStep = "pairWithRestriction" | "splitAndSize" | "processSized";

/**
 * The three steps of a splittable DoFn (`beam:transform:sdf_pair_with_restriction:v1`,
 * `..._split_and_size_restrictions:v1`, `..._process_sized_element_and_restrictions:v1`).
 */
export class SplittableOperator extends ProcessOperator implements Operator {
  private readonly fn: AnySplittableDoFn;
  private readonly splittableStep: SplittableStep;
  /** Of the call that began last. */
  private current: ActiveRestriction | undefined;
  private currentSize = 0;
  private earlierSize = 0;

  constructor(context: OperatorContext, step: SplittableStep, make: () => AnySplittableDoFn) {
    super(context);
    this.fn = make();
    this.splittableStep = step;
    this.use(this.processOf(step));
  }

  protected override elementOf(value: unknown): unknown {
    switch (this.splittableStep) {
      case "pairWithRestriction":
        return value;
      case "splitAndSize":
        return (value as Restricted)[0];
      case "processSized":
        return (value as SizedRestriction)[0][0];
    }
  }

  private processOf(step: SplittableStep): (value: unknown) => unknown {
    switch (step) {
      case "pairWithRestriction":
        return (element) => this.pair(element as never);
      case "splitAndSize":
        return (restricted) => this.split(restricted as Restricted);
      case "processSized":
        return (sized) => this.run(sized as SizedRestriction);
    }
  }

  private pair(element: never): Iterable<Restricted> | Promise<Iterable<Restricted>> {
    const paired = (restriction: unknown): Restricted[] => [[element, [restriction, null]]];
    const restriction = this.fn.initialRestriction(element);
    return restriction instanceof Promise ? restriction.then(paired) : paired(restriction);
  }

  private *split([element, [restriction]]: Restricted): Iterable<SizedRestriction> {
    const hints = { parallelism: this.context.parallelism };
    for (const part of this.fn.split(element as never, restriction, hints)) {
      yield [[element, [part, null]], this.fn.size(element as never, part)];
    }
  }

  override startBundle(): void | Promise<void> {
    this.current = undefined;
    this.currentSize = 0;
    this.earlierSize = 0;
    return super.startBundle();
  }

  get sizeDone(): number {
    const fraction = this.current === undefined ? 0 : this.current.fractionDone();
    return this.earlierSize + this.currentSize * fraction;
  }

  get activeRestriction(): ActiveRestriction | undefined {
    return this.isBusy ? this.current : undefined;
  }

  private run([[element, [restriction]], size]: SizedRestriction): unknown {
    this.earlierSize += this.currentSize;
    this.currentSize = size;
    const tracker = this.fn.newTracker(restriction);
    if (tracker === undefined) throw internalError(`"${this.context.step.name}" made no tracker`);
    this.current = this.active(element, tracker);
    const result: unknown = this.fn.process(element as never, tracker, this.ctx);
    if (isThenable(result)) return result.then((items) => itemsThenCheck(items, tracker));
    return itemsThenCheck(result, tracker);
  }

  private active(
    element: unknown,
    tracker: RestrictionTracker<unknown, unknown>,
  ): ActiveRestriction {
    const sized = (restriction: unknown): SizedRestriction => [
      [element, [restriction, null]],
      this.fn.size(element as never, restriction),
    ];
    return {
      meta: this.ctx.meta,
      fractionDone() {
        const { completed, remaining } = tracker.progress();
        return completed + remaining > 0 ? completed / (completed + remaining) : 1;
      },
      split(fraction) {
        const split = tracker.trySplit(fraction);
        return split && { primary: sized(split.primary), residual: sized(split.residual) };
      },
    };
  }
}

interface Checked {
  checkDone(): void;
}

/** What `process` returned, and after the last item the check that all of the restriction is done. */
function itemsThenCheck(items: unknown, tracker: Checked): unknown {
  if (isAsyncIterable(items)) return checkedStream(items, tracker);
  if (isIterable(items)) return checkedItems(items, tracker);
  tracker.checkDone();
  return items;
}

function* checkedItems(items: Iterable<unknown>, tracker: Checked): Iterable<unknown> {
  yield* items;
  tracker.checkDone();
}

async function* checkedStream(
  items: AsyncIterable<unknown>,
  tracker: Checked,
): AsyncIterable<unknown> {
  yield* items;
  tracker.checkDone();
}
