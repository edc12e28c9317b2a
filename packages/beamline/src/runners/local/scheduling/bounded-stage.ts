import type { Block } from "../../../engine/block.js";
import {
  type Bundle,
  bundleByPart,
  bundleByPartition,
  bundleGuided,
  bundleOf,
} from "../../../engine/bundling.js";
import { bundleByFrames, bundleByHash } from "../../../engine/spill/run-bundling.js";
import { internalError } from "../../../model/errors.js";
import { MAX_TIMESTAMP, MIN_TIMESTAMP, type Timestamp } from "../../../model/time.js";
import type { JobMemory } from "../memory/job-memory.js";
import type { Dataset, PlannedStage } from "../plan.js";
import type { Bundling } from "../run-options.js";
import type { StageProgress } from "./stage-progress.js";
import type { Task } from "./task.js";
import { WaitingBlocks } from "./waiting-blocks.js";

export interface StageOptions {
  /** Bundles that can run at the same time. */
  readonly parallelism: number;
  readonly bundling: Bundling;
  /** Default: nothing is bounded, and nothing goes to disk. */
  readonly memory?: JobMemory | undefined;
}

type State =
  | { readonly kind: "waiting" }
  /** All of its input is there; what is left of it in memory is being written to disk. */
  | { readonly kind: "settling" }
  | { readonly kind: "running"; readonly bundlesLeft: number }
  | { readonly kind: "done" };

/**
 * A stage whose input ends: it waits for all of it, so that its bundles can be cut at once and
 * evenly, and its watermark goes from the beginning of time to the end in one step.
 *
 * Input that does not fit in memory goes to disk, by bundles that do nothing else. Once some of it is
 * there, all of it goes there: the stage's bundles are ranges of hashes then.
 */
export class BoundedStage implements StageProgress {
  readonly stage: PlannedStage;
  private readonly options: StageOptions;
  private readonly input: WaitingBlocks;
  private current: State = { kind: "waiting" };
  /** Bundles under way that write to disk. */
  private spills = 0;

  constructor(stage: PlannedStage, options: StageOptions) {
    this.stage = stage;
    this.options = options;
    this.input = new WaitingBlocks(stage.dataset);
  }

  get state(): "waiting" | "running" | "done" {
    return this.current.kind === "settling" ? "running" : this.current.kind;
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

  /** Bytes that wait in memory and could go to disk. */
  get waitingBytes(): number {
    return this.input.bytes;
  }

  offer(blocks: readonly Block[]): void {
    this.input.add(blocks);
  }

  take(upstream: Timestamp, now: number): Task[] {
    if (this.current.kind === "waiting" && upstream === MAX_TIMESTAMP) {
      this.current = { kind: "settling" };
    }
    if (this.current.kind !== "settling" || this.spills > 0) return [];
    if (this.input.hasRuns && this.input.bytes > 0) return this.spillAll(now);
    const cuts = this.cut();
    this.current =
      cuts.length === 0 ? { kind: "done" } : { kind: "running", bundlesLeft: cuts.length };
    return cuts.map((bundle) => this.taskOf(bundle, now));
  }

  /** A bundle that writes what has waited longest to disk, up to `bytes`. */
  spill(bytes: number, now: number): Task {
    const { blocks, spill } = this.input.takeOldest(bytes);
    this.spills++;
    const task = this.taskOf(bundleOf(blocks), now);
    return { ...task, work: { ...task.work, spill } };
  }

  split(task: Task, residual: readonly Block[]): Task {
    if (this.current.kind !== "running") throw internalError("A stage that does not run was split");
    this.current = { kind: "running", bundlesLeft: this.current.bundlesLeft + 1 };
    const { blocks, weight } = bundleOf(residual);
    return { ...task, work: { ...task.work, blocks }, weight, failures: 0 };
  }

  commit({ work }: Task): void {
    this.options.memory?.free(work.blocks);
    if (work.spill !== undefined) {
      this.spills--;
      return;
    }
    if (this.current.kind !== "running") return;
    const bundlesLeft = this.current.bundlesLeft - 1;
    this.current = bundlesLeft === 0 ? { kind: "done" } : { kind: "running", bundlesLeft };
    if (bundlesLeft === 0) this.options.memory?.removeRuns(this.input.runs);
  }

  private spillAll(now: number): Task[] {
    const tasks: Task[] = [];
    const most = this.options.memory?.shares.gatherBytes ?? Infinity;
    while (this.input.bytes > 0) tasks.push(this.spill(most, now));
    return tasks;
  }

  private taskOf({ blocks, weight, range }: Bundle, now: number): Task {
    return {
      stage: this.stage,
      work: {
        stage: this.stage.id,
        blocks,
        sideInputs: [],
        shard: undefined,
        times: { watermark: MAX_TIMESTAMP, processingTime: now },
        ...(range === undefined ? {} : { range }),
      },
      weight,
      slot: undefined,
      draft: undefined,
      failures: 0,
    };
  }

  private cut(): readonly Bundle[] {
    const { dataset } = this.stage;
    if (dataset === undefined) return [{ blocks: [], weight: 0 }];
    const { parallelism, bundling } = this.options;
    const { runs } = this.input;
    if (runs.length > 0) {
      return isKeyed(dataset)
        ? bundleByHash(runs, { parallelism, bundling })
        : bundleByFrames(runs, { parallelism, bundling });
    }
    const blocks = this.input.takeAll();
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
