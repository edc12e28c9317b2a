import type { Block } from "../../../engine/block.js";
import { StageWatermark } from "../../../engine/watermarks/stage-watermark.js";
import { internalError } from "../../../model/errors.js";
import { MAX_TIMESTAMP, type Timestamp } from "../../../model/time.js";
import type { BundleOutput } from "../bundle-work.js";
import { END } from "../end.js";
import type { DatasetKind, PlannedStage } from "../plan.js";
import { ElementsInput } from "./elements-input.js";
import { KeyedInput } from "./keyed-input.js";
import { RestrictionsInput } from "./restrictions-input.js";
import type { Draft, StageInput } from "./stage-input.js";
import type { StageProgress } from "./stage-progress.js";
import type { Task } from "./task.js";

/**
 * A stage whose input may never end: its bundles are whatever has come in, and its watermark says
 * how far event time is. It is done once nothing more can come and nothing is kept.
 */
export class StreamingStage implements StageProgress {
  readonly stage: PlannedStage;
  private readonly watermark = new StageWatermark();
  private readonly input: StageInput;
  private readonly parallelism: number;
  private isDone = false;
  private hasStarted = false;

  constructor(stage: PlannedStage, parallelism: number) {
    this.stage = stage;
    this.parallelism = parallelism;
    this.input = inputOf(stage.dataset?.kind, parallelism);
  }

  get state(): "waiting" | "running" | "done" {
    if (this.isDone) return "done";
    return this.hasStarted ? "running" : "waiting";
  }

  get inputWatermark(): Timestamp {
    return this.watermark.input;
  }

  get outputWatermark(): Timestamp {
    return this.watermark.output;
  }

  get nextWake(): number | undefined {
    return this.input.nextWake;
  }

  /** Takes in no more than has to be. */
  drain(): void {
    this.input.drain?.();
  }

  offer(blocks: readonly Block[]): void {
    this.input.offer(blocks);
  }

  take(upstream: Timestamp, now: number, isReady: (block: Block) => boolean): Task[] {
    const { input, watermark } = this;
    watermark.advance({ upstream, pending: input.pending, hold: input.hold });
    const isOver = watermark.input === MAX_TIMESTAMP;
    // Nothing is worth waiting for once nothing can come any more.
    const times = isOver ? END : { watermark: watermark.input, processingTime: now };
    if (isOver && input.isEmpty) {
      this.isDone = true;
      return [];
    }
    const drafts = input.take(times, now, isReady);
    if (drafts.length > 0) this.hasStarted = true;
    return drafts.map((draft) => ({
      stage: this.stage,
      work: {
        stage: this.stage.id,
        blocks: draft.blocks,
        sideInputs: [],
        shard: draft.shard,
        times,
        ...(draft.drains === true ? { drains: true } : {}),
      },
      weight: draft.blocks.reduce((sum, { weight }) => sum + weight, 0),
      slot: draft.shard === undefined ? undefined : draft.shard % this.parallelism,
      draft,
      failures: 0,
    }));
  }

  split(): never {
    throw internalError("Bundles of a stream end by themselves");
  }

  commit(task: Task, output: BundleOutput, now: number): void {
    this.input.commit(requireDraft(task), output, now);
  }
}

function requireDraft({ draft, stage }: Task): Draft {
  if (draft === undefined) throw internalError(`A bundle of "${stage.id}" is not a streaming one`);
  return draft;
}

function inputOf(kind: DatasetKind | undefined, parallelism: number): StageInput {
  switch (kind) {
    case "groups":
    case "keyed":
      return new KeyedInput(parallelism);
    case "restrictions":
      return new RestrictionsInput();
    default:
      return new ElementsInput();
  }
}
