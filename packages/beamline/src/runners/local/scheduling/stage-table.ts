import type { Block } from "../../../engine/block.js";
import { earliest } from "../../../engine/watermarks/stage-watermark.js";
import { internalError } from "../../../model/errors.js";
import { MAX_TIMESTAMP, type Timestamp } from "../../../model/time.js";
import type { BundleOutput, SideWork } from "../bundle-work.js";
import type { JobMemory } from "../memory/job-memory.js";
import type { Plan, PlannedStage } from "../plan.js";
import { BoundedStage, type StageOptions } from "./bounded-stage.js";
import { SideData } from "./side-data.js";
import type { StageProgress } from "./stage-progress.js";
import { StreamingStage } from "./streaming-stage.js";
import type { Task } from "./task.js";
import { TestStreamStage } from "./test-stream-stage.js";

/** All stages of a job, and the data between them. */
export class StageTable {
  private readonly stages: readonly StageProgress[];
  private readonly byId = new Map<string, StageProgress>();
  private readonly readerOf = new Map<string, StageProgress>();
  private readonly writersOf = new Map<string, StageProgress[]>();
  /** What the caller of the run wants back. */
  private readonly kept = new Map<string, Block[]>();
  private readonly sides = new Map<string, SideData>();
  private readonly memory: JobMemory | undefined;

  constructor(plan: Plan, options: StageOptions) {
    this.memory = options.memory;
    this.stages = plan.stages.map((stage) => makeProgress(stage, options));
    for (const dataset of plan.datasets.values()) {
      const reader = plan.stages.find(({ sideInputs }) => sideInputs.includes(dataset.id));
      if (reader !== undefined) {
        this.sides.set(dataset.id, new SideData(dataset, reader, options.memory));
      }
    }
    for (const progress of this.stages) {
      const { stage } = progress;
      this.byId.set(stage.id, progress);
      if (stage.dataset !== undefined) this.readerOf.set(stage.dataset.id, progress);
      for (const sink of stage.sinks) {
        const writers = this.writersOf.get(sink.id) ?? [];
        writers.push(progress);
        this.writersOf.set(sink.id, writers);
      }
    }
  }

  /** Loads what scheduling needs: call it before anything else. */
  async prepare(): Promise<void> {
    for (const side of this.sides.values()) await side.prepare();
  }

  /** Ends every source that would go on for ever. */
  drain(): void {
    for (const stage of this.stages) if (stage instanceof StreamingStage) stage.drain();
  }

  get done(): number {
    return this.stages.filter(({ state }) => state === "done").length;
  }

  get isDone(): boolean {
    return this.stages.every(({ state }) => state === "done");
  }

  /** Processing time at which to look again although no bundle ends. */
  get nextWake(): number | undefined {
    let next: number | undefined;
    for (const { nextWake } of this.stages) {
      if (nextWake !== undefined) next = Math.min(next ?? nextWake, nextWake);
    }
    return next;
  }

  /** The stages whose watermarks move while they run. */
  get streaming(): readonly StageProgress[] {
    return this.stages.filter(({ stage }) => !stage.isBounded);
  }

  /** The streams that tests drive. */
  get testStreams(): readonly TestStreamStage[] {
    return this.stages.filter((stage) => stage instanceof TestStreamStage);
  }

  running(): PlannedStage[] {
    return this.stages.flatMap(({ state, stage }) => (state === "running" ? [stage] : []));
  }

  /** The bundles that have become ready. */
  take(now: number): Task[] {
    const tasks: Task[] = [];
    // In topological order: one that has nothing to do makes later ones ready.
    for (const progress of this.stages) {
      const { stage } = progress;
      if (progress.state === "done" || !this.mayBegin(stage)) continue;
      const isReady = (block: Block) => this.isReady(stage, block);
      const taken = progress.take(this.upstreamOf(stage), now, isReady);
      if (stage.sideInputs.length === 0 || taken.length === 0) tasks.push(...taken);
      else {
        const sideInputs = this.sideWorkOf(stage);
        for (const task of taken) tasks.push({ ...task, work: { ...task.work, sideInputs } });
      }
      this.forgetSides(progress);
    }
    return [...this.spills(now), ...tasks];
  }

  /** Bundles that write to disk what waits in memory beyond what may. */
  private spills(now: number): Task[] {
    if (this.memory === undefined) return [];
    const { waitingBytes, gatherBytes } = this.memory.shares;
    const tasks: Task[] = [];
    for (const [id, side] of this.sides) tasks.push(...side.settle(this.watermarkOf(id), now));
    const holders = [
      ...this.stages.filter((stage) => stage instanceof BoundedStage),
      ...this.sides.values(),
    ];
    for (;;) {
      const total = holders.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
      const [largest] = holders.sort((a, b) => b.waitingBytes - a.waitingBytes);
      if (total <= waitingBytes || largest === undefined) return tasks;
      tasks.push(largest.spill(gatherBytes, now));
    }
  }

  /** A bundle has given these blocks away: the bundle that they are now. */
  split(task: Task, residual: readonly Block[]): Task {
    return this.progressOf(task).split(task, residual);
  }

  /** A bundle is committed with this output. */
  commit(task: Task, output: BundleOutput, now: number): void {
    for (const { dataset, blocks } of output.blocks) {
      this.memory?.adopt(blocks);
      const reader = this.readerOf.get(dataset);
      const side = this.sides.get(dataset);
      if (reader !== undefined) reader.offer(blocks);
      else if (side !== undefined) side.add(blocks);
      else this.keep(dataset, blocks);
    }
    const spilled = task.work.spill && this.sides.get(task.work.spill.dataset);
    if (spilled !== undefined) spilled.spilled(task);
    else this.progressOf(task).commit(task, output, now);
  }

  private progressOf({ stage }: Task): StageProgress {
    const progress = this.byId.get(stage.id);
    if (progress === undefined) throw internalError(`No stage "${stage.id}" in the table`);
    return progress;
  }

  /** The blocks of a dataset that no stage reads. */
  blocksOf(dataset: string): readonly Block[] {
    return this.kept.get(dataset) ?? [];
  }

  private keep(dataset: string, blocks: readonly Block[]): void {
    const present = this.kept.get(dataset);
    if (present === undefined) this.kept.set(dataset, [...blocks]);
    else for (const block of blocks) present.push(block);
  }

  private upstreamOf({ dataset }: PlannedStage): Timestamp {
    if (dataset === undefined) return MAX_TIMESTAMP;
    return this.watermarkOf(dataset.id);
  }

  private watermarkOf(dataset: string): Timestamp {
    const writers = this.writersOf.get(dataset) ?? [];
    return earliest(writers.map(({ outputWatermark }) => outputWatermark));
  }

  private mayBegin({ sideInputs }: PlannedStage): boolean {
    return sideInputs.every((id) => this.sideOf(id).mayBegin(this.watermarkOf(id)));
  }

  private isReady({ sideInputs }: PlannedStage, block: Block): boolean {
    return sideInputs.every((id) => this.sideOf(id).isReady(block, this.watermarkOf(id)));
  }

  private sideWorkOf({ sideInputs }: PlannedStage): readonly SideWork[] {
    return sideInputs.map((id) => this.sideOf(id).toWork());
  }

  /** Lets go of windows of side inputs that all their readers have passed. */
  private forgetSides({ stage }: StageProgress): void {
    for (const id of stage.sideInputs) {
      const readers = this.stages.filter((other) => other.stage.sideInputs.includes(id));
      this.sideOf(id).forgetBefore(earliest(readers.map(passedBy)));
    }
  }

  private sideOf(id: string): SideData {
    const side = this.sides.get(id);
    if (side === undefined) throw internalError(`No side input "${id}" in the table`);
    return side;
  }
}

/** No element whose window ends before it will come any more that is not dropped. */
function passedBy({ inputWatermark, stage }: StageProgress): Timestamp {
  return inputWatermark - (stage.dataset?.windowing.allowedLateness ?? 0);
}

function makeProgress(stage: PlannedStage, options: StageOptions): StageProgress {
  if (stage.testStream !== undefined) return new TestStreamStage(stage, stage.testStream);
  return stage.isBounded
    ? new BoundedStage(stage, options)
    : new StreamingStage(stage, options.parallelism);
}
