import type { Block } from "../../../engine/block.js";
import {
  type Bundle,
  bundleByPart,
  bundleByPartition,
  bundleGuided,
} from "../../../engine/bundling.js";
import { internalError } from "../../../model/errors.js";
import { MAX_TIMESTAMP, MIN_TIMESTAMP, type Timestamp } from "../../../model/time.js";
import type { Dataset, PlannedStage } from "../plan.js";
import type { Bundling } from "../run-options.js";
import type { StageProgress } from "./stage-progress.js";
import type { Task } from "./task.js";

export interface StageOptions {
  /** Bundles that can run at the same time. */
  readonly parallelism: number;
  readonly bundling: Bundling;
}

type State =
  | { readonly kind: "waiting" }
  | { readonly kind: "running"; readonly bundlesLeft: number }
  | { readonly kind: "done" };

/**
 * A stage whose input ends: it waits for all of it, so that its bundles can be cut at once and
 * evenly, and its watermark goes from the beginning of time to the end in one step.
 */
export class BoundedStage implements StageProgress {
  readonly stage: PlannedStage;
  private readonly options: StageOptions;
  private blocks: Block[] = [];
  private current: State = { kind: "waiting" };

  constructor(stage: PlannedStage, options: StageOptions) {
    this.stage = stage;
    this.options = options;
  }

  get state(): State["kind"] {
    return this.current.kind;
  }

  get inputWatermark(): Timestamp {
    return this.current.kind === "waiting" ? MIN_TIMESTAMP : MAX_TIMESTAMP;
  }

  get outputWatermark(): Timestamp {
    return this.current.kind === "done" ? MAX_TIMESTAMP : MIN_TIMESTAMP;
  }

  get nextWake(): undefined {
    return undefined;
  }

  offer(blocks: readonly Block[]): void {
    for (const block of blocks) this.blocks.push(block);
  }

  take(upstream: Timestamp, now: number): Task[] {
    if (this.current.kind !== "waiting" || upstream < MAX_TIMESTAMP) return [];
    const bundles = this.cut();
    this.current =
      bundles.length === 0 ? { kind: "done" } : { kind: "running", bundlesLeft: bundles.length };
    return bundles.map(({ blocks, weight }) => ({
      stage: this.stage,
      work: {
        stage: this.stage.id,
        blocks,
        sideInputs: [],
        shard: undefined,
        times: { watermark: MAX_TIMESTAMP, processingTime: now },
      },
      weight,
      slot: undefined,
      draft: undefined,
      failures: 0,
    }));
  }

  split(task: Task, residual: readonly Block[]): Task {
    if (this.current.kind !== "running") throw internalError("A stage that does not run was split");
    this.current = { kind: "running", bundlesLeft: this.current.bundlesLeft + 1 };
    const { blocks, weight } = bundleOf(residual);
    return { ...task, work: { ...task.work, blocks }, weight, failures: 0 };
  }

  commit(): void {
    if (this.current.kind !== "running") return;
    const bundlesLeft = this.current.bundlesLeft - 1;
    this.current = bundlesLeft === 0 ? { kind: "done" } : { kind: "running", bundlesLeft };
  }

  private cut(): Bundle[] {
    const { dataset } = this.stage;
    if (dataset === undefined) return [{ blocks: [], weight: 0 }];
    const { blocks } = this;
    const { parallelism, bundling } = this.options;
    this.blocks = [];
    switch (bundling) {
      case "auto":
        break;
      case "smallest":
        return isKeyed(dataset) ? bundleByPart(blocks) : blocks.map((block) => bundleOf([block]));
      case "largest":
        return blocks.length === 0 ? [] : [bundleOf(blocks)];
    }
    switch (dataset.kind) {
      case "groups":
      case "keyed":
        return bundleByPartition(blocks, { parallelism });
      case "elements":
        return bundleByPart(blocks);
      case "restrictions":
        return bundleGuided(blocks, { parallelism });
      case "results":
      case "sideList":
      case "sideMap":
        return [];
    }
  }
}

function isKeyed({ kind }: Dataset): boolean {
  return kind === "groups" || kind === "keyed";
}

function bundleOf(blocks: readonly Block[]): Bundle {
  return { blocks, weight: blocks.reduce((sum, { weight }) => sum + weight, 0) };
}
