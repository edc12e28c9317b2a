import type { Clock } from "../../../model/clock.js";

/** The processing time of a job: that of a clock, or, once a test drives it, of the test's own. */
export class JobClock {
  private readonly clock: Clock;
  private readonly isDriven: boolean;
  private driven = 0;

  constructor(clock: Clock, isDriven: boolean) {
    this.clock = clock;
    this.isDriven = isDriven;
  }

  now(): number {
    return this.isDriven ? this.driven : this.clock.now();
  }

  /** Moves a driven clock on. */
  turn(milliseconds: number): void {
    this.driven += milliseconds;
  }

  /** Calls `wake` at processing time `at`; never where it is undefined or the clock is driven. */
  wakeAt(at: number | undefined, wake: () => void): { cancel(): void } {
    if (at === undefined || this.isDriven) return { cancel: () => undefined };
    const { clock } = this;
    if (clock.onTurn !== undefined) {
      return { cancel: clock.onTurn(() => (clock.now() >= at ? wake() : undefined)) };
    }
    const delay = Math.min(Math.max(0, at - clock.now()), LONGEST_TIMEOUT);
    const timer = setTimeout(wake, delay);
    return { cancel: () => clearTimeout(timer) };
  }
}

/** What `setTimeout` takes. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;
