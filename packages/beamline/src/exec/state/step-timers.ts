import type { Timer, TimerOptions } from "../../fn/state/timer-types.js";
import { toMilliseconds } from "../../model/duration.js";
import { BeamlineError } from "../../model/errors.js";
import type { StateScope, TimerRecord } from "../../model/state-scope.js";
import type { Timestamp } from "../../model/time.js";
import type { TimeDomain } from "../../model/time-domain.js";
import type { TimerPort } from "./ports.js";

/** The call of user code that is under way. */
export interface TimerCaller {
  readonly scope: StateScope;
  /** Of its element, or the output timestamp of the timer that fired. */
  readonly timestamp: Timestamp;
}

/**
 * The timers that a step sets while a bundle runs. A timer that an earlier call of the bundle has
 * set anew or cleared does not fire although the runner has sent it, and one that was set for an
 * earlier time fires before it.
 */
export class StepTimers {
  readonly port: TimerPort;
  private readonly step: string;
  private readonly caller: () => TimerCaller;
  /** What this bundle has set last, or undefined where it has cleared; by address. */
  private readonly changed = new Map<string, TimerRecord | undefined>();
  /** Event-time timers that were set in this bundle, by scope. */
  private readonly fresh = new Map<string, TimerRecord[]>();

  constructor(step: string, port: TimerPort, caller: () => TimerCaller) {
    this.step = step;
    this.port = port;
    this.caller = caller;
  }

  startBundle(): void {
    this.changed.clear();
    this.fresh.clear();
  }

  /** What user code holds for the timer field `family`. */
  handle(family: string, domain: TimeDomain): Timer {
    return {
      set: (timestamp, options) => this.set(family, domain, timestamp, options, false),
      setIn: (duration, options) => {
        const ms = toMilliseconds(duration, `set the timer "${family}"`);
        const now = domain === "event-time" ? this.caller().timestamp : this.port.processingTime;
        this.set(family, domain, now + ms, options, true);
      },
      clear: (tag = "") => {
        const { scope } = this.caller();
        this.note(family, tag, scope, undefined);
        this.port.clear({ step: this.step, family, tag, scope, domain });
      },
    };
  }

  /** A timer that was set in this bundle and is to fire before `timer`: it counts as fired. */
  takeEarlierThan(timer: TimerRecord): TimerRecord | undefined {
    if (timer.domain !== "event-time") return undefined;
    const fresh = this.fresh.get(timer.scope.id);
    if (fresh === undefined) return undefined;
    let first: TimerRecord | undefined;
    for (const each of fresh) {
      if (each.fireTimestamp >= (first ?? timer).fireTimestamp) continue;
      first = each;
    }
    if (first === undefined) return undefined;
    const { family, tag, scope } = first;
    this.note(family, tag, scope, undefined);
    this.port.clear(first);
    return first;
  }

  /**
   * Whether a timer that has come is to fire: not where this bundle has cleared it, or set it for
   * another time. It counts as fired then.
   */
  takes(timer: TimerRecord): boolean {
    const { family, tag, scope, fireTimestamp } = timer;
    const address = addressOf(family, tag, scope);
    if (!this.changed.has(address)) return true;
    if (this.changed.get(address)?.fireTimestamp !== fireTimestamp) return false;
    this.changed.delete(address);
    this.forget(family, tag, scope);
    this.port.clear(timer);
    return true;
  }

  private set(
    family: string,
    domain: TimeDomain,
    timestamp: Timestamp,
    { outputTimestamp, tag = "" }: TimerOptions = {},
    isRelative: boolean,
  ): void {
    const { step } = this;
    const { scope, timestamp: elementTimestamp } = this.caller();
    if (typeof timestamp !== "number" || Number.isNaN(timestamp)) {
      throw new BeamlineError(
        "BAD_TIMER",
        `Cannot set the timer "${family}" of "${step}": ${String(timestamp)} is no timestamp; give milliseconds since the epoch`,
      );
    }
    const isEventTime = domain === "event-time";
    if (isEventTime && timestamp > scope.expiry && !isRelative) {
      throw new BeamlineError(
        "TIMER_AFTER_EXPIRY",
        `Cannot set the timer "${family}" of "${step}" for ${timestamp}: its window expires at ${scope.expiry}; set it for that time at the latest, or use onWindowExpiration()`,
      );
    }
    const fireTimestamp = isEventTime ? Math.min(timestamp, scope.expiry) : timestamp;
    const hold = outputTimestamp ?? (isEventTime ? fireTimestamp : elementTimestamp);
    if (hold < elementTimestamp && outputTimestamp !== undefined) {
      throw badOutputTimestamp(
        step,
        family,
        hold,
        `the element's timestamp is ${elementTimestamp}`,
      );
    }
    if (hold > (isEventTime ? fireTimestamp : scope.expiry)) {
      const limit = isEventTime
        ? `it fires at ${fireTimestamp}`
        : `its window expires at ${scope.expiry}`;
      throw badOutputTimestamp(step, family, hold, limit);
    }
    const timer: TimerRecord = {
      step,
      family,
      tag,
      scope,
      domain,
      fireTimestamp,
      holdTimestamp: hold,
    };
    this.note(family, tag, scope, timer);
    if (isEventTime) {
      const fresh = this.fresh.get(scope.id);
      if (fresh === undefined) this.fresh.set(scope.id, [timer]);
      else fresh.push(timer);
    }
    this.port.set(timer);
  }

  private note(
    family: string,
    tag: string,
    scope: StateScope,
    timer: TimerRecord | undefined,
  ): void {
    this.changed.set(addressOf(family, tag, scope), timer);
    this.forget(family, tag, scope);
  }

  private forget(family: string, tag: string, scope: StateScope): void {
    const fresh = this.fresh.get(scope.id);
    if (fresh === undefined) return;
    const rest = fresh.filter((each) => each.family !== family || each.tag !== tag);
    if (rest.length === 0) this.fresh.delete(scope.id);
    else if (rest.length < fresh.length) this.fresh.set(scope.id, rest);
  }
}

/** Names of families have no line breaks, and scopes come last. */
function addressOf(family: string, tag: string, scope: StateScope): string {
  return `${family}\n${tag.length}\n${tag}${scope.id}`;
}

function badOutputTimestamp(
  step: string,
  family: string,
  hold: Timestamp,
  limit: string,
): BeamlineError {
  return new BeamlineError(
    "BAD_TIMER",
    `Cannot set the timer "${family}" of "${step}" with the output timestamp ${hold}: ${limit}; choose one between the element's timestamp and the time at which the timer fires`,
  );
}
