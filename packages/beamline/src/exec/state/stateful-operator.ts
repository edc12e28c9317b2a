import { js } from "../../coders/js.js";
import { type DoFnSignature, declarationsOf } from "../../fn/do-fn-signature.js";
import type { Declarations } from "../../fn/state/declarations.js";
import type { AnyDoFn, UserFn } from "../../fn/user-fn.js";
import { BeamlineError, internalError } from "../../model/errors.js";
import { DROPPED_LATE } from "../../model/metric.js";
import { NO_FIRING } from "../../model/pane.js";
import { EXPIRATION_FAMILY, SORTED_INPUT, type TimerRecord } from "../../model/state-scope.js";
import { maxTimestamp } from "../../model/window.js";
import { DoFnOperator } from "../do-fn-operator.js";
import { isThenable } from "../function-operators.js";
import type { Operator, OperatorContext } from "../operator.js";
import type { Process } from "../process-operator.js";
import { type BoundScope, ScopeTable } from "./scope-table.js";
import { type SortedElement, SortedInput } from "./sorted-input.js";
import { StepTimers } from "./step-timers.js";
import { FiringContext } from "./timer-context.js";

/** A timer on its way to its callback, among the elements. */
class Firing {
  readonly timer: TimerRecord;

  constructor(timer: TimerRecord) {
    this.timer = timer;
  }

  /** For error messages. */
  toJSON(): string {
    return `timer ${this.timer.family}`;
  }
}

type Pair = readonly [key: unknown, value: unknown];

/**
 * The operator of a DoFn that keeps state or sets timers: gives its fields the key and window of
 * each element, fires timers, and expires windows. User code runs for one element or timer at a
 * time, also where it is asynchronous.
 */
export class StatefulOperator extends DoFnOperator implements Operator {
  private readonly signature: DoFnSignature;
  private readonly scopes: ScopeTable;
  private readonly timers: StepTimers;
  private readonly firing: FiringContext;
  private readonly sorted: SortedInput | undefined;
  private readonly expiresItself: boolean;
  private current: BoundScope | undefined;
  private declarations: Declarations | undefined;

  constructor(
    context: OperatorContext,
    { make }: Extract<UserFn, { kind: "doFn" }>,
    signature: DoFnSignature,
  ) {
    super(context, make);
    const { step, inputCoder, options } = context;
    const [keyCoder = js, valueCoder = js] = inputCoder?.components ?? [];
    const { state, timers } = options;
    if (timers === undefined) throw internalError(`Nobody provides the timers of "${step.name}"`);
    this.signature = signature;
    this.scopes = new ScopeTable(step.name, signature.cells, keyCoder, step.windowing, state);
    this.firing = new FiringContext(context);
    this.timers = new StepTimers(step.name, timers, () => this.caller());
    this.expiresItself =
      signature.onWindowExpiration && !timers.isRunnerManaged(step.name, EXPIRATION_FAMILY);
    if (signature.requiresTimeSortedInput && !timers.isRunnerManaged(step.name, SORTED_INPUT)) {
      if (state === undefined) throw internalError(`Nobody provides the state of "${step.name}"`);
      this.sorted = new SortedInput(step.name, state, timers, valueCoder);
    }
  }

  readonly fire = (timer: TimerRecord): void => {
    const { window } = this.scopes.of(timer.scope);
    this.submit(new Firing(timer), {
      timestamp: timer.holdTimestamp,
      windows: [window],
      pane: NO_FIRING,
    });
  };

  /** The keys so far will not come again: what is known of them need not be written back. */
  readonly forgetKeys = (): void => {
    this.scopes.clear();
    this.timers.startBundle();
    this.unbind();
  };

  override async startBundle(): Promise<void> {
    this.scopes.startBundle();
    this.sorted?.startBundle();
    this.timers.startBundle();
    this.current = undefined;
    await super.startBundle();
  }

  override async finishBundle(): Promise<void> {
    await this.idle();
    this.unbind();
    await super.finishBundle();
    this.scopes.flush();
  }

  protected override elementOf(value: unknown): unknown {
    if (!(value instanceof Firing)) return value;
    const { family, tag, scope } = value.timer;
    return { timer: family, ...(tag === "" ? {} : { tag }), key: this.scopes.of(scope).key };
  }

  protected override settled(): void {
    this.unbind();
  }

  protected override processOf(doFn: AnyDoFn): Process {
    const { ctx, firing } = this;
    firing.skew = ctx.skew;
    firing.finalizes = ctx.finalizes;
    this.declarations = declarationsOf(doFn);
    this.bindFields();
    const element =
      this.sorted === undefined
        ? (pair: unknown) => this.done(doFn.process(pair as never, ctx))
        : (pair: unknown) => this.keepSorted(this.sorted, pair as Pair);
    return (value) => {
      if (value instanceof Firing) return this.runTimer(doFn, value.timer);
      if (!Array.isArray(value) || value.length !== 2) throw notAPair();
      const bound = this.scopeOf(value[0]);
      if (bound === undefined) return undefined;
      this.current = bound;
      const prepared = this.prepare(bound);
      return prepared === undefined ? element(value) : prepared.then(() => element(value));
    };
  }

  /** The scope of a key in the window at hand; undefined, and counted, where it has expired. */
  private scopeOf(key: unknown): BoundScope | undefined {
    const { window } = this.ctx;
    const { port } = this.timers;
    const known = this.scopes.find(key, window);
    const bound = known ?? this.scopes.add(key, window);
    if (port.watermark > bound.scope.expiry) {
      this.dropLate();
      return undefined;
    }
    if (known !== undefined) return known;
    if (this.expiresItself) this.expireLater(bound);
    return bound;
  }

  private dropLate(): undefined {
    this.ctx.counter(DROPPED_LATE).inc();
  }

  private expireLater({ scope, window }: BoundScope): void {
    this.timers.port.set({
      step: this.context.step.name,
      family: EXPIRATION_FAMILY,
      tag: "",
      scope,
      domain: "event-time",
      fireTimestamp: scope.expiry,
      holdTimestamp: Math.min(maxTimestamp(window), scope.expiry),
    });
  }

  /** State that is not at hand is fetched before user code, which reads it synchronously, runs. */
  private prepare({ scope, cells }: BoundScope): Promise<void> | undefined {
    const { options, step } = this.context;
    if (cells.length > 0 || options.state?.prepare === undefined) return undefined;
    const wanted = this.signature.cells.map(({ name, spec }) => ({ name, kind: spec.kind }));
    if (this.sorted !== undefined) wanted.push({ name: SORTED_INPUT, kind: "orderedList" });
    return options.state.prepare(step.name, wanted, scope);
  }

  private keepSorted(sorted: SortedInput | undefined, [, value]: Pair): undefined {
    const { timestamp } = this.ctx;
    if (sorted?.isLate(timestamp) === true) this.dropLate();
    else sorted?.add(this.bound().scope, value, timestamp);
    this.unbind();
  }

  /** Runs a timer's callback, and before it those that this bundle has set for an earlier time. */
  private runTimer(doFn: AnyDoFn, timer: TimerRecord): unknown {
    const earlier = this.timers.takeEarlierThan(timer);
    if (earlier !== undefined) {
      const result = this.call(doFn, earlier);
      if (isThenable(result)) return result.then(() => this.runTimer(doFn, timer));
      return this.runTimer(doFn, timer);
    }
    if (!this.timers.takes(timer)) return undefined;
    return this.call(doFn, timer);
  }

  private call(doFn: AnyDoFn, timer: TimerRecord): unknown {
    const bound = this.scopes.of(timer.scope);
    this.current = bound;
    const prepared = this.prepare(bound);
    if (prepared !== undefined) return prepared.then(() => this.callback(doFn, timer, bound));
    return this.callback(doFn, timer, bound);
  }

  private callback(doFn: AnyDoFn, timer: TimerRecord, { key, window }: BoundScope): unknown {
    const { firing, ctx } = this;
    const { family, holdTimestamp } = timer;
    ctx.meta = { timestamp: holdTimestamp, windows: [window], pane: NO_FIRING };
    if (family === SORTED_INPUT) return this.processSorted(doFn, timer);
    firing.meta = ctx.meta;
    firing.moveTo(key, timer);
    if (family === EXPIRATION_FAMILY) return this.done(doFn.onWindowExpiration?.(firing as never));
    const index = this.signature.timers.findIndex(({ name }) => name === family);
    const declared = this.declarations?.timers[index];
    if (declared === undefined) throw noSuchTimer(this.context.step.name, family);
    return this.done(declared.spec.callback(firing as never));
  }

  private processSorted(doFn: AnyDoFn, { scope, fireTimestamp }: TimerRecord): unknown {
    const bound = this.bound();
    const elements = this.sorted?.take(scope, fireTimestamp) ?? [];
    const next = (from: number): unknown => {
      for (let i = from; i < elements.length; i++) {
        const result = this.processOne(doFn, bound, elements[i] as SortedElement);
        if (isThenable(result)) return result.then(() => next(i + 1));
      }
      return this.done(undefined);
    };
    return next(0);
  }

  /** Calls `process` and sees to what it returns. */
  private processOne(doFn: AnyDoFn, bound: BoundScope, element: SortedElement): unknown {
    const { ctx } = this;
    this.current = bound;
    ctx.meta = { timestamp: element.timestamp, windows: [bound.window], pane: NO_FIRING };
    const result = doFn.process([bound.key, element.value] as never, ctx);
    return result === undefined ? undefined : this.emitOrWait(result);
  }

  /** What a call returned; after nothing the fields are free again. */
  private done<Result>(result: Result): Result {
    if (result === undefined) this.unbind();
    return result;
  }

  private bindFields(): void {
    const { declarations, signature, scopes, timers } = this;
    if (declarations === undefined) return;
    const handles = signature.timers.map(({ name, domain }) => timers.handle(name, domain));
    declarations.binding = {
      cell: (index) => scopes.cell(this.bound(), index),
      timer: (index) => {
        this.bound();
        const handle = handles[index];
        if (handle === undefined) throw internalError(`No timer ${index}`);
        return handle;
      },
    };
  }

  private bound(): BoundScope {
    if (this.current === undefined) throw outsideOfCall(this.context.step.name);
    return this.current;
  }

  private unbind(): void {
    this.current = undefined;
  }

  private caller() {
    return { scope: this.bound().scope, timestamp: this.ctx.timestamp };
  }
}

function notAPair(): TypeError {
  return new TypeError("state and timers need [key, value] pairs: call keyBy() first");
}

function outsideOfCall(step: string): BeamlineError {
  return new BeamlineError(
    "STATE_OUTSIDE_OF_CALL",
    `Cannot use the state or a timer of "${step}" now: it belongs to the key and window of an element, and none is being processed; use it before process(), or the timer's callback, has returned`,
  );
}

function noSuchTimer(step: string, family: string): BeamlineError {
  return internalError(`"${step}" has no timer "${family}"`);
}
