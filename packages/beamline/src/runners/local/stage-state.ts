import type { Block } from "../../engine/block.js";
import {
  type Bundle,
  bundleByPart,
  bundleByPartition,
  bundleGuided,
} from "../../engine/bundling.js";
import type { Plan, PlannedStage } from "./plan.js";

/** A bundle on its way to being committed. */
export interface Task {
  readonly stage: PlannedStage;
  readonly bundle: Bundle;
  /** Failed attempts so far. */
  readonly failures: number;
  /** How the last attempt failed. */
  readonly lastFailure?: string;
}

type StageState =
  | { readonly kind: "waiting" }
  | { readonly kind: "running"; readonly bundlesLeft: number }
  | { readonly kind: "done" };

/**
 * Which stages wait, run and are done, and the data between them. A stage becomes ready when every
 * stage that writes its dataset is done; its bundles are cut then, all at once.
 */
export class StageTable {
  private readonly plan: Plan;
  private readonly parallelism: number;
  private readonly states = new Map<string, StageState>();
  private readonly blocks = new Map<string, Block[]>();
  private readonly writersOf = new Map<string, string[]>();

  constructor(plan: Plan, parallelism: number) {
    this.plan = plan;
    this.parallelism = parallelism;
    for (const stage of plan.stages) {
      this.states.set(stage.id, { kind: "waiting" });
      for (const sink of stage.sinks) {
        const writers = this.writersOf.get(sink.id) ?? [];
        writers.push(stage.id);
        this.writersOf.set(sink.id, writers);
      }
    }
  }

  get done(): number {
    let done = 0;
    for (const state of this.states.values()) if (state.kind === "done") done++;
    return done;
  }

  get isDone(): boolean {
    return this.done === this.states.size;
  }

  running(): PlannedStage[] {
    return this.plan.stages.filter(({ id }) => this.states.get(id)?.kind === "running");
  }

  /** Starts every stage that has become ready; returns their bundles. */
  startReady(): Task[] {
    const tasks: Task[] = [];
    // Stages come in topological order: one that has nothing to do makes later ones ready.
    for (const stage of this.plan.stages) {
      if (this.states.get(stage.id)?.kind !== "waiting" || !this.isReady(stage)) continue;
      const bundles = this.cut(stage);
      this.states.set(
        stage.id,
        bundles.length === 0 ? { kind: "done" } : { kind: "running", bundlesLeft: bundles.length },
      );
      for (const bundle of bundles) tasks.push({ stage, bundle, failures: 0 });
    }
    return tasks;
  }

  /** A bundle of `stage` is committed with this output. */
  commit(
    stage: PlannedStage,
    output: readonly { readonly dataset: string; readonly blocks: readonly Block[] }[],
  ): void {
    for (const { dataset, blocks } of output) {
      const present = this.blocks.get(dataset);
      if (present === undefined) this.blocks.set(dataset, [...blocks]);
      else for (const block of blocks) present.push(block);
    }
    const state = this.states.get(stage.id);
    if (state?.kind !== "running") return;
    const bundlesLeft = state.bundlesLeft - 1;
    this.states.set(
      stage.id,
      bundlesLeft === 0 ? { kind: "done" } : { kind: "running", bundlesLeft },
    );
  }

  /** The blocks of a dataset that no stage reads. */
  blocksOf(dataset: string): readonly Block[] {
    return this.blocks.get(dataset) ?? [];
  }

  private isReady(stage: PlannedStage): boolean {
    if (stage.dataset === undefined) return true;
    const writers = this.writersOf.get(stage.dataset.id) ?? [];
    return writers.every((writer) => this.states.get(writer)?.kind === "done");
  }

  /** Takes the stage's blocks out of the table and cuts them into bundles. */
  private cut({ dataset }: PlannedStage): Bundle[] {
    if (dataset === undefined) return [{ blocks: [], weight: 0 }];
    const blocks = this.blocks.get(dataset.id) ?? [];
    this.blocks.delete(dataset.id);
    switch (dataset.kind) {
      case "groups":
        return bundleByPartition(blocks, { parallelism: this.parallelism });
      case "elements":
        return bundleByPart(blocks);
      case "restrictions":
        return bundleGuided(blocks, { parallelism: this.parallelism });
      case "results":
        return [];
    }
  }
}
