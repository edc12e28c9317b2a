import type { CapabilityRule } from "../capabilities/capability-rule.js";
import {
  foreignTransforms,
  noMergingCustomWindows,
  noTestStreamClock,
  resourceHintsIgnored,
  triggersIgnoredInBatch,
} from "../capabilities/common-rules.js";

/** What Beam's portable Flink runner (2.62, Flink 1.19) does not do. */
export const flinkRules: readonly CapabilityRule[] = [
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
    when: (_, { unbounded }) => !unbounded,
    reason: "a batch job calls nothing when a bundle has been committed (bundle finalization)",
    instead: "acknowledge in a step after a reshuffle()",
  },
  {
    feature: "stateful",
    verdict: "refused",
    when: (_, { test }) => test,
    reason: "elements of a TestStream overtake the timers that are due before them",
    instead: "test this pipeline with the local runner",
  },
  noMergingCustomWindows,
  noTestStreamClock,
  resourceHintsIgnored,
  foreignTransforms(),
  ...triggersIgnoredInBatch,
];
