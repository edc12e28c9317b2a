import { internalError } from "../model/errors.js";

type State =
  | { readonly kind: "open" }
  | { readonly kind: "ended" }
  | { readonly kind: "failed"; readonly error: Error };

/**
 * The sending half of a call: encodes messages, hands them on, and asks the sender to wait while more
 * than `limitBytes` have not left yet.
 */
export class Outbox<T> {
  readonly #encode: (message: T) => Buffer;
  readonly #write: (bytes: Buffer, flushed: () => void) => void;
  readonly #limitBytes: number;
  #bytes = 0;
  #state: State = { kind: "open" };
  #room:
    | { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void }
    | undefined;

  constructor(
    encode: (message: T) => Buffer,
    limitBytes: number,
    write: (bytes: Buffer, flushed: () => void) => void,
  ) {
    this.#encode = encode;
    this.#limitBytes = limitBytes;
    this.#write = write;
  }

  /** See `MessageStream.send`. */
  send(message: T): Promise<void> | undefined {
    if (this.#state.kind === "failed") return rejectedQuietly(this.#state.error);
    if (this.#state.kind === "ended")
      throw internalError("Cannot send: this side has ended the call");
    const bytes = this.#encode(message);
    this.#bytes += bytes.length;
    this.#write(bytes, () => {
      this.#bytes -= bytes.length;
      if (this.#bytes <= this.#limitBytes) this.#makeRoom();
    });
    return this.#bytes > this.#limitBytes ? this.#waitForRoom() : undefined;
  }

  end(): void {
    if (this.#state.kind === "open") this.#state = { kind: "ended" };
  }

  /** The call is over: whoever waits or sends from now on gets `error`. */
  fail(error: Error): void {
    if (this.#state.kind === "failed") return;
    this.#state = { kind: "failed", error };
    this.#room?.reject(error);
    this.#room = undefined;
  }

  #waitForRoom(): Promise<void> {
    if (this.#room !== undefined) return this.#room.promise;
    let resolve = (): void => undefined;
    let reject: (error: Error) => void = () => undefined;
    const promise = new Promise<void>((onRoom, onFailure) => {
      resolve = onRoom;
      reject = onFailure;
    });
    promise.catch(() => undefined);
    this.#room = { promise, resolve, reject };
    return promise;
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}

/** A rejection that nobody has to handle: the stream's reader sees the same failure. */
function rejectedQuietly(error: Error): Promise<never> {
  const rejected = Promise.reject(error);
  rejected.catch(() => undefined);
  return rejected;
}
