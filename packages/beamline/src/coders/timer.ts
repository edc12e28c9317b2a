import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";
import type { Pane } from "../model/pane.js";
import type { Timestamp } from "../model/time.js";
import type { Window } from "../model/window.js";
import { bool } from "./bool.js";
import type { Coder } from "./coder.js";
import { type IterableCoder, iterable } from "./iterable.js";
import { readPane, writePane } from "./pane.js";
import { stringUtf8 } from "./string-utf8.js";
import { readTimestamp, writeTimestamp } from "./timestamp.js";

/** What every timer says, set or cleared. */
export interface TimerAddress<K> {
  readonly key: K;
  /** Tells dynamic timers of one family apart; empty for plain timers. */
  readonly tag: string;
  readonly windows: readonly Window[];
}

/** A timer that is to fire. */
export interface SetTimer<K> extends TimerAddress<K> {
  readonly kind: "set";
  readonly fireTimestamp: Timestamp;
  /** Holds the output watermark until the timer has fired. */
  readonly holdTimestamp: Timestamp;
  readonly pane: Pane;
}

/** A timer that is no longer to fire. */
export interface ClearedTimer<K> extends TimerAddress<K> {
  readonly kind: "clear";
}

export type Timer<K> = SetTimer<K> | ClearedTimer<K>;

/** The coder of timers. */
export class TimerCoder<K> implements Coder<Timer<K>> {
  readonly urn = "beam:coder:timer:v1";
  readonly components: readonly [Coder<unknown>, Coder<unknown>];
  readonly deterministic: boolean;
  readonly key: Coder<K>;
  readonly window: Coder<Window>;
  private readonly windows: IterableCoder<Window>;

  constructor(key: Coder<K>, window: Coder<Window>) {
    this.key = key;
    this.window = window;
    this.windows = iterable(window);
    this.components = [key, window];
    this.deterministic = key.deterministic && window.deterministic;
  }

  encode(timer: Timer<K>, out: ByteWriter): void {
    this.key.encode(timer.key, out);
    stringUtf8.encode(timer.tag, out);
    this.windows.encode(timer.windows, out);
    bool.encode(timer.kind === "clear", out);
    if (timer.kind === "clear") return;
    writeTimestamp(timer.fireTimestamp, out);
    writeTimestamp(timer.holdTimestamp, out);
    writePane(timer.pane, out);
  }

  decode(input: ByteReader): Timer<K> {
    const key = this.key.decode(input);
    const tag = stringUtf8.decode(input);
    const windows = this.windows.decode(input);
    if (bool.decode(input)) return { kind: "clear", key, tag, windows };
    return {
      kind: "set",
      key,
      tag,
      windows,
      fireTimestamp: readTimestamp(input),
      holdTimestamp: readTimestamp(input),
      pane: readPane(input),
    };
  }
}

/** Timers of keys that `key` encodes, in windows that `window` encodes. */
export function timer<K>(key: Coder<K>, window: Coder<Window>): TimerCoder<K> {
  return new TimerCoder(key, window);
}
