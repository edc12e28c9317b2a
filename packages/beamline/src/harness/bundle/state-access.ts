import type { MessageInitShape } from "@bufbuild/protobuf";
import type { StateKeySchema } from "../../proto/gen/fn-execution/state_pb.js";

/** A part of what the runner keeps under a key. */
export interface StatePage {
  readonly bytes: Uint8Array;
  /** Empty when nothing follows. */
  readonly next: Uint8Array;
}

/** Which state, as Beam's `StateKey` has it: plain data, fit for a message to another thread. */
export type StateKeyInit = MessageInitShape<typeof StateKeySchema>;

export interface StateQuery {
  readonly instruction: string;
  readonly key: StateKeyInit;
  /** From the page before; empty for the first. */
  readonly continuation: Uint8Array;
}

/** A change of a piece of state: it is cleared, or it has more behind it. */
export interface StateWrite {
  readonly key: StateKeyInit;
  /** Undefined: clear. */
  readonly append?: Uint8Array | undefined;
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
