import type { CapabilityRule } from "../capabilities/capability-rule.js";
import {
  foreignTransforms,
  noStableInput,
  noTestStream,
  resourceHintsIgnored,
} from "../capabilities/common-rules.js";

/** What the local job service of Beam's Python SDK (2.62) does not do. */
export const pythonRules: readonly CapabilityRule[] = [
  {
    feature: "unbounded",
    verdict: "refused",
    reason:
      "it works through its whole input before the next step begins, so that an endless one never ends",
    instead: "bound the source, or run it on Flink or Prism",
  },
  noStableInput,
  noTestStream,
  resourceHintsIgnored,
  foreignTransforms(),
];
