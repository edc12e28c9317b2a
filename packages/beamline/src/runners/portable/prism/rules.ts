import type { CapabilityRule } from "../capabilities/capability-rule.js";
import {
  foreignTransforms,
  noStableInput,
  noTimeSortedInput,
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
    feature: "window:custom",
    verdict: "refused",
    reason: "only global, fixed, sliding and session windows are known",
    instead: "use one of these, or make the window part of the key",
  },
  noStableInput,
  noTimeSortedInput,
  resourceHintsIgnored,
  foreignTransforms(),
];
