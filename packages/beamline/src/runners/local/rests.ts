import type { Block } from "../../engine/block.js";
import type { CompileOptions } from "../../exec/compile-stage.js";
import type { Residual as ExecResidual } from "../../exec/residual.js";
import type { SizedRestriction } from "../../exec/splittable-operators.js";
import type { Residual } from "./bundle-work.js";
import { decodeBlocks } from "./feed-elements.js";
import { restrictionBlock } from "./list-sink.js";
import type { Dataset } from "./plan.js";
import type { RestrictionStage } from "./restriction-stage.js";

/** How long a source that never ends may keep its thread before others have their turn. */
const TURN_MS = 100;

/** What is still to be done of restrictions when the job drains (`SplittableDoFn.truncate`). */
export function truncateBlocks(
  { dataset, steps }: RestrictionStage,
  blocks: readonly Block[],
): Block[] {
  const [first] = steps;
  if (first?.operation.kind !== "splittable") return [...blocks];
  const fn = first.operation.make();
  return [...decodeBlocks(dataset.coder, blocks)].flatMap(({ value, meta }, partition) => {
    const [[element, [restriction, state]]] = value as SizedRestriction;
    const rest = fn.truncate(element as never, restriction);
    if (rest === undefined) return [];
    const sized = [[element, [rest, state]], fn.size(element as never, rest)];
    return [restrictionBlock(dataset.coder, sized, meta, partition)];
  });
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
