import type { CapabilityRule } from "../capabilities/capability-rule.js";
import {
  foreignTransforms,
  noMergingCustomWindows,
  noStableInput,
  noTestStreamClock,
  resourceHintsIgnored,
} from "../capabilities/common-rules.js";

/** What Prism (2.62), Beam's runner in Go, does not do. */
export const prismRules: readonly CapabilityRule[] = [
  {
    feature: "trigger",
    verdict: "refused",
    when: ({ detail }) => detail !== "never" && detail !== "always",
    reason: "windows fire once, at their end",
    instead: "leave the trigger out, or run it with the local runner or on Flink",
  },
  {
    feature: "accumulating-panes",
    verdict: "refused",
    reason: "panes do not accumulate",
    instead: "discard fired panes, or run it with the local runner or on Flink",
  },
  {
    feature: "allowed-lateness",
    verdict: "refused",
    reason: "nothing late is kept",
    instead: "allow no lateness, or run it with the local runner or on Flink",
  },
  {
    feature: "window:sessions",
    verdict: "refused",
    reason: "sessions of different keys are merged into one",
    instead: "use fixed or sliding windows, or run it with the local runner or on Flink",
  },
  {
    feature: "test-stream:late",
    verdict: "refused",
    reason: "late elements are not dropped, and windows fire for them once more",
    instead: "leave them out, or test this pipeline with the local runner",
  },
  {
    feature: "timer:processing-time",
    verdict: "refused",
    when: (_, { unbounded }) => unbounded,
    reason: "timers of the clock fire too early in a stream, and some never",
    instead: "run it with the local runner or on Flink",
  },
  {
    feature: "timer:event-time",
    verdict: "refused",
    when: (_, { unbounded, test }) => unbounded && !test,
    reason: "timers get lost while elements keep coming",
    instead: "group in windows, or run it with the local runner or on Flink",
  },
  {
    feature: "bundle-finalization:source",
    verdict: "refused",
    reason:
      "nothing is called when a bundle of a splittable DoFn has been committed (bundle finalization)",
    instead: "acknowledge in a step after a reshuffle(), or run it on Flink",
  },
  noMergingCustomWindows,
  noStableInput,
  noTestStreamClock,
  resourceHintsIgnored,
  foreignTransforms(),
];
