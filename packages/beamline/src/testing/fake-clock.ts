import type { Clock } from "../model/clock.js";
import { type Duration, toMilliseconds } from "../model/duration.js";

/** A clock that stands still until a test turns it: pass it to a run as `clock`. */
export class FakeClock implements Clock {
  private time: number;
  private readonly listeners = new Set<() => void>();

  /** @param start - In milliseconds since the epoch. Default: 0. */
  constructor(start = 0) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  /** Moves the hands on; what is due by then happens now. */
  advance(by: Duration): void {
    this.time += toMilliseconds(by, "advance a clock");
    for (const listener of [...this.listeners]) listener();
  }

  onTurn(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
