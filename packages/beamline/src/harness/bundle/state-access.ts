/** A part of what the runner keeps under a key. */
export interface StatePage {
  readonly bytes: Uint8Array;
  /** Empty when nothing follows. */
  readonly next: Uint8Array;
}

export interface StateQuery {
  readonly instruction: string;
  /** The runner's own key (`StateKey.Runner`). */
  readonly key: Uint8Array;
  /** From the page before; empty for the first. */
  readonly continuation: Uint8Array;
}

/** An answer as it travels between threads. */
export type StateAnswer =
  | { readonly page: StatePage; readonly error?: undefined }
  | { readonly page?: undefined; readonly error: string };

/** How a lane gets at state while it runs a bundle. */
export type StateAccess =
  /** Waits where it is: user code iterates synchronously, and other threads go on. */
  | { readonly kind: "blocking"; fetch(query: StateQuery): StatePage }
  /** On the thread that holds the connections waiting would never end: all is fetched beforehand. */
  | { readonly kind: "ahead"; fetch(query: StateQuery): Promise<StatePage> };
