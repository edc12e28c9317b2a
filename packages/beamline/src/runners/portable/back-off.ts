import { setTimeout as sleep } from "node:timers/promises";
import { type Clock, SYSTEM_CLOCK } from "../../model/clock.js";

export interface BackOffOptions {
  /** The first pause; each further one is twice as long. Default: 100. */
  readonly firstMs?: number;
  /** The longest pause. Default: 5,000. */
  readonly longestMs?: number;
  /** How long a series of failures may last. Default: 60,000. */
  readonly patienceMs?: number;
  readonly clock?: Clock;
}

/** Growing pauses between attempts, up to a limit on the whole series. */
export class BackOff {
  private readonly firstMs: number;
  private readonly longestMs: number;
  private readonly patienceMs: number;
  private readonly clock: Clock;
  private pauseMs: number;
  private since: number | undefined;

  constructor(options: BackOffOptions = {}) {
    this.firstMs = options.firstMs ?? 100;
    this.longestMs = options.longestMs ?? 5_000;
    this.patienceMs = options.patienceMs ?? 60_000;
    this.clock = options.clock ?? SYSTEM_CLOCK;
    this.pauseMs = this.firstMs;
  }

  /** How long the series of failures has lasted. */
  get failingMs(): number {
    return this.since === undefined ? 0 : this.clock.now() - this.since;
  }

  /** An attempt got somewhere: the next failure starts a new series. */
  succeeded(): void {
    this.since = undefined;
    this.pauseMs = this.firstMs;
  }

  /**
   * An attempt failed. Resolves with false when patience is at its end, else with true after a pause,
   * which ends with the signal's reason when that fires.
   */
  async failed(signal?: AbortSignal): Promise<boolean> {
    this.since ??= this.clock.now();
    if (this.failingMs >= this.patienceMs) return false;
    const pauseMs = this.pauseMs;
    this.pauseMs = Math.min(this.longestMs, pauseMs * 2);
    await sleep(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    signal?.throwIfAborted();
    return true;
  }
}
