import { js } from "../../../coders/js.js";
import { jsKey } from "../../../coders/js-key.js";
import { kv } from "../../../coders/kv.js";
import type { Coder } from "../../../coders/coder.js";
import type { UserFn } from "../../../fn/user-fn.js";
import { type ElementMeta, IMPULSE_META } from "../../../model/element-meta.js";
import type { TimerRecord } from "../../../model/state-scope.js";
import { MIN_TIMESTAMP, type Timestamp } from "../../../model/time.js";
import { GLOBAL_WINDOW, type Window } from "../../../model/window.js";
import { GLOBAL_WINDOWING, type WindowingStrategy } from "../../../windowing/windowing-strategy.js";
import { BundleProcessor } from "../../bundle-processor.js";
import type { CompileOptions } from "../../compile-stage.js";
import type { Stage } from "../../stage.js";
import type { StatePort, TimerPort } from "../ports.js";
import type { StepCounts } from "../../step-metrics.js";

export interface Emitted {
  readonly value: unknown;
  readonly timestamp: Timestamp;
  readonly window: Window;
}

export interface Given {
  readonly key: unknown;
  readonly value: unknown;
  readonly timestamp?: Timestamp;
  readonly windows?: readonly Window[];
}

export interface DrivenBundle {
  readonly elements?: readonly Given[];
  readonly watermark?: Timestamp;
  readonly processingTime?: number;
}

export const FIXED_10: WindowingStrategy = {
  ...GLOBAL_WINDOWING,
  windowFn: { kind: "fixed", size: 10, offset: 0 },
};

export function interval(start: number, end = start + 10): Window {
  return { kind: "interval", start, end };
}

interface Times {
  readonly watermark: Timestamp;
  readonly processingTime: number;
}

/** Keeps the state and timers of a shard, as the engine's `KeyedState` does. */
export interface DrivenState extends StatePort, Omit<TimerPort, "isRunnerManaged"> {
  startBundle(times: Times): void;
  takeDueTimers(times: Times): readonly TimerRecord[];
  commit(): void;
  rollback(): void;
}

/** One stateful step on `state`: fed by hand, bundle by bundle. */
export class StateDriver<State extends DrivenState> {
  readonly state: State;
  counts: readonly StepCounts[] = [];
  readonly finalizers: (() => void | Promise<void>)[] = [];
  private readonly stage: Stage;
  private readonly more: Partial<CompileOptions>;
  private processor: BundleProcessor | undefined;
  private emitted: Emitted[] = [];
  private watermark: Timestamp = MIN_TIMESTAMP;
  private processingTime = 1000;

  constructor(
    state: State,
    fn: Extract<UserFn, { kind: "doFn" }>,
    windowing: WindowingStrategy = GLOBAL_WINDOWING,
    tags: readonly string[] = [],
    more: Partial<CompileOptions> = {},
  ) {
    this.state = state;
    const outputs = Object.fromEntries(["out", ...tags].map((tag) => [tag, `Step.${tag}`]));
    this.more = more;
    this.stage = {
      id: "stage",
      inputs: ["in"],
      steps: [{ name: "Step", operation: { kind: "parDo", fn }, input: "in", outputs, windowing }],
      sinks: Object.values(outputs).map((pcollection) => ({ id: pcollection, pcollection })),
      coders: new Map([["in", kv(jsKey, js) as Coder<unknown>]]),
    };
  }

  /** Runs a bundle: first the timers that are due, then elements, then what has become due. */
  async run({ elements = [], watermark, processingTime }: DrivenBundle): Promise<Emitted[]> {
    this.watermark = watermark ?? this.watermark;
    this.processingTime = processingTime ?? this.processingTime;
    const times = { watermark: this.watermark, processingTime: this.processingTime };
    const { state } = this;
    state.startBundle(times);
    this.emitted = [];
    this.processor ??= new BundleProcessor(this.stage, {
      openSink: () => ({
        receive: (value, { timestamp, windows }) => {
          for (const window of windows) this.emitted.push({ value, timestamp, window });
        },
      }),
      state,
      timers: timersOf(state),
      onFinalize: (callback) => this.finalizers.push(callback),
      ...this.more,
    });
    try {
      this.counts = await this.processor.run({
        async feed(entries, gate, timers) {
          for (;;) {
            const due = state.takeDueTimers(times);
            for (const timer of due) {
              timers.fire(timer);
              if (gate.attention) await gate.clear();
            }
            if (due.length === 0) break;
          }
          for (const { key, value, ...place } of elements) {
            for (const receive of entries.values()) receive([key, value], metaOf(place));
            if (gate.attention) await gate.clear();
          }
        },
      });
    } catch (error) {
      state.rollback();
      const { processor } = this;
      this.processor = undefined;
      await processor?.teardown();
      throw error;
    }
    state.commit();
    return this.emitted;
  }

  async values(bundle: DrivenBundle): Promise<unknown[]> {
    return (await this.run(bundle)).map(({ value }) => value);
  }
}

function metaOf({ timestamp = 0, windows }: Omit<Given, "key" | "value">): ElementMeta {
  return { ...IMPULSE_META, timestamp, windows: windows ?? [GLOBAL_WINDOW] };
}

/** The timers of a state whose runner leaves expiration and order to the step. */
function timersOf(state: DrivenState): TimerPort {
  return {
    isRunnerManaged: () => false,
    get processingTime() {
      return state.processingTime;
    },
    get watermark() {
      return state.watermark;
    },
    set: (timer) => state.set(timer),
    clear: (timer) => state.clear(timer),
  };
}
