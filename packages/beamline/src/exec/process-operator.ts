import type { ElementMeta } from "../model/element-meta.js";
import { specialise } from "../model/specialise.js";
import type { Congestible } from "./bundle-scope.js";
import { Fifo } from "./fifo.js";
import { isThenable } from "./function-operators.js";
import type { OperatorContext } from "./operator.js";
import type { Receive } from "./receive.js";
import { OutputContext } from "./step-context.js";
import { shorten, userCodeError } from "./user-code-error.js";

export type Process = (element: unknown) => unknown;

interface Waiting {
  readonly value: unknown;
  readonly meta: ElementMeta;
}

/**
 * Calls `process` one element at a time. A synchronous call costs no more than the call itself;
 * while an asynchronous one is under way, further elements wait here and upstream pauses.
 */
export abstract class ProcessOperator implements Congestible {
  readonly congestion = this;
  protected readonly context: OperatorContext;
  protected readonly ctx: OutputContext;
  private readonly waiting = new Fifo<Waiting>();
  private busy = false;
  private holding = false;
  private process: Process = () => undefined;
  readonly receive: Receive;

  constructor(context: OperatorContext, ctx = new OutputContext(context)) {
    this.context = context;
    this.ctx = ctx;
    const { metrics, step } = context;
    this.receive = specialise<Receive>(
      {
        self: this,
        ctx,
        metrics,
        call: (value: unknown) => this.process(value),
        failed: (cause: unknown, value: unknown) =>
          userCodeError(step.name, cause, this.elementOf(value)),
      },
      RECEIVE,
    );
  }

  get congested(): boolean {
    return this.busy;
  }

  startBundle(): void | Promise<void> {
    this.waiting.clear();
    this.busy = false;
    this.holding = false;
  }

  async finishBundle(): Promise<void> {
    await this.idle();
  }

  /** Resolves when no call is under way and no element waits. */
  protected async idle(): Promise<void> {
    const { scope } = this.context;
    while (this.busy) {
      scope.throwIfFailed();
      await scope.nextWake();
    }
    scope.throwIfFailed();
  }

  /** The user's element in what the operator receives, for errors. */
  protected elementOf(value: unknown): unknown {
    return value;
  }

  protected use(process: Process): void {
    this.process = process;
  }

  /** @internal An element of several windows is one element in each of them. */
  eachWindow(value: unknown, { timestamp, windows, pane }: ElementMeta): void {
    for (const window of windows) this.receive(value, { timestamp, windows: [window], pane });
    // It came once.
    this.context.metrics.elements -= windows.length;
  }

  /** Takes what is no element, after what came before it. */
  protected submit(value: unknown, meta: ElementMeta): void {
    if (this.busy) {
      this.wait(value, meta);
      return;
    }
    this.ctx.meta = meta;
    let result: unknown;
    try {
      result = this.process(value);
    } catch (cause) {
      throw userCodeError(this.context.step.name, cause, this.elementOf(value));
    }
    if (result !== undefined) this.take(result, value);
  }

  /** Called when all that a call of user code returned has been emitted, unless it was nothing. */
  protected settled(): void {}

  /** @internal An element arrived while an asynchronous call is under way. */
  wait(value: unknown, meta: ElementMeta): void {
    this.waiting.push({ value, meta });
  }

  /** @internal Takes what `process` returned. */
  take(result: unknown, value: unknown): void {
    if (isThenable(result) || isAsyncIterable(result)) {
      this.busy = true;
      this.hold(true);
      void this.finishAsync(result, value);
      return;
    }
    try {
      this.emitItems(result);
      this.settled();
    } catch (cause) {
      throw userCodeError(this.context.step.name, cause, this.elementOf(value));
    }
  }

  private emitItems(result: unknown): void {
    if (result === undefined) return;
    if (typeof result !== "object" || result === null || !(Symbol.iterator in result)) {
      throw new TypeError(
        `process() returned ${shorten(result)}; emit with ctx.output(value) or return an iterable of values`,
      );
    }
    for (const item of result as Iterable<unknown>) this.ctx.output(item);
  }

  /** Emits what a call returned; where that takes time, the promise resolves when it is done. */
  protected emitOrWait(result: unknown): Promise<void> | undefined {
    if (isThenable(result) || isAsyncIterable(result)) return this.settle(result);
    this.emitItems(result);
    return undefined;
  }

  /** Sees an asynchronous call through, then the elements that have waited. Never rejects. */
  private async finishAsync(first: unknown, firstValue: unknown): Promise<void> {
    const { scope, step } = this.context;
    const { signal } = scope;
    let value = firstValue;
    let result: unknown = first;
    scope.enter();
    try {
      for (;;) {
        await this.settle(result);
        this.settled();
        if (signal.aborted) return;
        const next = this.waiting.shift();
        if (next === undefined) break;
        value = next.value;
        this.ctx.meta = next.meta;
        result = this.process(next.value);
      }
      this.busy = false;
      this.hold(false);
    } catch (cause) {
      if (!signal.aborted) scope.fail(userCodeError(step.name, cause, this.elementOf(value)));
    } finally {
      scope.leave();
    }
  }

  private async settle(result: unknown): Promise<void> {
    const items = isThenable(result) ? await result : result;
    if (!isAsyncIterable(items)) {
      this.emitItems(items);
      return;
    }
    for await (const item of items) {
      if (this.context.scope.signal.aborted) return;
      this.ctx.output(item);
      await this.ctx.ready();
    }
  }

  private hold(hold: boolean): void {
    if (hold === this.holding) return;
    this.holding = hold;
    if (hold) this.context.scope.hold();
    else this.context.scope.release();
  }

  /** @internal */
  get isBusy(): boolean {
    return this.busy;
  }
}

const RECEIVE = `(value, meta) => {
  metrics.elements++;
  if (meta.windows.length > 1) { self.eachWindow(value, meta); return; }
  if (self.isBusy) { self.wait(value, meta); return; }
  ctx.meta = meta;
  let result;
  try { result = call(value); } catch (cause) { throw failed(cause, value); }
  if (result !== undefined) self.take(result, value);
}`;

export function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
