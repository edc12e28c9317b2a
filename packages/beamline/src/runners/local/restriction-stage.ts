import type { Dataset, PlannedStage } from "./plan.js";

/** A stage that reads the restrictions of a source. */
export type RestrictionStage = PlannedStage & { readonly dataset: Dataset };

/** Whether the stage's restrictions come to an end: their sizes are shares of a known whole. */
export function isSized(stage: PlannedStage): stage is RestrictionStage {
  return stage.isBounded && readsRestrictions(stage);
}

/** Whether the stage reads restrictions that may never come to an end by themselves. */
export function isEndless(stage: PlannedStage): stage is RestrictionStage {
  return !stage.isBounded && readsRestrictions(stage);
}

function readsRestrictions({ dataset }: PlannedStage): boolean {
  return dataset?.kind === "restrictions";
}
