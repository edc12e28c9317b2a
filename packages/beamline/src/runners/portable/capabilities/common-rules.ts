import { compositeUrns, unlistedUrns } from "../../../proto/urns.js";
import type { CapabilityRule } from "./capability-rule.js";

/** Of Java's portable batch runners: windows fire once, at their end. */
export const triggersIgnoredInBatch: readonly CapabilityRule[] = [
  {
    feature: "trigger",
    verdict: "ignored",
    when: (_, { unbounded }) => !unbounded,
    reason: "triggers have no effect in a batch job: each window gives one result, at its end",
    instead: "leave the trigger out where the early results matter to nobody",
  },
  {
    feature: "allowed-lateness",
    verdict: "ignored",
    when: (_, { unbounded }) => !unbounded,
    reason: "nothing is late in a batch job, so that allowed lateness has no effect",
    instead: "it does no harm",
  },
];

export const noStableInput: CapabilityRule = {
  feature: "stable-input",
  verdict: "refused",
  reason: "input is not kept for retries (requiresStableInput)",
  instead: "put a reshuffle() before it, and make its effects safe to repeat",
};

export const noMergingCustomWindows: CapabilityRule = {
  feature: "window:custom-merging",
  verdict: "refused",
  reason: "windows of your own merge in no other place than the worker, which is not asked",
  instead: "use sessions, or windows that do not merge",
};

export const noTestStream: CapabilityRule = {
  feature: "test-stream",
  verdict: "refused",
  reason: "a TestStream is for test runners only",
  instead: "test this pipeline with the local runner or with Prism",
};

export const noTestStreamClock: CapabilityRule = {
  feature: "test-stream:clock",
  verdict: "refused",
  reason: "timers follow the clock of the machine, which a TestStream cannot turn",
  instead: "leave advanceProcessingTime() out, or test this pipeline with the local runner",
};

export const resourceHintsIgnored: CapabilityRule = {
  feature: "resource-hint",
  verdict: "ignored",
  reason: "resource hints have no effect",
  instead: "set the resources of the workers in the runner's own configuration",
};

/** Refuses transforms without code of ours whose URNs the runner does not know. */
export function foreignTransforms(known: readonly string[] = []): CapabilityRule {
  const urns: ReadonlySet<string> = new Set([
    compositeUrns.reshuffle,
    unlistedUrns.executableStage,
    ...known,
  ]);
  return {
    feature: "foreign-transform",
    verdict: "refused",
    when: ({ detail = "" }) => !urns.has(detail),
    reason: "the runner knows no transform of this URN",
    instead: "use one that workers can run, or a runner that has it built in",
  };
}
