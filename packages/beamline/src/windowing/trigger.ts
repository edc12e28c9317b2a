import type { Duration } from "../model/duration.js";

/**
 * When the elements gathered for a key and window are emitted: plain data, one `kind` for each
 * message of Beam's `Trigger` proto.
 */
export type Trigger =
  | { readonly kind: "default" }
  | { readonly kind: "never" }
  | { readonly kind: "always" }
  | { readonly kind: "afterWatermark"; readonly early?: Trigger; readonly late?: Trigger }
  | {
      readonly kind: "afterProcessingTime";
      /** Applied one after the other to the arrival of the pane's first element. */
      readonly transforms: readonly TimestampTransform[];
    }
  | { readonly kind: "afterSynchronizedProcessingTime" }
  | { readonly kind: "afterCount"; readonly count: number }
  | { readonly kind: "repeatedly"; readonly trigger: Trigger }
  | { readonly kind: "afterEach"; readonly triggers: readonly Trigger[] }
  | { readonly kind: "afterFirst"; readonly triggers: readonly Trigger[] }
  | { readonly kind: "afterAll"; readonly triggers: readonly Trigger[] }
  | { readonly kind: "orFinally"; readonly main: Trigger; readonly finally: Trigger };

/** In milliseconds. */
export type TimestampTransform =
  | { readonly kind: "delay"; readonly by: number }
  | { readonly kind: "align"; readonly period: number; readonly offset: number };

export interface ProcessingTimeOptions {
  /** How long after the pane's first element. Default: at once. */
  readonly delay?: Duration;
  /** Firings happen at multiples of this. */
  readonly alignTo?: Duration;
}
