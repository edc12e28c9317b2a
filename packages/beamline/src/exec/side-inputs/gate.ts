import type { ElementMeta } from "../../model/element-meta.js";
import type { BundleScope, Congestible } from "../bundle-scope.js";
import { Fifo } from "../fifo.js";
import type { Operator } from "../operator.js";
import type { SideInputs } from "./side-inputs.js";

interface Waiting {
  readonly value: unknown;
  readonly meta: ElementMeta;
}

/**
 * Holds elements back until the side inputs of their windows have been fetched, where the thread
 * that runs a step cannot wait for them in the midst of a function.
 */
class SideInputGate implements Congestible {
  private readonly sideInputs: SideInputs;
  private readonly scope: BundleScope;
  private readonly next: Operator;
  private readonly waiting = new Fifo<Waiting>();
  private isFetching = false;

  constructor(sideInputs: SideInputs, scope: BundleScope, next: Operator) {
    this.sideInputs = sideInputs;
    this.scope = scope;
    this.next = next;
  }

  get congested(): boolean {
    return this.isFetching || (this.next.congestion?.congested ?? false);
  }

  reset(): void {
    this.waiting.clear();
    this.isFetching = false;
  }

  readonly receive = (value: unknown, meta: ElementMeta): void => {
    const fetched = this.isFetching ? undefined : this.sideInputs.prepare(meta);
    if (!this.isFetching && fetched === undefined) {
      this.next.receive(value, meta);
      return;
    }
    this.waiting.push({ value, meta });
    if (fetched !== undefined) void this.fetch(fetched);
  };

  /** Resolves when no element waits. */
  async drained(): Promise<void> {
    const { scope } = this;
    while (this.isFetching) {
      scope.throwIfFailed();
      await scope.nextWake();
    }
    scope.throwIfFailed();
  }

  /** Sees a fetch through, and those of the elements that have waited. Never rejects. */
  private async fetch(first: Promise<void>): Promise<void> {
    const { scope, waiting } = this;
    const { signal } = scope;
    this.isFetching = true;
    scope.hold();
    scope.enter();
    try {
      await first;
      for (let head = waiting.peek(); head !== undefined; head = waiting.peek()) {
        if (signal.aborted) return;
        await this.sideInputs.prepare(head.meta);
        waiting.shift();
        this.next.receive(head.value, head.meta);
      }
      if (signal.aborted) return;
      this.isFetching = false;
      scope.release();
    } catch (error) {
      if (!signal.aborted) scope.fail(error);
    } finally {
      scope.leave();
    }
  }
}

/** The same operator behind a {@link SideInputGate}. */
export function gated(operator: Operator, sideInputs: SideInputs, scope: BundleScope): Operator {
  const gate = new SideInputGate(sideInputs, scope, operator);
  const { fire, forgetKeys } = operator;
  return {
    receive: gate.receive,
    congestion: gate,
    get activeRestriction() {
      return operator.activeRestriction;
    },
    get sizeDone() {
      return operator.sizeDone ?? 0;
    },
    ...(fire === undefined ? {} : { fire }),
    ...(forgetKeys === undefined ? {} : { forgetKeys }),
    setup: () => operator.setup?.(),
    startBundle() {
      gate.reset();
      return operator.startBundle?.();
    },
    async finishBundle() {
      await gate.drained();
      await operator.finishBundle?.();
    },
    teardown: () => operator.teardown?.(),
  };
}
