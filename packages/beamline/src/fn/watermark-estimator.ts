import type { Coder } from "../coders/coder.js";
import { nullable } from "../coders/nullable.js";
import { timestamp as timestampCoder } from "../coders/timestamp.js";
import type { Clock } from "../model/clock.js";
import { MIN_TIMESTAMP, type Timestamp } from "../model/time.js";

/** Says how far event time has come in one restriction. Its answers never go back. */
export interface WatermarkEstimator<State> {
  /** No later output of the restriction lies before it. */
  currentWatermark(): Timestamp;
  /** What the estimator of the restriction's rest begins with. */
  state(): State;
  /** Sees the timestamp of each output. */
  observe?(timestamp: Timestamp): void;
  /** Takes what `process` assigns to `ctx.watermark`. */
  set?(watermark: Timestamp): void;
}

/** How a splittable DoFn estimates its watermark. */
export interface WatermarkEstimation<State> {
  /** How the state travels with a restriction. */
  readonly stateCoder: Coder<State>;
  /** @param timestamp - Of the element whose restriction it is. */
  initialState(timestamp: Timestamp): State;
  make(state: State, clock: Clock): WatermarkEstimator<State>;
}

/** One of any state: methods, so that every one fits. */
export interface AnyWatermarkEstimation {
  readonly stateCoder: Coder<unknown>;
  initialState(timestamp: Timestamp): unknown;
  make(state: never, clock: Clock): WatermarkEstimator<unknown>;
}

/** The coder of the state of a splittable DoFn that estimates no watermark. */
export const NO_ESTIMATOR_STATE: Coder<Timestamp | null> = nullable(timestampCoder);

/** `process` says how far it is, by assigning to `ctx.watermark`. */
export function manualWatermark(start: Timestamp = MIN_TIMESTAMP): WatermarkEstimation<Timestamp> {
  return {
    stateCoder: timestampCoder,
    initialState: (timestamp) => Math.max(start, timestamp),
    make(state) {
      let watermark = state;
      return {
        currentWatermark: () => watermark,
        state: () => watermark,
        set(next) {
          if (next > watermark) watermark = next;
        },
      };
    },
  };
}

/** The timestamp of the last output: for sources whose timestamps only grow. */
export function monotonicWatermark(
  start: Timestamp = MIN_TIMESTAMP,
): WatermarkEstimation<Timestamp> {
  return {
    stateCoder: timestampCoder,
    initialState: (timestamp) => Math.max(start, timestamp),
    make(state) {
      let watermark = state;
      return {
        currentWatermark: () => watermark,
        state: () => watermark,
        observe(timestamp) {
          if (timestamp > watermark) watermark = timestamp;
        },
      };
    },
  };
}

/** The time of day: for sources that stamp their elements with it. */
export function wallClockWatermark(): WatermarkEstimation<Timestamp> {
  return {
    stateCoder: timestampCoder,
    initialState: (timestamp) => timestamp,
    make(state, clock) {
      let watermark = state;
      const current = () => {
        watermark = Math.max(watermark, clock.now());
        return watermark;
      };
      return { currentWatermark: current, state: current };
    },
  };
}
