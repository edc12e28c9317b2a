/** Something that a pipeline may ask of a runner and that not every runner has. */
export type Feature =
  /** A PCollection that never ends. */
  | "unbounded"
  | "splittable"
  | "stateful"
  | "state:bag"
  | "state:multimap"
  | "state:ordered-list"
  | "timer:event-time"
  | "timer:processing-time"
  | "on-window-expiration"
  | "bundle-finalization"
  /** Of bundles that a splittable DoFn takes part in. */
  | "bundle-finalization:source"
  | "stable-input"
  | "time-sorted-input"
  | "side-input"
  | "test-stream"
  /** A TestStream that turns the clock. */
  | "test-stream:clock"
  /** A TestStream with elements behind its watermark. */
  | "test-stream:late"
  /** A window function of one's own, calendar windows among them. */
  | "window:custom"
  | "window:custom-merging"
  | "window:sessions"
  | "trigger"
  | "accumulating-panes"
  | "allowed-lateness"
  | "resource-hint"
  /** A transform without code of ours, by a URN that only some runners know. */
  | "foreign-transform";

/** Where a pipeline asks for a feature. */
export interface FeatureUse {
  readonly feature: Feature;
  /** Unique name of the transform. */
  readonly transform: string;
  /** What exactly, where the feature's name does not say it, such as a URN. */
  readonly detail?: string;
}
