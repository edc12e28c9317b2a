import { BeamlineError } from "../model/errors.js";

/** An operator that may have to hold elements back until promises settle. */
export interface Congestible {
  /** True while elements wait in it. */
  readonly congested: boolean;
}

/**
 * What the operators of one stage share while a bundle runs: the first failure, cancellation, and
 * the waiting room for whoever emits faster than asynchronous operators can take.
 */
export class BundleScope {
  private controller = new AbortController();
  private failure: { readonly error: unknown } | undefined;
  private waiters: (() => void)[] = [];
  private doom = newDoom();
  /** Operators that hold elements back, plus one while failed: a cheap first question. */
  private held = 0;
  /** Asynchronous calls of user code that have not settled. */
  private calls = 0;

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** True when an emitter should stop and see: an operator is congested or the bundle has failed. */
  get attention(): boolean {
    return this.held > 0;
  }

  reset(): void {
    this.controller = new AbortController();
    this.failure = undefined;
    this.waiters = [];
    this.doom = newDoom();
    this.held = 0;
  }

  /** Fails the bundle from a callback that no caller awaits. The first failure wins. */
  fail(error: unknown): void {
    if (this.failure !== undefined) return;
    this.failure = { error };
    this.held++;
    this.controller.abort(error);
    this.doom.reject(error);
    this.wake();
  }

  cancel(reason?: unknown): void {
    this.fail(
      reason ??
        new BeamlineError(
          "CANCELLED",
          "Cannot finish the bundle: the job was cancelled; run it again",
        ),
    );
  }

  throwIfFailed(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  hold(): void {
    this.held++;
  }

  release(): void {
    this.held--;
    this.wake();
  }

  /** An asynchronous call of user code begins; {@link leave} must follow once it has settled. */
  enter(): void {
    this.calls++;
  }

  leave(): void {
    this.calls--;
    if (this.failure !== undefined) this.wake();
  }

  /** Awaits a step of user code's life cycle, but only until the bundle fails. */
  async unlessFailed(call: void | Promise<void>): Promise<void> {
    if (call === undefined) return;
    this.enter();
    await Promise.race([call.finally(() => this.leave()), this.doom.promise]);
  }

  /** Resolves when no user code is under way, or after `graceMs`. */
  async settled(graceMs: number): Promise<void> {
    if (this.calls === 0) return;
    let patient = true;
    const timer = setTimeout(() => {
      patient = false;
      this.wake();
    }, graceMs);
    while (this.calls > 0 && patient) await this.nextWake();
    clearTimeout(timer);
  }

  /** Something settled: whoever waits looks again. */
  wake(): void {
    const { waiters } = this;
    this.waiters = [];
    for (const waiter of waiters) waiter();
  }

  nextWake(): Promise<void> {
    return new Promise((resolve) => this.waiters.push(resolve));
  }

  /** Resolves once none of `operators` holds elements back; throws when the bundle failed. */
  async clear(operators: readonly Congestible[]): Promise<void> {
    for (;;) {
      this.throwIfFailed();
      if (!operators.some((operator) => operator.congested)) return;
      await this.nextWake();
    }
  }
}

/** A promise that never resolves, and rejects when the bundle fails. */
interface Doom {
  readonly promise: Promise<never>;
  readonly reject: (error: unknown) => void;
}

function newDoom(): Doom {
  let reject: Doom["reject"] = () => {};
  const promise = new Promise<never>((_resolve, doomed) => {
    reject = doomed;
  });
  promise.catch(() => undefined);
  return { promise, reject };
}
