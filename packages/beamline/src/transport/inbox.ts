import { internalError } from "../model/errors.js";

export interface InboxHooks {
  /** The buffer is full: hold the other side back. */
  pause(): void;
  /** There is room again. */
  resume(): void;
  /** The reader has left before the end. */
  abandon(): void;
}

type State =
  | { readonly kind: "open" }
  | { readonly kind: "ended" }
  | { readonly kind: "failed"; readonly error: Error };

/**
 * The receiving half of a call: takes bytes as they come, decodes each message when its one reader
 * asks for it, and holds the sender back while more than `limitBytes` wait.
 */
export class Inbox<T> implements AsyncIterableIterator<T, undefined> {
  readonly #decode: (bytes: Buffer) => T;
  readonly #limitBytes: number;
  readonly #hooks: InboxHooks;
  #waiting: Buffer[] = [];
  #next = 0;
  #bytes = 0;
  #paused = false;
  #state: State = { kind: "open" };
  #reader:
    | { resolve: (result: IteratorResult<T, undefined>) => void; reject: (error: Error) => void }
    | undefined;

  constructor(decode: (bytes: Buffer) => T, limitBytes: number, hooks: InboxHooks) {
    this.#decode = decode;
    this.#limitBytes = limitBytes;
    this.#hooks = hooks;
  }

  push(bytes: Buffer): void {
    if (this.#state.kind !== "open") return;
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes > this.#limitBytes && !this.#paused) {
      this.#paused = true;
      this.#hooks.pause();
    }
    this.#serveReader();
  }

  /** Nothing more comes. What waits can still be read. */
  end(): void {
    if (this.#state.kind !== "open") return;
    this.#state = { kind: "ended" };
    this.#serveReader();
  }

  /** The call has failed; what waits is dropped when `drop` says so. */
  fail(error: Error, drop: "drop" | "keep"): void {
    if (this.#state.kind !== "open") return;
    this.#state = { kind: "failed", error };
    if (drop === "drop") this.#clear();
    this.#serveReader();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#reader !== undefined) {
      return Promise.reject(internalError("Cannot read: another reader waits for the same stream"));
    }
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
      this.#serveReader();
    });
  }

  return(): Promise<IteratorResult<T, undefined>> {
    const wasOpen = this.#state.kind === "open";
    if (wasOpen) this.#state = { kind: "ended" };
    this.#clear();
    if (wasOpen) this.#hooks.abandon();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #serveReader(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    const bytes = this.#shift();
    if (bytes === undefined && this.#state.kind === "open") return;
    this.#reader = undefined;
    if (bytes !== undefined) {
      try {
        reader.resolve({ done: false, value: this.#decode(bytes) });
      } catch (error) {
        reader.reject(error instanceof Error ? error : new Error(String(error)));
      }
    } else if (this.#state.kind === "failed") {
      reader.reject(this.#state.error);
    } else {
      reader.resolve({ done: true, value: undefined });
    }
  }

  #shift(): Buffer | undefined {
    const bytes = this.#waiting[this.#next];
    if (bytes === undefined) return undefined;
    this.#next += 1;
    if (this.#next === this.#waiting.length || this.#next === 1024) {
      this.#waiting = this.#waiting.slice(this.#next);
      this.#next = 0;
    }
    this.#bytes -= bytes.length;
    // Half full, so that a sender is not stopped and started for every message.
    if (this.#paused && this.#bytes <= this.#limitBytes / 2) {
      this.#paused = false;
      this.#hooks.resume();
    }
    return bytes;
  }

  #clear(): void {
    this.#waiting = [];
    this.#next = 0;
    this.#bytes = 0;
    // Whatever still comes is dropped by `push`, but has to flow, so that the end is seen.
    if (this.#paused) {
      this.#paused = false;
      this.#hooks.resume();
    }
  }
}
