import type { CapabilityRule } from "../capabilities/capability-rule.js";
import {
  foreignTransforms,
  noMergingCustomWindows,
  noStableInput,
  noTestStream,
  resourceHintsIgnored,
  triggersIgnoredInBatch,
} from "../capabilities/common-rules.js";

/** What Beam's portable Spark runner (2.62, Spark 3) does not do. */
export const sparkRules: readonly CapabilityRule[] = [
  {
    feature: "unbounded",
    verdict: "refused",
    reason:
      "streaming on Spark has no side inputs, state or timers and loses what is under way when the driver fails",
    instead: "run it on Flink, or bound the source",
  },
  {
    feature: "state:multimap",
    verdict: "refused",
    reason: "map, set and multimap state are not served",
    instead: "use bag, value or combining state, with a Map in a value state where it is small",
  },
  {
    feature: "state:ordered-list",
    verdict: "refused",
    reason: "ordered list state is not served",
    instead: "use bag state and sort what you read",
  },
  {
    feature: "bundle-finalization",
    verdict: "refused",
    reason: "nothing is called when a bundle has been committed (bundle finalization)",
    instead: "acknowledge in a step after a reshuffle()",
  },
  {
    feature: "accumulating-panes",
    verdict: "ignored",
    reason: "panes do not accumulate: each window gives one result, at its end",
    instead: "it does no harm where only the last result counts",
  },
  noMergingCustomWindows,
  noStableInput,
  noTestStream,
  resourceHintsIgnored,
  foreignTransforms(),
  ...triggersIgnoredInBatch,
];
