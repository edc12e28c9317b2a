import { Fifo } from "../../exec/fifo.js";

/** A piece of input that waits for its bundle. */
export interface Waiting {
  readonly transform: string;
  /** The family of timers; undefined where these are elements. */
  readonly family?: string | undefined;
  readonly bytes: Uint8Array;
  readonly isLast: boolean;
}

/** What has come in for one bundle and was not taken yet. One reader. */
export class InputQueue {
  private readonly items = new Fifo<Waiting>();
  private failure: { readonly error: unknown } | undefined;
  private wake: () => void = () => undefined;

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  push(item: Waiting): void {
    this.items.push(item);
    this.wake();
  }

  /** Nobody needs the input any more: {@link next} throws from now on. */
  fail(error: unknown): void {
    this.failure ??= { error };
    this.wake();
  }

  /** The next piece, as soon as there is one. */
  async next(): Promise<Waiting> {
    for (;;) {
      if (this.failure !== undefined) throw this.failure.error;
      const item = this.items.shift();
      if (item !== undefined) return item;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
