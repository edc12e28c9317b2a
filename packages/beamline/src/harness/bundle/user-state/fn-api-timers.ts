import { ByteReader } from "../../../bytes/byte-reader.js";
import { ByteWriter } from "../../../bytes/byte-writer.js";
import { readLatin1 } from "../../../bytes/latin1.js";
import type { Coder } from "../../../coders/coder.js";
import type { Timer, TimerCoder } from "../../../coders/timer.js";
import type { TimerPort } from "../../../exec/state/ports.js";
import { expiryOf } from "../../../exec/state/window-coding.js";
import { internalError } from "../../../model/errors.js";
import { NO_FIRING } from "../../../model/pane.js";
import type { StateScope, TimerAddress, TimerRecord } from "../../../model/state-scope.js";
import { MIN_TIMESTAMP, type Timestamp } from "../../../model/time.js";
import type { TimeDomain } from "../../../model/time-domain.js";
import type { Window } from "../../../model/window.js";
import type { WindowingStrategy } from "../../../windowing/windowing-strategy.js";
import type { Chunk } from "../messages.js";

/** A timer family of a stage's transform: where its timers come from and go to. */
export interface FamilyPort {
  /** Id of the transform. */
  readonly transform: string;
  /** Name of its step. */
  readonly step: string;
  readonly family: string;
  readonly domain: TimeDomain;
  readonly coder: TimerCoder<unknown>;
  /** How the step encodes keys. */
  readonly keyCoder: Coder<unknown>;
  readonly windowing: WindowingStrategy | undefined;
  /** The step sets them for what the runner does not see to by itself: see `TimerPort`. */
  readonly isOwn: boolean;
}

/** Timers that the runner keeps: what a bundle sets and clears goes to it when the bundle ends. */
export class FnApiTimers implements TimerPort {
  /** Only the runner knows it. */
  readonly watermark: Timestamp = MIN_TIMESTAMP;
  readonly families: readonly FamilyPort[];
  private readonly byName: ReadonlyMap<string, FamilyPort>;
  /** The last word on each timer. */
  private readonly changes = new Map<FamilyPort, Map<string, Timer<unknown>>>();

  constructor(families: readonly FamilyPort[]) {
    this.families = families;
    this.byName = new Map(families.map((each) => [`${each.step}\n${each.family}`, each]));
  }

  get processingTime(): number {
    return Date.now();
  }

  begin(): void {
    this.changes.clear();
  }

  isRunnerManaged(step: string, family: string): boolean {
    return this.byName.get(`${step}\n${family}`)?.isOwn !== true;
  }

  set(timer: TimerRecord): void {
    const { fireTimestamp, holdTimestamp } = timer;
    this.note(timer, { kind: "set", fireTimestamp, holdTimestamp, pane: NO_FIRING });
  }

  clear(timer: TimerAddress): void {
    this.note(timer, { kind: "clear" });
  }

  /** The bundle is over: a last chunk for every family. */
  finish(instruction: string): Chunk[] {
    const out = new ByteWriter(256);
    return this.families.map((port) => {
      out.reset();
      for (const timer of this.changes.get(port)?.values() ?? []) port.coder.encode(timer, out);
      const { transform, family } = port;
      return { instruction, transform, family, bytes: out.toBytes(), isLast: true };
    });
  }

  private note(
    { step, family, tag, scope }: TimerAddress,
    what:
      | { readonly kind: "clear" }
      | Omit<Extract<Timer<unknown>, { kind: "set" }>, "key" | "tag" | "windows">,
  ): void {
    const port = this.byName.get(`${step}\n${family}`);
    if (port === undefined) throw internalError(`The runner knows no timers "${family}"`);
    const key = port.keyCoder.decode(new ByteReader(scope.key));
    const windows = [port.coder.window.decode(new ByteReader(scope.window))];
    let changes = this.changes.get(port);
    if (changes === undefined) {
      changes = new Map();
      this.changes.set(port, changes);
    }
    const address = `${tag.length} ${tag}${scope.id}`;
    // The last word stands last.
    changes.delete(address);
    changes.set(address, { ...what, key, tag, windows });
  }
}

/** Timers of one family that have come for a bundle. */
export class TimerChannel {
  readonly port: FamilyPort;
  private rest = Buffer.alloc(0);

  constructor(port: FamilyPort) {
    this.port = port;
  }

  /** The timers of a chunk. One that is cut off at its end goes on in the next. */
  *read(bytes: Uint8Array): Iterable<TimerRecord> {
    const reader = new ByteReader(Buffer.concat([this.rest, bytes]));
    this.rest = Buffer.alloc(0);
    while (reader.remaining > 0) {
      const start = reader.position;
      let timer: Timer<unknown>;
      try {
        timer = this.port.coder.decode(reader);
      } catch (cause) {
        if ((cause as { code?: unknown }).code !== "TRUNCATED_BYTES") throw cause;
        this.rest = Buffer.from(reader.buffer.subarray(start, reader.end));
        return;
      }
      yield* this.recordsOf(timer);
    }
  }

  private *recordsOf(timer: Timer<unknown>): Iterable<TimerRecord> {
    if (timer.kind === "clear") return;
    const { step, family, domain } = this.port;
    const { key, tag, windows, fireTimestamp, holdTimestamp } = timer;
    for (const window of windows) {
      const scope = this.scopeOf(key, window);
      yield { step, family, tag, scope, domain, fireTimestamp, holdTimestamp };
    }
  }

  private scopeOf(key: unknown, window: Window): StateScope {
    const { keyCoder, coder, windowing } = this.port;
    const out = new ByteWriter(64);
    coder.window.encode(window, out);
    const split = out.position;
    keyCoder.encode(key, out);
    const bytes = Buffer.from(out.view());
    return {
      key: bytes.subarray(split),
      window: bytes.subarray(0, split),
      id: readLatin1(bytes, 0, bytes.length),
      expiry: expiryOf(window, windowing),
    };
  }
}
