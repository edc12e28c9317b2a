import { type Duration, toMilliseconds } from "../model/duration.js";
import { BeamlineError } from "../model/errors.js";
import { describeTrigger, describeWindowFn } from "../windowing/describe.js";
import type { Trigger } from "../windowing/trigger.js";
import { canEmitSeveralPanes } from "../windowing/trigger-safety.js";
import { isTrigger } from "../windowing/triggers.js";
import type { WindowFn } from "../windowing/window-fn.js";
import type {
  Accumulation,
  TimestampCombiner,
  WindowingStrategy,
} from "../windowing/windowing-strategy.js";

/** How groupings below emit. What is left out stays as it was. */
export interface WindowOptions {
  /** When panes are emitted. Default of a PCollection that was never windowed: at the window's end. */
  readonly trigger?: Trigger;
  /** Whether a pane holds what came since the last one, or all so far. Needed where there are several. */
  readonly accumulation?: Accumulation;
  /** How long past its end a window takes elements; later ones are dropped. Default: not at all. */
  readonly allowedLateness?: Duration;
  /** The timestamp of panes. Default: the last instant of the window. */
  readonly timestampCombiner?: "earliest" | "latest" | "endOfWindow";
  /** Whether a window that expires emits a last pane although it is empty. Default: no. */
  readonly closing?: WindowingStrategy["closing"];
  /** Whether the on-time pane is emitted although it is empty. Default: yes. */
  readonly onTime?: WindowingStrategy["onTime"];
}

const WINDOW_FN_KINDS: ReadonlySet<unknown> = new Set<WindowFn["kind"]>([
  "global",
  "fixed",
  "sliding",
  "sessions",
  "calendar",
  "custom",
]);

const CHOICES = {
  accumulation: ["discarding", "accumulating"] satisfies readonly Accumulation[],
  timestampCombiner: ["earliest", "latest", "endOfWindow"] satisfies readonly TimestampCombiner[],
  closing: ["emit-if-nonempty", "emit-always"] satisfies readonly WindowingStrategy["closing"][],
  onTime: ["fire-always", "fire-if-nonempty"] satisfies readonly WindowingStrategy["onTime"][],
} as const;

/**
 * The strategy of a PCollection that is windowed anew: Beam's rules for what is inherited from the
 * input, and for what has to be said where several panes can come.
 */
export function windowingOf(
  name: string,
  input: WindowingStrategy,
  windowFn: WindowFn,
  options: WindowOptions,
): WindowingStrategy {
  const cannot = (code: string, state: string) =>
    new BeamlineError(code, `Cannot apply "${name}": ${state}`);
  if (!WINDOW_FN_KINDS.has((windowFn as Partial<WindowFn> | undefined)?.kind)) {
    throw cannot(
      "BAD_WINDOW_FN",
      `window() got ${JSON.stringify(windowFn) ?? typeof windowFn} where a window function belongs; pass one, such as fixedWindows({ minutes: 1 })`,
    );
  }
  requireOptions(options, cannot);
  const { trigger, accumulation, timestampCombiner, closing, onTime } = options;
  const lateness =
    options.allowedLateness === undefined
      ? 0
      : toMilliseconds(options.allowedLateness, `allow lateness in "${name}"`);
  const strategy: WindowingStrategy = {
    windowFn,
    trigger: trigger ?? input.trigger,
    accumulation: accumulation ?? input.accumulation,
    // Data that was not dropped above must not be dropped here.
    allowedLateness: Math.max(lateness, input.allowedLateness),
    timestampCombiner: timestampCombiner ?? input.timestampCombiner,
    closing: closing ?? input.closing,
    onTime: onTime ?? input.onTime,
    alreadyMerged: false,
  };
  // What the input has been told, it has been told for good: a trigger there asked for both.
  const wasTriggered = input.trigger.kind !== "default";
  const knowsLateness =
    options.allowedLateness !== undefined ||
    input.allowedLateness > 0 ||
    (wasTriggered && input.windowFn.kind !== "global");
  if (strategy.trigger.kind !== "default" && windowFn.kind !== "global" && !knowsLateness) {
    throw cannot(
      "LATENESS_NOT_SPECIFIED",
      `with the trigger ${describeTrigger(strategy.trigger)} it has to be said how late data may come; give allowedLateness, which may be 0`,
    );
  }
  const knowsMode = accumulation !== undefined || canEmitSeveralPanes(input);
  if (canEmitSeveralPanes(strategy) && !knowsMode) {
    const why =
      strategy.trigger.kind === "default"
        ? `with an allowed lateness of ${strategy.allowedLateness} ms`
        : `with the trigger ${describeTrigger(strategy.trigger)}`;
    throw cannot(
      "ACCUMULATION_NOT_SPECIFIED",
      `${why}, a window of ${describeWindowFn(windowFn)} can emit several panes; give accumulation: "discarding" where a pane should hold only what is new, or "accumulating" where it should hold all so far`,
    );
  }
  return Object.freeze(strategy);
}

/** The strategy as plain data, for the fingerprint of the transform. */
export function parametersOf(windowing: WindowingStrategy): unknown {
  const { windowFn } = windowing;
  return windowFn.kind === "custom"
    ? { ...windowing, windowFn: { kind: "custom", name: windowFn.fn.name } }
    : windowing;
}

/** Whether all elements are gathered in one window that emits once, at the end. */
export function isNeverWindowed({ windowFn, trigger }: WindowingStrategy): boolean {
  return windowFn.kind === "global" && trigger.kind === "default";
}

function requireOptions(
  options: WindowOptions,
  cannot: (code: string, state: string) => BeamlineError,
): void {
  if (options.trigger !== undefined && !isTrigger(options.trigger)) {
    throw cannot(
      "BAD_TRIGGER",
      `its trigger is ${JSON.stringify(options.trigger)}; pass one, such as afterWatermark()`,
    );
  }
  for (const [option, choices] of Object.entries(CHOICES)) {
    const given = options[option as keyof typeof CHOICES];
    if (given === undefined || (choices as readonly string[]).includes(given)) continue;
    throw cannot(
      "BAD_WINDOW_OPTION",
      `${option} is ${JSON.stringify(given)}; give "${choices.join('" or "')}"`,
    );
  }
}
