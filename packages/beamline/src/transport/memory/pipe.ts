interface Item {
  readonly bytes: Buffer;
  readonly flushed: () => void;
}

/**
 * One direction of a call within the process. Messages arrive in a later turn of the event loop, as
 * they would from a socket, and wait while the receiver pauses.
 */
export class Pipe<End> {
  readonly #deliver: (bytes: Buffer) => void;
  readonly #onEnd: (end: End) => void;
  #queue: Item[] = [];
  #end: { readonly value: End } | undefined;
  #paused = false;
  #scheduled = false;
  #closed = false;

  constructor(deliver: (bytes: Buffer) => void, onEnd: (end: End) => void) {
    this.#deliver = deliver;
    this.#onEnd = onEnd;
  }

  write(bytes: Buffer, flushed: () => void): void {
    if (this.#closed || this.#end !== undefined) return;
    this.#queue.push({ bytes, flushed });
    this.#schedule();
  }

  /** Nothing follows. The receiver hears of it after all messages. */
  end(value: End): void {
    if (this.#end !== undefined) return;
    this.#end = { value };
    this.#schedule();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#schedule();
  }

  /** Drops what has not arrived; the receiver hears nothing more. */
  abort(): void {
    this.#closed = true;
    this.#queue = [];
  }

  #schedule(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const items = this.#queue;
    this.#queue = [];
    let index = 0;
    for (; index < items.length && !this.#paused && !this.#closed; index++) {
      const item = items[index];
      if (item === undefined) break;
      this.#deliver(item.bytes);
      item.flushed();
    }
    if (this.#closed) return;
    if (index < items.length) this.#queue = [...items.slice(index), ...this.#queue];
    if (this.#paused || this.#queue.length > 0 || this.#end === undefined) return;
    this.#closed = true;
    this.#onEnd(this.#end.value);
  }
}
