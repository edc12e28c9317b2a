const TURN_MS = 20;
const CALLS_PER_LOOK = 128;

/** Lets the event loop turn now and then: signals, progress and cancellation come through. */
export class Turn {
  private started = performance.now();
  private calls = 0;

  /** For loops over elements: looks at the clock only now and then. */
  isOver(): boolean {
    if (++this.calls < CALLS_PER_LOOK) return false;
    this.calls = 0;
    return this.isLate();
  }

  /** Looks at the clock. */
  isLate(): boolean {
    return performance.now() - this.started > TURN_MS;
  }

  async pass(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.started = performance.now();
  }
}
