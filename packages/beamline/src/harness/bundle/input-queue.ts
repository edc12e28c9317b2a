/** A piece of input that waits for its bundle. */
export interface Waiting {
  readonly transform: string;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/** What has come in for one bundle and was not taken yet. One reader. */
export class InputQueue {
  private items: Waiting[] = [];
  private wake: (() => void) | undefined;

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  push(item: Waiting): void {
    this.items.push(item);
    this.wake?.();
  }

  /** The next piece, as soon as there is one; throws the signal's reason once it is aborted. */
  async next(signal: AbortSignal): Promise<Waiting> {
    for (;;) {
      signal.throwIfAborted();
      const item = this.items.shift();
      if (item !== undefined) return item;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      this.wake = undefined;
    }
  }
}
