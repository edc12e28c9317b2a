import type { UserFn } from "../fn/user-fn.js";
import type { ElementMeta } from "../model/element-meta.js";
import type { Congestible } from "./bundle-scope.js";
import { eachWindow } from "./each-window.js";
import { Fifo } from "./fifo.js";
import type { Operator, OperatorContext } from "./operator.js";
import type { Receive } from "./receive.js";
import { StepContext } from "./step-context.js";
import { userCodeError } from "./user-code-error.js";

type AsyncFn = Extract<UserFn, { kind: "mapAsync" }>;

interface Waiting {
  readonly value: unknown;
  readonly meta: ElementMeta;
}

/** A call under way, or one that is done while an earlier one, whose result goes first, is not. */
interface Slot {
  readonly meta: ElementMeta;
  done: boolean;
  result: unknown;
}

/**
 * The operator of `mapAsync`: up to `concurrency` calls under way, the rest waiting, so that
 * emitters upstream see congestion and pause.
 */
export class AsyncMapOperator implements Operator, Congestible {
  readonly congestion = this;
  private readonly context: OperatorContext;
  private readonly fn: AsyncFn;
  private readonly stepContext: StepContext;
  private readonly waiting = new Fifo<Waiting>();
  /** Calls under way and, in ordered mode, results that wait for their turn. */
  private readonly order = new Fifo<Slot>();
  private inFlight = 0;
  private holding = false;
  private paused = false;
  readonly receive: Receive;

  constructor(context: OperatorContext, fn: AsyncFn) {
    this.context = context;
    this.fn = fn;
    this.stepContext = new StepContext(context);
    this.receive = eachWindow(context, fn.fn, (value, meta) => {
      context.metrics.elements++;
      this.waiting.push({ value, meta });
      this.pump();
    });
  }

  get congested(): boolean {
    return this.waiting.length > 0;
  }

  startBundle(): void {
    this.waiting.clear();
    this.order.clear();
    this.inFlight = 0;
    this.holding = false;
    this.paused = false;
  }

  async finishBundle(): Promise<void> {
    const { scope } = this.context;
    while (this.inFlight > 0 || this.waiting.length > 0) {
      scope.throwIfFailed();
      await scope.nextWake();
    }
    scope.throwIfFailed();
  }

  /** Starts what may start, and tells the scope whether elements have to wait here. */
  private pump(): void {
    while (this.inFlight < this.fn.concurrency && !this.mustPause()) {
      const waiting = this.waiting.shift();
      if (waiting === undefined) break;
      this.start(waiting);
    }
    if (this.congested === this.holding) return;
    this.holding = this.congested;
    if (this.holding) this.context.scope.hold();
    else this.context.scope.release();
  }

  /** Starts no calls whose results the operators below have no room for. */
  private mustPause(): boolean {
    const { downstream, scope } = this.context;
    if (!scope.attention || !downstream.some((operator) => operator.congested)) return false;
    if (!this.paused) {
      this.paused = true;
      void scope.nextWake().then(() => {
        this.paused = false;
        if (!scope.signal.aborted) this.pump();
      });
    }
    return true;
  }

  private start({ value, meta }: Waiting): void {
    this.inFlight++;
    const slot: Slot = { meta, done: false, result: undefined };
    if (this.fn.ordered) this.order.push(slot);
    this.stepContext.meta = meta;
    void this.run(value as never, this.stepContext.fork(), slot);
  }

  /** Never rejects: failures go to the scope. */
  private async run(value: never, ctx: StepContext, slot: Slot): Promise<void> {
    const { scope } = this.context;
    const { signal } = scope;
    scope.enter();
    try {
      slot.result = await this.call(value, ctx);
      if (signal.aborted) return;
      slot.done = true;
      this.emit(slot);
      this.pump();
      scope.wake();
    } catch (error) {
      if (!signal.aborted) scope.fail(error);
    } finally {
      scope.leave();
    }
  }

  private async call(value: never, ctx: StepContext): Promise<unknown> {
    try {
      return await this.fn.fn(value, ctx);
    } catch (cause) {
      throw userCodeError(this.context.step.name, cause, value);
    }
  }

  private emit(slot: Slot): void {
    if (!this.fn.ordered) {
      this.inFlight--;
      this.context.main(slot.result, slot.meta);
      return;
    }
    for (let first = this.order.peek(); first?.done === true; first = this.order.peek()) {
      this.order.shift();
      this.inFlight--;
      this.context.main(first.result, first.meta);
    }
  }
}
