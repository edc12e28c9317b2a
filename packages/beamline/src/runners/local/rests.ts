import type { CompileOptions } from "../../exec/compile-stage.js";
import type { Residual as ExecResidual } from "../../exec/residual.js";
import type { Residual } from "./bundle-work.js";
import { restrictionBlock } from "./list-sink.js";
import type { Dataset, PlannedStage } from "./plan.js";

/** How long a source that never ends may keep its thread before others have their turn. */
const TURN_MS = 100;

type Endless = PlannedStage & { readonly dataset: Dataset };

/** Whether the stage reads restrictions that may never come to an end by themselves. */
export function isEndless(stage: PlannedStage): stage is Endless {
  return !stage.isBounded && stage.dataset?.kind === "restrictions";
}

/** Ends the bundles of an endless source after a while, and gathers what is left of them. */
export class Rests {
  private readonly dataset: Dataset;
  private residuals: Residual[] = [];
  private deadline = 0;

  constructor(dataset: Dataset) {
    this.dataset = dataset;
  }

  begin(): void {
    this.residuals = [];
    this.deadline = performance.now() + TURN_MS;
  }

  take(): Residual[] {
    const taken = this.residuals;
    this.residuals = [];
    return taken;
  }

  readonly hooks: Pick<CompileOptions, "checkpoint" | "onResidual"> = {
    checkpoint: () => performance.now() > this.deadline,
    onResidual: (residual) => this.add(residual),
  };

  private add({ value, meta, resumeAfterMs, watermark }: ExecResidual): void {
    this.residuals.push({
      block: restrictionBlock(this.dataset.coder, value, meta, 0),
      watermark: watermark ?? meta.timestamp,
      resumeAfterMs,
    });
  }
}
