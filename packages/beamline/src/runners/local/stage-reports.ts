import type { Block } from "../../engine/block.js";
import { type DistributionData, mergeMetrics } from "../../model/metric.js";
import { MAX_TIMESTAMP, MIN_TIMESTAMP, type Timestamp } from "../../model/time.js";
import type { BundleOutput } from "./bundle-work.js";
import type { Plan } from "./plan.js";
import type { StageReport } from "./run-options.js";
import type { Task } from "./scheduling/task.js";

interface Entry {
  bundles: number;
  bytesIn: number;
  bytesOut: number;
  bundleMs: DistributionData | undefined;
  maxLagMs: number | undefined;
}

/** Measures stages while they run. */
export class StageReports {
  private readonly entries = new Map<string, Entry>();

  constructor(plan: Plan) {
    for (const { id } of plan.stages) {
      this.entries.set(id, {
        bundles: 0,
        bytesIn: 0,
        bytesOut: 0,
        bundleMs: undefined,
        maxLagMs: undefined,
      });
    }
  }

  committed({ stage, work }: Task, output: BundleOutput, tookMs: number): void {
    const entry = this.entries.get(stage.id);
    if (entry === undefined) return;
    entry.bundles++;
    entry.bytesIn += bytesOf(work.blocks);
    for (const { blocks } of output.blocks) entry.bytesOut += bytesOf(blocks);
    const one = { kind: "distribution", count: 1, sum: tookMs, min: tookMs, max: tookMs } as const;
    const merged = entry.bundleMs === undefined ? one : mergeMetrics(entry.bundleMs, one);
    if (merged.kind === "distribution") entry.bundleMs = merged;
  }

  /** Takes a look at how far a streaming stage's watermark is behind the clock. */
  watermark(stage: string, watermark: Timestamp, now: number): void {
    const entry = this.entries.get(stage);
    if (entry === undefined || watermark === MIN_TIMESTAMP || watermark === MAX_TIMESTAMP) return;
    entry.maxLagMs = Math.max(entry.maxLagMs ?? 0, now - watermark);
  }

  toReports(): StageReport[] {
    return [...this.entries].map(([stage, { bundles, bytesIn, bytesOut, bundleMs, maxLagMs }]) => ({
      stage,
      bundles,
      bytesIn,
      bytesOut,
      bundleMs,
      maxWatermarkLagMs: maxLagMs,
    }));
  }
}

function bytesOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
