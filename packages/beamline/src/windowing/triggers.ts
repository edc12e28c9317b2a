import { type Duration, toMilliseconds } from "../model/duration.js";
import { BeamlineError } from "../model/errors.js";
import type { ProcessingTimeOptions, TimestampTransform, Trigger } from "./trigger.js";

/**
 * Emits at the end of the window, and again for each late element: what every windowing has unless
 * told otherwise.
 */
export function defaultTrigger(): Trigger {
  return Object.freeze({ kind: "default" });
}

export interface WatermarkOptions {
  /** Emits, again and again, before the end of the window. */
  readonly early?: Trigger;
  /** Emits, again and again, after it. Without one, late data is dropped. */
  readonly late?: Trigger;
}

/** Emits when the watermark passes the end of the window: when all of its data should be there. */
export function afterWatermark({ early, late }: WatermarkOptions = {}): Trigger {
  return Object.freeze({
    kind: "afterWatermark",
    ...(early === undefined ? {} : { early: one("afterWatermark", early) }),
    ...(late === undefined ? {} : { late: one("afterWatermark", late) }),
  });
}

/**
 * Emits once when, by the clock, `delay` has passed since the pane's first element; with `alignTo`,
 * at the next multiple of it.
 */
export function afterProcessingTime(options: ProcessingTimeOptions = {}): Trigger {
  const transforms: TimestampTransform[] = [];
  const action = "make an afterProcessingTime trigger";
  if (options.delay !== undefined) {
    transforms.push({ kind: "delay", by: toMilliseconds(options.delay, action) });
  }
  if (options.alignTo !== undefined) {
    transforms.push({ kind: "align", period: period(options.alignTo, action), offset: 0 });
  }
  return Object.freeze({ kind: "afterProcessingTime", transforms: Object.freeze(transforms) });
}

/** Emits once when a pane has `count` elements or more. */
export function afterCount(count: number): Trigger {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new BeamlineError(
      "BAD_TRIGGER",
      `Cannot make an afterCount trigger: the count is ${count}; give a whole number of 1 or more`,
    );
  }
  return Object.freeze({ kind: "afterCount", count });
}

/** Starts `trigger` again whenever it has emitted. */
export function repeatedly(trigger: Trigger): Trigger {
  return Object.freeze({ kind: "repeatedly", trigger: one("repeatedly", trigger) });
}

/** One after the other: the second begins when the first is finished. */
export function afterEach(...triggers: readonly Trigger[]): Trigger {
  return Object.freeze({ kind: "afterEach", triggers: several("afterEach", triggers) });
}

/** Emits when the first of them would. */
export function afterFirst(...triggers: readonly Trigger[]): Trigger {
  return Object.freeze({ kind: "afterFirst", triggers: several("afterFirst", triggers) });
}

/** Emits when all of them would. */
export function afterAll(...triggers: readonly Trigger[]): Trigger {
  return Object.freeze({ kind: "afterAll", triggers: several("afterAll", triggers) });
}

/** Emits as `main` does until `until` would emit: that emits a last time. */
export function orFinally(main: Trigger, until: Trigger): Trigger {
  const finishes = one("orFinally", until);
  return Object.freeze({ kind: "orFinally", main: one("orFinally", main), finally: finishes });
}

/** Emits nothing before the window expires; then, what there is. */
export function never(): Trigger {
  return Object.freeze({ kind: "never" });
}

const KINDS: ReadonlySet<unknown> = new Set<Trigger["kind"]>([
  "default",
  "never",
  "always",
  "afterWatermark",
  "afterProcessingTime",
  "afterSynchronizedProcessingTime",
  "afterCount",
  "repeatedly",
  "afterEach",
  "afterFirst",
  "afterAll",
  "orFinally",
]);

/** Whether a value was made by the functions here. */
export function isTrigger(value: unknown): value is Trigger {
  return KINDS.has((value as Partial<Trigger> | undefined | null)?.kind);
}

function one(where: string, trigger: unknown): Trigger {
  if (isTrigger(trigger)) return trigger;
  throw new BeamlineError(
    "BAD_TRIGGER",
    `Cannot make the trigger ${where}(): it got ${JSON.stringify(trigger) ?? typeof trigger} where a trigger belongs; pass one, such as afterCount(100)`,
  );
}

function several(where: string, triggers: readonly unknown[]): readonly Trigger[] {
  if (triggers.length > 0) return Object.freeze(triggers.map((trigger) => one(where, trigger)));
  throw new BeamlineError(
    "BAD_TRIGGER",
    `Cannot make the trigger ${where}(): it got no triggers; pass one or more`,
  );
}

function period(duration: Duration, action: string): number {
  const milliseconds = toMilliseconds(duration, action);
  if (milliseconds > 0) return milliseconds;
  throw new BeamlineError("BAD_TRIGGER", `Cannot ${action}: alignTo is 0; give a length of time`);
}
